//! The threads of a server, counted.

use crate::sync::{Condvar, Mutex, MutexGuard};
use std::{
    sync::{Arc, PoisonError},
    time::{Duration, Instant},
};

/// How many threads there are, and a way to wait until some have ended.
#[derive(Default)]
pub(crate) struct Crew {
    count: Mutex<Count>,
    left: Condvar,
}

#[derive(Default)]
struct Count {
    threads: usize,
    /// The thread that accepts waits for one to end: only then is the system asked to wake it.
    waiting: bool,
}

impl Crew {
    fn lock(&self) -> MutexGuard<'_, Count> {
        self.count.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn threads(&self) -> usize {
        self.lock().threads
    }

    /// Lets whoever waits look again, for a reason that is not a number of threads.
    pub(crate) fn wake(&self) {
        // Under the lock: whoever looked before the reason came is waiting by now, and not just about to.
        let _count = self.lock();
        self.left.notify_all();
    }

    /// Waits until `enough` is true of the number of threads; false if `until` came first.
    pub(crate) fn wait_for(&self, enough: impl Fn(usize) -> bool, until: Option<Instant>) -> bool {
        let mut count = self.lock();
        loop {
            count.waiting = false;
            if enough(count.threads) {
                return true;
            }
            let left = until.map_or(Duration::MAX, |until| until.saturating_duration_since(Instant::now()));
            if left.is_zero() {
                return false;
            }
            count.waiting = true;
            count = self.left.wait_timeout(count, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

/// A thread's place in the crew, given up also when the thread panics.
pub(crate) struct Seat(Arc<Crew>);

impl Seat {
    pub(crate) fn take(crew: &Arc<Crew>) -> Seat {
        crew.lock().threads += 1;
        Seat(crew.clone())
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut count = self.0.lock();
        count.threads -= 1;
        if count.waiting {
            self.0.left.notify_all();
        }
    }
}

#[cfg(test)]
#[cfg(polyserve_loom)]
mod models;
