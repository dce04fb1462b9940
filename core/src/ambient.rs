//! What a handler finds around it while it is polled: its host's clock, timer and pool.
//!
//! It is moved into a thread-local for the length of one poll, as tokio does with its handle, because
//! `sleep(..)` has no argument that could carry it.

use crate::{App, Meta, Reply, Request, time::Timer};
use core::net::SocketAddr;
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
    /// When a turn in which a handler has run has ended last on this thread.
    static ENDED: Cell<Option<Instant>> = const { Cell::new(None) };
    /// Who is at the other end of the connection whose handler is being called or polled on this thread.
    static PEER: Cell<Option<SocketAddr>> = const { Cell::new(None) };
}

/// The peer of the handler that is being called or polled, if its host knows it.
pub(crate) fn peer() -> Option<SocketAddr> {
    PEER.try_with(Cell::get).ok().flatten()
}

/// Runs `call` with this peer around it.
pub(crate) fn with_peer<T>(peer: Option<SocketAddr>, call: impl FnOnce() -> T) -> T {
    /// Puts the outer one back, also when the handler panicked.
    struct Outer(Option<SocketAddr>);

    impl Drop for Outer {
        fn drop(&mut self) {
            PEER.with(|peer| peer.set(self.0));
        }
    }

    let _outer = Outer(PEER.with(|current| current.replace(peer)));
    call()
}

/// Remembers which handler is being called.
#[inline]
pub(crate) fn set_called(handler: Option<&'static Meta>) {
    CALLED.with(|called| called.set(handler));
}

/// Which handler was called last on this thread.
#[inline]
pub(crate) fn called() -> Option<&'static Meta> {
    CALLED.with(Cell::get)
}

/// Remembers that a turn ends `now`, and tells when the last one did. One of another clock is none.
pub(crate) fn turn_ended(now: Instant) -> Option<Instant> {
    ENDED.with(|ended| ended.replace(Some(now))).filter(|last| *last <= now)
}

pub(crate) struct Ambient {
    pub(crate) app: Arc<App>,
    pub(crate) timer: Timer,
    /// When its host has looked at the clock for this poll.
    pub(crate) turn: Instant,
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
    peer: Option<SocketAddr>,
}

impl Task {
    /// A task that waits for nothing yet.
    #[must_use]
    pub fn new(app: Arc<App>) -> Task {
        Task { app, timer: Timer::default(), peer: None }
    }

    /// Tells the handler who is at the other end ([`ConnectInfo`](crate::ConnectInfo)).
    #[must_use]
    pub fn with_peer(mut self, peer: SocketAddr) -> Task {
        self.peer = Some(peer);
        self
    }

    /// [`App::call`] with this task's peer around it.
    ///
    /// # Panics
    /// With the handler's own panic.
    pub fn call(&self, request: Request) -> (Reply, Option<&'static Meta>) {
        with_peer(self.peer, || self.app.call(request))
    }

    /// The earliest instant that the handler sleeps until; `None` when it does not sleep.
    #[must_use]
    pub fn wake_at(&self) -> Option<Instant> {
        self.timer.earliest()
    }

    /// Wakes the sleeps that are due at `now`, then runs `poll` with this task around it. `current` is the
    /// waker that `poll` is going to be given.
    pub fn enter<T>(&mut self, now: Instant, current: &Waker, poll: impl FnOnce() -> T) -> T {
        enter((&self.app, self.peer), &mut self.timer, now, current, poll)
    }
}

/// [`Task::enter`], for a host that has what makes a task in other places.
pub(crate) fn enter<T>(
    (app, peer): (&Arc<App>, Option<SocketAddr>),
    timer: &mut Timer,
    now: Instant,
    current: &Waker,
    poll: impl FnOnce() -> T,
) -> T {
    timer.fire(now, current);
    let ambient = Ambient { app: app.clone(), timer: std::mem::take(timer), turn: now };
    let outer = CURRENT.with(|current| current.borrow_mut().replace(ambient));
    let _restore = Restore { timer, outer };
    with_peer(peer, poll)
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
