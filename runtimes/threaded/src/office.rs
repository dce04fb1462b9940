//! What is seen of a leader by the other threads: whether it has turns.

use std::{
    sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering::Relaxed},
    time::{Duration, Instant},
};

/// How often is looked.
const ROUND: Duration = Duration::from_millis(20);

/// The leader's office, on which the threads of clients keep an eye: one of them is always running.
#[derive(Debug)]
pub(crate) struct Office {
    since: Instant,
    /// When the next look is due, in nanoseconds.
    next: AtomicU64,
    /// Counts calls of accept(2).
    turns: AtomicUsize,
    /// As it was at the last look.
    seen: AtomicUsize,
    /// Somebody leads, and can accept.
    open: AtomicBool,
}

impl Office {
    pub(crate) fn new(now: Instant) -> Office {
        Office {
            since: now,
            next: AtomicU64::default(),
            turns: AtomicUsize::default(),
            seen: AtomicUsize::default(),
            open: AtomicBool::default(),
        }
    }

    pub(crate) fn set_open(&self, open: bool) {
        self.open.store(open, Relaxed);
    }

    pub(crate) fn is_open(&self) -> bool {
        self.open.load(Relaxed)
    }

    pub(crate) fn has_a_turn(&self) {
        self.turns.fetch_add(1, Relaxed);
    }

    /// Whether the caller is to look now: one alone in each round.
    #[inline]
    pub(crate) fn is_due(&self, now: Instant) -> bool {
        let (now, next) = (self.nanos(now), self.next.load(Relaxed));
        now >= next && self.next.compare_exchange(next, now + nanos(ROUND), Relaxed, Relaxed).is_ok()
    }

    /// Puts the next look off.
    pub(crate) fn rest(&self, now: Instant, length: Duration) {
        self.next.store(self.nanos(now) + nanos(length), Relaxed);
    }

    /// Whether the leader has had no turn since this was asked last.
    pub(crate) fn is_short_of_turns(&self) -> bool {
        let turns = self.turns.load(Relaxed);
        self.seen.swap(turns, Relaxed) == turns
    }

    fn nanos(&self, at: Instant) -> u64 {
        nanos(at.saturating_duration_since(self.since))
    }
}

/// Overflows after 500 years.
fn nanos(duration: Duration) -> u64 {
    duration.as_secs() * 1_000_000_000 + u64::from(duration.subsec_nanos())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_looks_in_each_round() {
        let now = Instant::now();
        let office = Office::new(now);
        assert!(office.is_due(now));
        assert!(!office.is_due(now + ROUND / 2));
        assert!(office.is_due(now + ROUND));
        assert!(!office.is_due(now), "the time of another thread may be an earlier one");
        office.rest(now + ROUND, ROUND * 3);
        assert!(!office.is_due(now + ROUND * 3));
        assert!(office.is_due(now + ROUND * 4));
    }

    #[test]
    fn a_leader_is_short_of_turns_who_has_none() {
        let office = Office::new(Instant::now());
        assert!(office.is_short_of_turns());
        office.has_a_turn();
        assert!(!office.is_short_of_turns());
        assert!(office.is_short_of_turns());
    }
}
