//! The loop: wait for readiness, drive the connections that have it, wait again.

use crate::{Sleeper, Slept, ready::Ready};
use mio::{
    Events, Interest, Poll, Token,
    event::Event,
    net::{TcpListener, TcpStream},
};
use polyserve_core::{App, Connection, Readiness, Want};
use polyserve_host::{AcceptFailure, BACK_OFF, Error, Listening, Result, Shutdown};
use slab::Slab;
use std::{
    cmp::Reverse,
    collections::BinaryHeap,
    fmt,
    io::{self, ErrorKind},
    net,
    sync::Arc,
    task::{Context, Waker},
    time::Instant,
};

const LISTENER: Token = Token(usize::MAX);
const WOKEN: Token = Token(usize::MAX - 1);

/// Readiness events taken from the kernel at a time.
const BATCH: usize = 1024;

/// All connections of a server, and the thread that drives them.
pub struct EventLoop<S> {
    poll: Poll,
    /// `None` once the server stops.
    listener: Option<TcpListener>,
    /// When to accept again after an error; or that clients wait because the server is full.
    accept: Accept,
    clients: Slab<Client>,
    wakers: Vec<Waker>,
    ready: Arc<Ready>,
    /// At most one entry for each client, looked at again when it is due: most requests leave it alone.
    deadlines: BinaryHeap<Reverse<(Instant, usize)>>,
    sleeper: S,
    app: Arc<App>,
    shutdown: Shutdown,
    max_connections: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Accept {
    OnEvent,
    At(Instant),
    WhenOneLeaves,
}

struct Client {
    stream: TcpStream,
    connection: Connection,
    /// Readiness is told once, when it begins (edge-triggered), so it is remembered until it is used up.
    readable: bool,
    /// The peer has sent its last byte: reads must go on to the end of the stream.
    ending: bool,
    /// The time of its entry in `deadlines`.
    armed: Option<Instant>,
}

impl<S: Sleeper> EventLoop<S> {
    /// A loop on a bound listener; `sleeper` decides what a handler's sleep costs.
    ///
    /// # Errors
    /// When the kernel has no descriptor for it.
    pub fn new(listening: Listening, sleeper: S) -> Result<EventLoop<S>> {
        let Listening { listener, app, shutdown, max_connections } = listening;
        let open = || -> io::Result<_> {
            listener.set_nonblocking(true)?;
            let mut listener = TcpListener::from_std(listener);
            let poll = Poll::new()?;
            poll.registry().register(&mut listener, LISTENER, Interest::READABLE)?;
            let ready = Ready::new(mio::Waker::new(poll.registry(), WOKEN)?);
            Ok((poll, listener, ready))
        };
        let (poll, listener, ready) = open().map_err(failed)?;
        let woken = ready.clone();
        shutdown.on_begin(move || woken.wake());
        Ok(EventLoop {
            poll,
            listener: Some(listener),
            accept: Accept::OnEvent,
            clients: Slab::new(),
            wakers: Vec::new(),
            ready,
            deadlines: BinaryHeap::new(),
            sleeper,
            app: Arc::new(app),
            shutdown,
            max_connections,
        })
    }

    /// Runs until the shutdown has begun and every connection is closed, or its grace is over.
    ///
    /// # Errors
    /// When the kernel cannot be asked for readiness any more.
    pub fn run(mut self) -> Result {
        let mut events = Events::with_capacity(BATCH);
        let mut woken = Vec::new();
        let mut grace = None;
        loop {
            let timeout = if self.ready.may_sleep() { self.timeout(grace) } else { Some(Instant::now()) };
            let timeout = timeout.map(|at| at.saturating_duration_since(Instant::now()));
            if let Err(error) = self.poll.poll(&mut events, timeout)
                && error.kind() != ErrorKind::Interrupted
            {
                return Err(failed(error));
            }
            // One look at the clock serves the whole batch.
            let now = Instant::now();
            self.ready.take(&mut woken);
            for event in &events {
                match event.token() {
                    LISTENER => self.accept_all(now),
                    WOKEN => {}
                    Token(token) => self.note(token, event, now),
                }
            }
            for token in woken.drain(..) {
                self.drive(token, now);
            }
            self.drive_due(now);
            if self.accept.is_due(now) {
                self.accept_all(now);
            }
            if self.shutdown.is_begun() && grace.is_none() {
                grace = Some(now.checked_add(self.app.timeouts.grace));
                self.stop(now);
            }
            if self.listener.is_none() {
                let over = grace.flatten().is_some_and(|grace| now >= grace);
                if over {
                    log::warn!("{} connections were still busy after the grace period", self.clients.len());
                }
                if over || self.clients.is_empty() {
                    return Ok(());
                }
            }
        }
    }

    /// When the loop must look at something even if nothing happens.
    fn timeout(&self, grace: Option<Option<Instant>>) -> Option<Instant> {
        let deadline = self.deadlines.peek().map(|Reverse((at, _))| *at);
        let accept = match self.accept {
            Accept::At(at) => Some(at),
            Accept::OnEvent | Accept::WhenOneLeaves => None,
        };
        deadline.into_iter().chain(accept).chain(grace.flatten()).min()
    }

