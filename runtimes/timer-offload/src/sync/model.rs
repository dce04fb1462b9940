//! loom's primitives, and a clock that stands still unless the model sets it.

pub(crate) use loom::{
    sync::{Mutex, MutexGuard},
    thread,
};
use std::{
    cell::Cell,
    sync::{LazyLock, LockResult},
    time::{Duration, Instant},
};

static MIDNIGHT: LazyLock<Instant> = LazyLock::new(Instant::now);

thread_local! {
    // loom's threads are all of this one.
    static SECONDS: Cell<u64> = const { Cell::new(0) };
}

/// Tries every interleaving of `model`, from midnight on.
pub(crate) fn check(model: impl Fn() + Send + Sync + 'static) {
    loom::model(move || {
        SECONDS.set(0);
        model();
    });
}

pub(crate) fn at(seconds: u64) -> Instant {
    *MIDNIGHT + Duration::from_secs(seconds)
}

pub(crate) fn now() -> Instant {
    at(SECONDS.get())
}

/// A condition variable for one thread, whose wait is over when it is notified or its time has come. The clock
/// wakes it for nothing else, or it would make up for a notification that is missing.
#[derive(Default)]
pub(crate) struct Condvar {
    condvar: loom::sync::Condvar,
    /// When the wait is over; `None` while there is none. Read and written under the other mutex only.
    until: std::sync::Mutex<Option<Instant>>,
}

impl Condvar {
    pub(crate) fn notify_one(&self) {
        self.condvar.notify_one();
    }

    pub(crate) fn wait_timeout<'a, T>(
        &self,
        mut guard: MutexGuard<'a, T>,
        left: Duration,
    ) -> LockResult<(MutexGuard<'a, T>, ())> {
        let until = now().checked_add(left);
        if until.is_none_or(|until| now() < until) {
            *self.until.lock().unwrap() = until;
            guard = self.condvar.wait(guard).unwrap();
            *self.until.lock().unwrap() = None;
        }
        Ok((guard, ()))
    }

    /// The clock strikes.
    pub(crate) fn time_is<T>(&self, seconds: u64, mutex: &Mutex<T>) {
        // Nobody looks at the clock twice under one lock: then its striking in between would only make a wait
        // end later, which in a model is never.
        let guard = mutex.lock().unwrap();
        SECONDS.set(seconds);
        let over = self.until.lock().unwrap().is_some_and(|until| until <= at(seconds));
        drop(guard);
        if over {
            self.condvar.notify_one();
        }
    }
}
