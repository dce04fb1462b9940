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
    /// The request body, which somebody waits for.
    Body,
    /// The rest of a request body that nobody wants.
    Drain,
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
            Bound::Body | Bound::Drain => timeouts.body,
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
    /// What this request's body has left of its time; all of it as long as nobody has waited for it.
    body_left: Option<Duration>,
    /// The write in force has had its last chance.
    pub(super) retried: bool,
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
        self.retried = false;
        let timeout = match (bound, self.body_left) {
            (Bound::Body, Some(left)) => left,
            _ => bound.timeout(timeouts),
        };
        self.current = after(now, timeout).map(|at| (bound, at));
    }

    pub(super) fn clear(&mut self) {
        self.current = None;
    }

    /// Another request begins, whose body has all its time.
    pub(super) fn begin(&mut self) {
        *self = Deadline::default();
    }

    /// Ends the wait for the body, of which `got` bytes have come, and reckons what time is left for the rest.
    pub(super) fn body_came(&mut self, got: usize, timeouts: &Timeouts, now: Instant) {
        let Some((Bound::Body, at)) = self.current else { return };
        self.current = None;
        self.body_left = Some(timeouts.body_left(at, got, now));
    }
}

/// `None`, no deadline at all, for a duration that reaches beyond time.
pub(super) fn after(now: Instant, timeout: Duration) -> Option<Instant> {
    now.checked_add(timeout)
}