    fn accept_all(&mut self, now: Instant) {
        self.accept = Accept::OnEvent;
        while let Some(listener) = &self.listener {
            if self.clients.len() >= self.max_connections {
                self.accept = Accept::WhenOneLeaves;
                return;
            }
            match listener.accept() {
                Ok((stream, _)) => self.admit(stream, now),
                Err(error) => match AcceptFailure::of(&error) {
                    AcceptFailure::Empty => return,
                    AcceptFailure::Next => {}
                    AcceptFailure::BackOff => {
                        self.accept = Accept::At(now + BACK_OFF);
                        return;
                    }
                },
            }
        }
    }

    fn admit(&mut self, mut stream: TcpStream, now: Instant) {
        let entry = self.clients.vacant_entry();
        let token = entry.key();
        // Both interests, once: with edges there is nothing to change later.
        let interests = Interest::READABLE | Interest::WRITABLE;
        if let Err(error) = self.poll.registry().register(&mut stream, Token(token), interests) {
            log::warn!("a client was turned away: {error}");
            return;
        }
        let connection = Connection::new(self.app.clone(), now);
        entry.insert(Client { stream, connection, readable: false, ending: false, armed: None });
        if token == self.wakers.len() {
            self.wakers.push(self.ready.waker(token));
        }
        self.drive(token, now);
    }

    fn note(&mut self, token: usize, event: &Event, now: Instant) {
        let Some(client) = self.clients.get_mut(token) else { return };
        client.readable |= event.is_readable() || event.is_read_closed() || event.is_error();
        client.ending |= event.is_read_closed() || event.is_error();
        self.drive(token, now);
    }

    /// Does what the connection wants until that takes waiting.
    fn drive(&mut self, token: usize, mut now: Instant) {
        // A waker may outlive its connection.
        let Some(client) = self.clients.get_mut(token) else { return };
        let waker = &self.wakers[token];
        let mut cx = Context::from_waker(waker);
        let mut blocked = false;
        loop {
            match client.connection.poll(&mut cx, now) {
                Want::Read if !client.readable => break,
                Want::Read => client.read(),
                Want::Write if blocked => break,
                // A socket that takes no more may have failed: the next poll knows.
                Want::Write => {
                    blocked = client.connection.write_to(&mut client.stream) == Readiness::Blocked;
                }
                Want::Wake => {
                    let Some(until) = client.connection.wake_at() else { break };
                    match self.sleeper.sleep(until, waker) {
                        Slept::Here => now = Instant::now(),
                        Slept::Elsewhere => break,
                    }
                }
                Want::HalfClose => {
                    // Fails only if the peer has gone, which the next read tells.
                    let _ = client.stream.shutdown(net::Shutdown::Write);
                }
                Want::Close(reason) => {
                    log::debug!("connection closed: {reason}");
                    self.clients.remove(token);
                    if self.accept == Accept::WhenOneLeaves {
                        self.accept = Accept::At(now);
                    }
                    return;
                }
            }
        }
        if let Some(at) = client.connection.deadline()
            && client.connection.wake_at() != Some(at)
            && client.armed.is_none_or(|armed| at < armed)
        {
            client.armed = Some(at);
            self.deadlines.push(Reverse((at, token)));
        }
    }

    /// Looks at the clients whose deadline has come; most have a later one by now and get a new entry.
    fn drive_due(&mut self, now: Instant) {
        while let Some(Reverse((at, token))) = self.deadlines.peek().copied() {
            if at > now {
                return;
            }
            self.deadlines.pop();
            // An entry of a client that has gone, or that has an earlier one.
            let Some(client) = self.clients.get_mut(token).filter(|client| client.armed == Some(at)) else {
                continue;
            };
            client.armed = None;
            self.drive(token, now);
        }
    }

    /// Begins the graceful end of every connection.
    fn stop(&mut self, now: Instant) {
        // Clients that the kernel has accepted before the stop are served; later ones are refused.
        self.accept_all(now);
        self.listener = None;
        let tokens: Vec<usize> = self.clients.iter().map(|(token, _)| token).collect();
        for token in tokens {
            let Some(client) = self.clients.get_mut(token) else { continue };
            // A request may have arrived that the loop has not got to yet.
            if client.connection.is_idle() {
                client.read();
            }
            client.connection.shut_down();
            self.drive(token, now);
        }
    }
}

impl Client {
    fn read(&mut self) {
        match self.connection.read_from(&mut self.stream) {
            Readiness::More => {}
            Readiness::Exhausted => self.readable = self.ending,
            Readiness::Blocked => self.readable = false,
        }
    }
}

impl Accept {
    fn is_due(self, now: Instant) -> bool {
        matches!(self, Accept::At(at) if now >= at)
    }
}

impl<S> fmt::Debug for EventLoop<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EventLoop").field("clients", &self.clients.len()).finish_non_exhaustive()
    }
}

fn failed(error: io::Error) -> Error {
    Error::io("the event loop", error)
}
