//! The clients of a server, counted, and its leader.

use crate::sync::{Condvar, Mutex, MutexGuard};
use std::{
    sync::{Arc, PoisonError},
    time::{Duration, Instant},
};

/// How many seats are taken, and a way to wait until some are free again.
#[derive(Default)]
pub(crate) struct Crew {
    count: Mutex<Count>,
    left: Condvar,
}

#[derive(Default)]
struct Count {
    seats: usize,
    /// Threads that wait for one to be free: only then is the system asked to wake them.
    waiting: usize,
}

impl Crew {
    fn lock(&self) -> MutexGuard<'_, Count> {
        self.count.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn seats(&self) -> usize {
        self.lock().seats
    }

    /// Lets whoever waits look again, for a reason that is not the number of seats.
    pub(crate) fn wake(&self) {
        // Under the lock: whoever looked before the reason came is waiting by now, and not just about to.
        let _count = self.lock();
        self.left.notify_all();
    }

    /// Waits until `enough` is true of the number of seats that are taken; false if `until` came first.
    pub(crate) fn wait_for(&self, enough: impl Fn(usize) -> bool, until: Option<Instant>) -> bool {
        let mut count = self.lock();
        loop {
            if enough(count.seats) {
                return true;
            }
            let left = until.map_or(Duration::MAX, |until| until.saturating_duration_since(Instant::now()));
            if left.is_zero() {
                return false;
            }
            count.waiting += 1;
            count = self.left.wait_timeout(count, left).unwrap_or_else(PoisonError::into_inner).0;
            count.waiting -= 1;
        }
    }
}

/// A client's or the leader's place, given up also when its conversation panics.
pub(crate) struct Seat(Arc<Crew>);

impl Seat {
    pub(crate) fn take(crew: &Arc<Crew>) -> Seat {
        crew.lock().seats += 1;
        Seat(crew.clone())
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut count = self.0.lock();
        count.seats -= 1;
        if count.waiting > 0 {
            self.0.left.notify_all();
        }
    }
}

#[cfg(test)]
#[cfg(polyserve_loom)]
mod models;
