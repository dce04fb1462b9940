//! What a handler finds around it while it is polled: its host's clock, timer and pool.
//!
//! It is moved into a thread-local for the length of one poll, as tokio does with its handle, because
//! `sleep(..)` has no argument that could carry it.

use crate::{App, Meta, time::Timer};
use std::{
    cell::{Cell, RefCell},
    fmt,
    sync::Arc,
    task::Waker,
    time::Instant,
};

thread_local! {
    static CURRENT: RefCell<Option<Ambient>> = const { RefCell::new(None) };
    /// Which of a router's handlers was called last on this thread, for the log.
    static CALLED: Cell<Option<&'static Meta>> = const { Cell::new(None) };
}

/// Remembers which handler is being called.
pub(crate) fn set_called(handler: Option<&'static Meta>) {
    CALLED.with(|called| called.set(handler));
}

/// Which handler was called last on this thread.
pub(crate) fn called() -> Option<&'static Meta> {
    CALLED.with(Cell::get)
}

pub(crate) struct Ambient {
    pub(crate) app: Arc<App>,
    pub(crate) timer: Timer,
}

impl Ambient {
    pub(crate) fn now(&self) -> Instant {
        self.app.now()
    }
}

/// Runs `read` on what is around the code that is being polled; `None` outside a host.
pub(crate) fn with<T>(read: impl FnOnce(&mut Ambient) -> T) -> Option<T> {
    // A thread that is being torn down has no ambient any more.
    CURRENT.try_with(|current| current.borrow_mut().as_mut().map(read)).ok().flatten()
}

pub(crate) fn now() -> Option<Instant> {
    with(|ambient| ambient.now())
}

/// One handler's wait, for whoever polls a handler without a [`Connection`](crate::Connection): the
/// adapter to a foreign HTTP implementation, or a test.
///
/// Poll the handler's future, or its streaming body, inside [`Task::enter`]; when it is pending, come
/// back when its waker was woken or at [`Task::wake_at`], whichever is first.
pub struct Task {
    app: Arc<App>,
    timer: Timer,
}

impl Task {
    /// A task that waits for nothing yet.
    #[must_use]
    pub fn new(app: Arc<App>) -> Task {
        Task { app, timer: Timer::default() }
    }

    pub(crate) fn app(&self) -> &Arc<App> {
        &self.app
    }

    /// The earliest instant that the handler sleeps until; `None` when it does not sleep.
    #[must_use]
    pub fn wake_at(&self) -> Option<Instant> {
        self.timer.earliest()
    }

    /// Wakes the sleeps that are due at `now`, then runs `poll` with this task around it. `current` is the
    /// waker that `poll` is going to be given.
    pub fn enter<T>(&mut self, now: Instant, current: &Waker, poll: impl FnOnce() -> T) -> T {
        self.timer.fire(now, current);
        let ambient = Ambient { app: self.app.clone(), timer: std::mem::take(&mut self.timer) };
        let outer = CURRENT.with(|current| current.borrow_mut().replace(ambient));
        let _restore = Restore { timer: &mut self.timer, outer };
        poll()
    }
}

/// Takes the timer back, also when the handler panicked.
struct Restore<'task> {
    timer: &'task mut Timer,
    outer: Option<Ambient>,
}

impl Drop for Restore<'_> {
    fn drop(&mut self) {
        let inner = CURRENT.with(|current| std::mem::replace(&mut *current.borrow_mut(), self.outer.take()));
        if let Some(inner) = inner {
            *self.timer = inner.timer;
        }
    }
}

impl fmt::Debug for Task {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Task").field("timer", &self.timer).finish_non_exhaustive()
    }
}
