//! The kernel's side of a listening socket: the accept queue, and what becomes of whom it has no room for.

use std::collections::VecDeque;

/// Clients that are connected and not accepted.
///
/// Linux compares the queue's length with the backlog by *greater than*, so the queue holds one more than `listen` was
/// told. A connection attempt that finds it full is dropped without a word, and the client takes it for lost on the way.
#[derive(Debug)]
pub(super) struct Listener {
    room: usize,
    queue: VecDeque<usize>,
    /// Every change of the queue's length: when, and to what. One entry for each instant.
    pub(super) depths: Vec<(u64, u32)>,
    /// When connection attempts found the queue full.
    pub(super) overflows: Vec<u64>,
}

impl Listener {
    pub(super) fn new(backlog: u32) -> Self {
        let room = usize::try_from(backlog).unwrap_or(usize::MAX).saturating_add(1);
        Self { room, queue: VecDeque::new(), depths: vec![(0, 0)], overflows: Vec::new() }
    }

    /// A connection attempt; false if it is dropped.
    pub(super) fn connect(&mut self, request: usize, now: u64) -> bool {
        if self.queue.len() >= self.room {
            self.overflows.push(now);
            return false;
        }
        self.queue.push_back(request);
        self.note(now);
        true
    }

    /// Whoever has waited longest.
    pub(super) fn accept(&mut self, now: u64) -> Option<usize> {
        let request = self.queue.pop_front()?;
        self.note(now);
        Some(request)
    }

    fn note(&mut self, now: u64) {
        let depth = u32::try_from(self.queue.len()).unwrap_or(u32::MAX);
        match self.depths.last_mut() {
            Some((at, last)) if *at == now => *last = depth,
            _ => self.depths.push((now, depth)),
        }
    }
}

/// How long a client that was dropped waits before attempt number `attempt` + 1: `first`, and twice as long each time, so
/// that with a second it is back after 1 s, 3 s, 7 s, 15 s ... (RFC 6298 section 5.5).
pub(super) fn back_off(first: u64, attempt: u32) -> u64 {
    1_u64
        .checked_shl(attempt.saturating_sub(1))
        .and_then(|times| first.checked_mul(times))
        .unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_queue_holds_one_more_than_it_was_told_and_drops_the_next() {
        let mut listener = Listener::new(5);
        let connected: Vec<bool> = (0..8).map(|request| listener.connect(request, 10)).collect();
        assert_eq!(connected, [true, true, true, true, true, true, false, false]);
        assert_eq!(listener.overflows, [10, 10]);
        assert_eq!(listener.accept(20), Some(0));
        assert!(listener.connect(8, 20));
        // What happens in one instant is one change.
        assert_eq!(listener.depths, [(0, 0), (10, 6), (20, 6)]);
    }

    #[test]
    fn the_times_between_attempts_double_and_never_overflow() {
        let second = 1_000_000_000;
        let waits = [1, 2, 3, 4, 200].map(|attempt| back_off(second, attempt));
        assert_eq!(waits, [second, 2 * second, 4 * second, 8 * second, u64::MAX]);
    }
}
