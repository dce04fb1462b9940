//! Where conversations wait while the thread that accepts is short of turns.

use crate::sync::{AtomicUsize, Mutex, MutexGuard, Thread, current, park_timeout};
use std::{
    mem,
    sync::{Arc, PoisonError, atomic::Ordering::SeqCst},
    time::{Duration, Instant},
};

/// A gate on the way to every read of a conversation, usually open.
#[derive(Debug, Default)]
pub(crate) struct Gate {
    /// Counts how often it was closed or opened; odd while it is closed. So who waits knows that it was opened, also when
    /// it has been closed again before he had a turn. Changes under the lock.
    moves: AtomicUsize,
    line: Mutex<Arc<Line>>,
}

/// Those who wait for the gate to be opened once. Each wakes two others: a thread that woke thousands would be short of
/// turns itself afterwards, and so would the one that accepts, among thousands that are owed some.
#[derive(Debug, Default)]
struct Line(Mutex<Vec<Thread>>);

impl Gate {
    /// Has whoever comes wait.
    pub(crate) fn close(&self) {
        let _line = self.line();
        let moves = self.moves.load(SeqCst);
        if !is_closed(moves) {
            self.moves.store(moves.wrapping_add(1), SeqCst);
        }
    }

    /// Has all go on that wait now.
    pub(crate) fn open(&self) {
        let moves = self.moves.load(SeqCst);
        if is_closed(moves) {
            self.open_after(moves);
        }
    }

    /// Opens what was closed with this move, unless somebody has; whether nobody had.
    fn open_after(&self, closed: usize) -> bool {
        let mut line = self.line();
        if self.moves.load(SeqCst) != closed {
            return false;
        }
        self.moves.store(closed.wrapping_add(1), SeqCst);
        let line = mem::take(&mut *line);
        line.wake_two();
        true
    }

    /// Waits while it is closed, but no longer than this. Who has waited for so long opens it, and is told so.
    #[inline]
    pub(crate) fn pass(&self, longest: Duration) -> bool {
        let moves = self.moves.load(SeqCst);
        is_closed(moves) && self.wait(moves, longest)
    }

    #[cold]
    #[inline(never)]
    fn wait(&self, closed: usize, longest: Duration) -> bool {
        let line = self.line();
        if self.moves.load(SeqCst) != closed {
            return false;
        }
        let here = Arc::clone(&line);
        here.lock().push(current());
        drop(line);
        let since = Instant::now();
        while self.moves.load(SeqCst) == closed {
            let left = longest.saturating_sub(since.elapsed());
            if left.is_zero() {
                return self.open_after(closed);
            }
            park_timeout(left);
        }
        here.wake_two();
        false
    }

    fn line(&self) -> MutexGuard<'_, Arc<Line>> {
        self.line.lock().unwrap_or_else(PoisonError::into_inner)
    }

    #[cfg(all(test, not(polyserve_loom)))]
    pub(crate) fn is_closed(&self) -> bool {
        is_closed(self.moves.load(SeqCst))
    }
}

impl Line {
    fn lock(&self) -> MutexGuard<'_, Vec<Thread>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wake_two(&self) {
        let mut threads = self.lock();
        let two = [threads.pop(), threads.pop()];
        drop(threads);
        two.iter().flatten().for_each(Thread::unpark);
    }
}

fn is_closed(moves: usize) -> bool {
    moves % 2 == 1
}

#[cfg(test)]
#[cfg(polyserve_loom)]
mod models;

#[cfg(test)]
#[cfg(not(polyserve_loom))]
mod tests {
    use super::*;

    #[test]
    fn who_has_waited_for_long_opens_it_and_is_told() {
        let gate = Gate::default();
        gate.close();
        assert!(gate.pass(Duration::from_millis(1)));
        assert!(!gate.is_closed());
        assert!(!gate.pass(Duration::MAX), "it is open");
    }
}
