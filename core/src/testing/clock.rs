//! The time that passes in a test.

use crate::time::Clock;
use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

/// A clock that stands until it is moved.
#[derive(Debug, Clone)]
pub(super) struct VirtualClock {
    start: Instant,
    now: Arc<Mutex<Instant>>,
}

impl VirtualClock {
    /// The only look at a real clock: there is no other way to make an `Instant`, and it is not looked at again.
    pub(super) fn new() -> VirtualClock {
        let start = Instant::now();
        VirtualClock { start, now: Arc::new(Mutex::new(start)) }
    }

    /// Moves on to `at`; never back.
    pub(super) fn move_to(&self, at: Instant) {
        let mut now = self.now.lock().unwrap_or_else(PoisonError::into_inner);
        *now = at.max(*now);
    }

    pub(super) fn elapsed(&self) -> Duration {
        self.now().saturating_duration_since(self.start)
    }
}

impl Clock for VirtualClock {
    fn now(&self) -> Instant {
        *self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
