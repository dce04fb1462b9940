//! The clients of a server, counted.

use crate::sync::{Condvar, Mutex, MutexGuard};
use std::{
    sync::{Arc, PoisonError},
    time::{Duration, Instant},
};

/// How many clients there are, and a way to wait until some have left.
#[derive(Default)]
pub(crate) struct Crew {
    count: Mutex<Count>,
    left: Condvar,
}

#[derive(Default)]
struct Count {
    clients: usize,
    /// The thread that accepts waits for one to leave: only then is the system asked to wake it.
    waiting: bool,
}

impl Crew {
    fn lock(&self) -> MutexGuard<'_, Count> {
        self.count.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn clients(&self) -> usize {
        self.lock().clients
    }

    /// Lets whoever waits look again, for a reason that is not a number of clients.
    pub(crate) fn wake(&self) {
        // Under the lock: whoever looked before the reason came is waiting by now, and not just about to.
        let _count = self.lock();
        self.left.notify_all();
    }

    /// Waits until `enough` is true of the number of clients; false if `until` came first.
    pub(crate) fn wait_for(&self, enough: impl Fn(usize) -> bool, until: Option<Instant>) -> bool {
        let mut count = self.lock();
        loop {
            count.waiting = false;
            if enough(count.clients) {
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

/// A client's place, given up also when its conversation panics.
pub(crate) struct Seat(Arc<Crew>);

impl Seat {
    pub(crate) fn take(crew: &Arc<Crew>) -> Seat {
        crew.lock().clients += 1;
        Seat(crew.clone())
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut count = self.0.lock();
        count.clients -= 1;
        if count.waiting {
            self.0.left.notify_all();
        }
    }
}

#[cfg(test)]
#[cfg(polyserve_loom)]
mod models;
