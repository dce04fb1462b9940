//! The loop: wait for readiness, let the clients that have it go on, wait again.

use crate::{
    Sleeper,
    client::{Client, Progress},
    deadlines::Deadlines,
    door::Door,
    ready::Ready,
    sync::LoopWaker,
};
use mio::{
    Events, Interest, Poll, Token,
    net::{TcpListener, TcpStream},
};
use polyserve_core::{App, observer::Event};
use polyserve_host::{Error, Result, Shutdown};
use slab::Slab;
use std::{
    io::{self, ErrorKind},
    net::{self, SocketAddr},
    sync::Arc,
    task::Waker,
    time::Instant,
};

pub(crate) const LISTENER: Token = Token(usize::MAX);
const WOKEN: Token = Token(usize::MAX - 1);

/// Readiness events taken from the kernel at a time.
const BATCH: usize = 1024;

/// All clients of a loop, and what the thread needs that serves them.
pub(crate) struct EventLoop<S> {
    poll: Poll,
    door: Door,
    clients: Slab<Client>,
    /// One for each place in `clients`, used again by the next client there.
    wakers: Vec<Waker>,
    ready: Arc<Ready>,
    /// At most one valid entry for each client, looked at again when it is due: most requests leave it alone.
    deadlines: Deadlines<usize>,
    sleeper: S,
    app: Arc<App>,
    shutdown: Shutdown,
    max_connections: usize,
}

impl<S: Sleeper> EventLoop<S> {
    /// A loop on a bound listener; `sleeper` decides what a handler's sleep costs.
    pub(crate) fn new(
        listener: net::TcpListener,
        app: Arc<App>,
        shutdown: Shutdown,
        max_connections: usize,
        sleeper: S,
    ) -> Result<EventLoop<S>> {
        let open = || -> io::Result<_> {
            listener.set_nonblocking(true)?;
            let poll = Poll::new()?;
            let door = Door::new(TcpListener::from_std(listener), poll.registry())?;
            let ready = Ready::new(LoopWaker::new(poll.registry(), WOKEN)?);
            Ok((poll, door, ready))
        };
        let (poll, door, ready) = open().map_err(failed)?;
        let woken = ready.clone();
        shutdown.on_begin(move || woken.wake());
        Ok(EventLoop {
            poll,
            door,
            clients: Slab::new(),
            wakers: Vec::new(),
            ready,
            deadlines: Deadlines::default(),
            sleeper,
            app,
            shutdown,
            max_connections,
        })
    }

    /// Runs until the shutdown has begun and every connection is closed, or its grace is over.
    pub(crate) fn run(mut self) -> Result {
        let mut events = Events::with_capacity(BATCH);
        let mut woken = Vec::new();
        while self.door.is_open() {
            self.turn(&mut events, &mut woken, None)?;
        }
        let grace = Instant::now().checked_add(self.app.timeouts.grace);
        while !self.clients.is_empty() {
            if grace.is_some_and(|grace| Instant::now() >= grace) {
                log::warn!("{} connections were still busy after the grace period", self.clients.len());
                break;
            }
            self.turn(&mut events, &mut woken, grace)?;
        }
        Ok(())
    }

    /// Waits for something to happen, until `until` at the latest, and deals with all that has.
    fn turn(&mut self, events: &mut Events, woken: &mut Vec<usize>, until: Option<Instant>) -> Result {
        let next = [self.deadlines.next(), self.door.look_again_at(), until].into_iter().flatten().min();
        // Whoever wakes the loop before this look is seen by it; whoever comes after it ends the poll.
        let next = if self.ready.may_sleep() { next } else { Some(Instant::now()) };
        let timeout = next.map(|at| at.saturating_duration_since(Instant::now()));
        match self.poll.poll(events, timeout) {
            Err(error) if error.kind() != ErrorKind::Interrupted => return Err(failed(error)),
            _ => {}
        }
        // One look at the clock serves the whole batch.
        let now = Instant::now();
        self.ready.take(woken);
        // Before anybody goes on: every answer from now on says that it is the last.
        if self.shutdown.is_begun() && self.door.is_open() {
            self.stop(now);
        }
        let mut knocked = false;
        for event in events.iter() {
            match event.token() {
                LISTENER => knocked = true,
                WOKEN => {}
                Token(place) => {
                    if let Some(client) = self.clients.get_mut(place) {
                        client.note(event);
                        self.go_on(place, now);
                    }
                }
            }
        }
        for place in woken.drain(..) {
            self.go_on(place, now);
        }
        self.look_at_due(now);
        let most = self.door.may_enter(knocked, now);
        self.admit_clients(most, now);
        Ok(())
    }

    fn admit_clients(&mut self, most: usize, now: Instant) {
        for _ in 0..most {
            let room = self.clients.len() < self.max_connections;
            let Some((stream, peer)) = self.door.admit(room, now, self.poll.registry()) else { return };
            if let Err(error) = self.admit(stream, peer, now) {
                log::warn!("a client was turned away: {error}");
            }
        }
    }

    fn admit(&mut self, mut stream: TcpStream, peer: SocketAddr, now: Instant) -> io::Result<()> {
        let entry = self.clients.vacant_entry();
        let place = entry.key();
        // Room for an answer is there to begin with, and would be the first event.
        self.poll.registry().register(&mut stream, Token(place), Interest::READABLE)?;
        self.app.observe(peer, Event::Accepted);
        entry.insert(Client::new(stream, peer, self.app.clone(), now));
        if place == self.wakers.len() {
            self.wakers.push(self.ready.waker(place));
        }
        self.go_on(place, now);
        Ok(())
    }

    fn go_on(&mut self, place: usize, now: Instant) {
        // A waker may outlive its client.
        let Some(client) = self.clients.get_mut(place) else { return };
        let polled = (self.poll.registry(), Token(place));
        match client.go_on(polled, &self.wakers[place], now, &mut self.sleeper) {
            Progress::Waits(Some(at)) if client.armed.is_none_or(|armed| at < armed) => {
                client.armed = Some(at);
                self.deadlines.push(at, place);
            }
            Progress::Waits(_) => {}
            Progress::Closed => {
                self.clients.remove(place);
                self.door.one_left(now);
            }
        }
    }

    /// Looks at the clients whose deadline has come. Most have a later one by now and get a new entry.
    fn look_at_due(&mut self, now: Instant) {
        while let Some((at, place)) = self.deadlines.pop(now) {
            // Entries stay behind when a client leaves, or gets an earlier one.
            if let Some(client) = self.clients.get_mut(place).filter(|client| client.armed == Some(at)) {
                client.armed = None;
                self.go_on(place, now);
            }
        }
    }

    fn stop(&mut self, now: Instant) {
        // Clients that the kernel has accepted before the stop are served; later ones are refused.
        self.admit_clients(usize::MAX, now);
        self.door.close(now, self.poll.registry());
        let places: Vec<usize> = self.clients.iter().map(|(place, _)| place).collect();
        for place in places {
            if let Some(client) = self.clients.get_mut(place) {
                client.shut_down();
                self.go_on(place, now);
            }
        }
    }
}

fn failed(error: io::Error) -> Error {
    Error::io("the event loop", error)
}
