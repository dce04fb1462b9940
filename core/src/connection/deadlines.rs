//! Every timer of a connection, and what it bounds. What an expiry does is `Connection::expire`.

use crate::Timeouts;
use std::time::{Duration, Instant};

/// What a connection waits for, as far as time is bounded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bound {
    /// The rest of a request head, or the first request.
    Head,
    /// The next request.
    Idle,
    /// A byte of the request body.
    Body,
    /// The peer to take a byte.
    Write,
    /// The peer's close after the last answer.
    Linger,
}

impl Bound {
    fn timeout(self, timeouts: &Timeouts) -> Duration {
        match self {
            Bound::Head => timeouts.head,
            Bound::Idle => timeouts.idle,
            Bound::Body => timeouts.body,
            Bound::Write => timeouts.write,
            Bound::Linger => timeouts.linger,
        }
    }
}

/// The one wait in force. The handler's own deadline stands in its exchange, because it runs on while the
/// connection reads and writes for the handler.
#[derive(Debug, Default)]
pub(super) struct Deadline {
    current: Option<(Bound, Instant)>,
}

impl Deadline {
    pub(super) fn at(&self) -> Option<Instant> {
        self.current.map(|(_, at)| at)
    }

    pub(super) fn expired(&self, now: Instant) -> Option<Bound> {
        self.current.and_then(|(bound, at)| (now >= at).then_some(bound))
    }

    /// Starts `bound`, or lets it run on if it is in force already.
    pub(super) fn keep(&mut self, bound: Bound, timeouts: &Timeouts, now: Instant) {
        if self.current.is_none_or(|(current, _)| current != bound) {
            self.restart(bound, timeouts, now);
        }
    }

    pub(super) fn restart(&mut self, bound: Bound, timeouts: &Timeouts, now: Instant) {
        self.current = after(now, bound.timeout(timeouts)).map(|at| (bound, at));
    }

    pub(super) fn clear(&mut self) {
        self.current = None;
    }
}

/// `None`, no deadline at all, for a duration that reaches beyond time.
pub(super) fn after(now: Instant, timeout: Duration) -> Option<Instant> {
    now.checked_add(timeout)
}
