//! One connection and its wire: what a host's loop does, one turn at a time.

use super::{
    alarm::{Alarm, Bell},
    wire::Wire,
};
use crate::{App, CloseReason, Connection, Want};
use std::{
    sync::Arc,
    task::{Context, Waker},
    time::Instant,
};

pub(super) struct Conversation {
    connection: Connection,
    pub(super) wire: Wire,
    alarm: Arc<Alarm>,
    waits: Waits,
}

/// What a connection waits for after its turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Waits {
    /// It does not.
    Not,
    ForBytes,
    ForRoom,
    ForHandler,
    Closed(CloseReason),
}

impl Conversation {
    pub(super) fn new(app: Arc<App>, bell: Arc<Bell>, now: Instant) -> Conversation {
        Conversation {
            connection: Connection::new(app, now),
            wire: Wire::default(),
            alarm: Arc::new(Alarm::new(bell)),
            waits: Waits::Not,
        }
    }

    pub(super) fn closed(&self) -> Option<CloseReason> {
        match self.waits {
            Waits::Closed(reason) => Some(reason),
            _ => None,
        }
    }

    /// Whether the server's end of the connection has been seen: nothing will come behind what is here.
    pub(super) fn is_over(&self) -> bool {
        self.wire.server_ended || (self.closed().is_some() && !self.wire.reset)
    }

    /// Whether another turn would change something now.
    pub(super) fn can_go_on(&self, now: Instant) -> bool {
        let ready = match self.waits {
            Waits::Closed(_) => return false,
            Waits::Not => true,
            Waits::ForBytes => self.wire.is_readable(),
            Waits::ForRoom => self.wire.has_room(),
            Waits::ForHandler => false,
        };
        ready || self.alarm.is_rung() || self.next_instant().is_some_and(|at| at <= now)
    }

    /// One poll, and what it wants. Whether bytes moved.
    pub(super) fn turn(&mut self, now: Instant) -> bool {
        let mut moved = false;
        self.alarm.reset();
        let waker = Waker::from(self.alarm.clone());
        self.waits = match self.connection.poll(&mut Context::from_waker(&waker), now) {
            Want::Read if self.wire.is_readable() => {
                self.connection.read_from(&mut self.wire);
                moved = true;
                Waits::Not
            }
            Want::Read => Waits::ForBytes,
            Want::Write if self.wire.has_room() => {
                self.connection.write_to(&mut self.wire);
                moved = true;
                Waits::Not
            }
            Want::Write => Waits::ForRoom,
            Want::Wake => Waits::ForHandler,
            Want::HalfClose => {
                self.wire.server_ended = true;
                Waits::Not
            }
            Want::Reset => {
                self.wire.reset = true;
                Waits::Not
            }
            Want::Close(reason) => Waits::Closed(reason),
        };
        moved
    }

    /// When the handler's earliest sleep ends.
    pub(super) fn wake_at(&self) -> Option<Instant> {
        self.connection.wake_at().filter(|_| self.closed().is_none())
    }

    /// When time alone changes something.
    pub(super) fn next_instant(&self) -> Option<Instant> {
        if self.closed().is_some() {
            return None;
        }
        [self.connection.deadline(), self.connection.wake_at()].into_iter().flatten().min()
    }

    /// Whether the handler waits for something that is not time: somebody has kept its waker. If nobody has,
    /// nothing but time can end the wait.
    pub(super) fn waits_for_somebody(&self) -> bool {
        self.waits == Waits::ForHandler
            && self.connection.wake_at().is_none()
            && Arc::strong_count(&self.alarm) > 1
    }
}
