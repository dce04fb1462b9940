//! One client of the loop: its socket, its connection, and what the kernel has told about it.

use crate::{Sleeper, Slept};
use mio::{Interest, Registry, Token, event::Event, net::TcpStream};
use polyserve_core::{App, Connection, Readiness, Want};
use polyserve_host::{Socket, reset_on_close};
use std::{
    io,
    net::{self, SocketAddr},
    sync::Arc,
    task::{Context, Waker},
    time::Instant,
};

pub(crate) struct Client {
    stream: TcpStream,
    connection: Connection,
    /// Readiness is told once, when it begins (edge-triggered), so it is remembered until it is used up.
    readable: bool,
    /// The peer has sent its last byte: reads must go on to the end of the stream.
    ending: bool,
    /// The connection waits for bytes. They are read before it looks at its deadlines: a request that came in
    /// time is in time, however long the loop was held.
    reading: bool,
    /// The loop is told of room for an answer, since a write has found none.
    watches_for_room: bool,
    /// When the loop is going to look at this client by itself.
    pub(crate) armed: Option<Instant>,
}

/// How far a client got.
pub(crate) enum Progress {
    /// It waits for its socket or its handler, but not beyond the deadline.
    Waits(Option<Instant>),
    Closed,
}

impl Client {
    pub(crate) fn new(stream: TcpStream, peer: SocketAddr, app: Arc<App>, now: Instant) -> Client {
        let connection = Connection::new(app, now).with_peer(peer);
        Client {
            stream,
            connection,
            readable: false,
            ending: false,
            reading: false,
            watches_for_room: false,
            armed: None,
        }
    }

    pub(crate) fn note(&mut self, event: &Event) {
        self.ending |= event.is_read_closed() || event.is_error();
        self.readable |= event.is_readable() || self.ending;
    }

    /// Does what the connection wants until that takes waiting.
    pub(crate) fn go_on(
        &mut self,
        polled: (&Registry, Token),
        waker: &Waker,
        mut now: Instant,
        sleeper: &mut impl Sleeper,
    ) -> Progress {
        let mut cx = Context::from_waker(waker);
        let mut blocked = false;
        if std::mem::take(&mut self.reading) && self.readable {
            self.read();
        }
        loop {
            match self.connection.poll(&mut cx, now) {
                Want::Read if !self.readable => {
                    self.reading = true;
                    break;
                }
                Want::Read => self.read(),
                Want::Write if blocked => match self.watch_for_room(polled) {
                    Ok(()) => break,
                    Err(error) => {
                        log::warn!("a client was given up: {error}");
                        return Progress::Closed;
                    }
                },
                // A socket that takes no more may have failed: the next poll knows.
                Want::Write => {
                    blocked = self.connection.write_to(&mut Socket(&self.stream)) == Readiness::Blocked;
                }
                // The handler waits. With a sleep, the sleeper decides who waits with it; for anything else
                // the handler is set aside until its waker brings the loop back to it.
                Want::Wake => {
                    let Some(wake_at) = self.connection.wake_at() else { break };
                    let deadline = self.connection.deadline();
                    // The handler's deadline may come before the end of its sleep.
                    match sleeper.sleep(deadline.map_or(wake_at, |at| at.min(wake_at)), waker) {
                        Slept::Here => now = Instant::now(),
                        Slept::Elsewhere => return Progress::Waits(deadline),
                    }
                }
                Want::Reset => reset_on_close(&self.stream),
                Want::HalfClose => {
                    // Fails only if the peer has gone, which the next read tells.
                    let _ = self.stream.shutdown(net::Shutdown::Write);
                }
                Want::Close(reason) => {
                    log::debug!("connection closed: {reason}");
                    return Progress::Closed;
                }
            }
        }
        // A handler that waits for its body as well as for a time: the loop watches both.
        Progress::Waits(self.connection.deadline().into_iter().chain(self.connection.wake_at()).min())
    }

    /// Asks to be told of room, once: with edges there is nothing to change after that. Room that has come meanwhile is
    /// told at once.
    fn watch_for_room(&mut self, (registry, token): (&Registry, Token)) -> io::Result<()> {
        if !self.watches_for_room {
            registry.reregister(&mut self.stream, token, Interest::READABLE | Interest::WRITABLE)?;
            self.watches_for_room = true;
        }
        Ok(())
    }

    fn read(&mut self) {
        match self.connection.read_from(&mut Socket(&self.stream)) {
            Readiness::More => {}
            Readiness::Exhausted => self.readable = self.ending,
            Readiness::Blocked => self.readable = false,
        }
    }

    /// Begins the graceful end. A request may have arrived that the loop has not got to yet.
    pub(crate) fn shut_down(&mut self) {
        if self.connection.is_idle() {
            self.read();
        }
        self.connection.shut_down();
    }
}
