//! Where clients come in: the listener, and why it is left alone at times.

use crate::knock::{TELLS_AGAIN, unwatch, watch};
use mio::{
    Registry,
    net::{TcpListener, TcpStream},
};
use polyserve_host::{AcceptFailure, BACK_OFF};
use std::{io, net::SocketAddr, time::Instant};

/// The most clients that come in in one turn, so that those who are in have theirs.
const MOST: usize = 1024;

pub(crate) struct Door {
    /// `None` once the server stops.
    listener: Option<TcpListener>,
    next: Next,
    /// The kernel tells of clients. While they have to wait, it would tell so in every turn.
    watched: bool,
    /// How many come in in one turn: twice as many as in the one before, for as long as there are more.
    burst: usize,
}

/// When to look for clients again.
#[derive(Clone, Copy)]
enum Next {
    OnEvent,
    At(Instant),
    WhenOneLeaves,
}

impl Door {
    pub(crate) fn new(mut listener: TcpListener, registry: &Registry) -> io::Result<Door> {
        watch(&mut listener, registry)?;
        Ok(Door { listener: Some(listener), next: Next::OnEvent, watched: true, burst: 0 })
    }

    /// How many clients to [`admit`](Door::admit) in this turn, in which somebody has `knocked` or not.
    pub(crate) fn may_enter(&mut self, knocked: bool, now: Instant) -> usize {
        self.burst = if knocked { (self.burst * 2).clamp(1, MOST) } else { 0 };
        match self.next {
            Next::At(at) if now >= at => usize::MAX,
            _ if knocked && !TELLS_AGAIN => usize::MAX,
            _ => self.burst,
        }
    }

    /// The next client that knocks, if there is room for it.
    pub(crate) fn admit(
        &mut self,
        room: bool,
        now: Instant,
        registry: &Registry,
    ) -> Option<(TcpStream, SocketAddr)> {
        loop {
            let listener = self.listener.as_mut()?;
            if !room {
                self.look_again(Next::WhenOneLeaves, now, registry);
                return None;
            }
            // The pause is for all who knock.
            if matches!(self.next, Next::At(at) if now < at) {
                return None;
            }
            match listener.accept() {
                Ok(client) => return Some(client),
                Err(error) => match AcceptFailure::of(&error) {
                    AcceptFailure::Empty => {
                        self.burst = 0;
                        self.look_again(Next::OnEvent, now, registry);
                        return None;
                    }
                    AcceptFailure::Next => {}
                    AcceptFailure::BackOff => {
                        self.look_again(Next::At(now + BACK_OFF), now, registry);
                        return None;
                    }
                },
            }
        }
    }

    /// Has the kernel tell of clients only where the next look is for one of whom it tells.
    fn look_again(&mut self, next: Next, now: Instant, registry: &Registry) {
        self.next = next;
        let watched = matches!(next, Next::OnEvent);
        let Some(listener) = self.listener.as_mut().filter(|_| watched != self.watched) else { return };
        match if watched { watch(listener, registry) } else { unwatch(listener, registry) } {
            Ok(()) => self.watched = watched,
            Err(error) => {
                log::warn!("cannot wait for clients: {error}; trying again in {BACK_OFF:?}");
                self.next = Next::At(now + BACK_OFF);
            }
        }
    }

    /// A client has left, so there is room for one that waits.
    pub(crate) fn one_left(&mut self, now: Instant) {
        if matches!(self.next, Next::WhenOneLeaves) {
            self.next = Next::At(now);
        }
    }

    /// When to look again although nobody knocks anew.
    pub(crate) fn look_again_at(&self) -> Option<Instant> {
        match self.next {
            Next::At(at) => Some(at),
            Next::OnEvent | Next::WhenOneLeaves => None,
        }
    }

    pub(crate) fn is_open(&self) -> bool {
        self.listener.is_some()
    }

    /// Whoever knocks now is refused.
    pub(crate) fn close(&mut self, now: Instant, registry: &Registry) {
        // The kernel would go on for as long as anybody has a descriptor of it, as who handed it in may.
        self.look_again(Next::WhenOneLeaves, now, registry);
        *self = Door { listener: None, next: Next::OnEvent, watched: false, burst: 0 };
    }
}

#[cfg(test)]
#[cfg(not(polyserve_loom))]
mod tests;
