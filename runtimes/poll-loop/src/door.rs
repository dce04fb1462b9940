//! Where clients come in: the listener, and why it is left alone at times.

use mio::net::{TcpListener, TcpStream};
use polyserve_host::{AcceptFailure, BACK_OFF};
use std::{net::SocketAddr, time::Instant};

pub(crate) struct Door {
    /// `None` once the server stops.
    listener: Option<TcpListener>,
    next: Next,
}

/// When to look for clients again. The kernel tells of new ones only (edge-triggered): those who are left
/// waiting must be remembered.
#[derive(Clone, Copy)]
enum Next {
    OnEvent,
    At(Instant),
    WhenOneLeaves,
}

impl Door {
    pub(crate) fn new(listener: TcpListener) -> Door {
        Door { listener: Some(listener), next: Next::OnEvent }
    }

    /// The next client that knocks, if there is room for it.
    pub(crate) fn admit(&mut self, room: bool, now: Instant) -> Option<(TcpStream, SocketAddr)> {
        loop {
            let listener = self.listener.as_ref()?;
            if !room {
                self.next = Next::WhenOneLeaves;
                return None;
            }
            // Each client that comes is an event; the pause is for all of them.
            if matches!(self.next, Next::At(at) if now < at) {
                return None;
            }
            self.next = Next::OnEvent;
            match listener.accept() {
                Ok(client) => return Some(client),
                Err(error) => match AcceptFailure::of(&error) {
                    AcceptFailure::Empty => return None,
                    AcceptFailure::Next => {}
                    AcceptFailure::BackOff => {
                        self.next = Next::At(now + BACK_OFF);
                        return None;
                    }
                },
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
    pub(crate) fn close(&mut self) {
        self.listener = None;
        self.next = Next::OnEvent;
    }
}
