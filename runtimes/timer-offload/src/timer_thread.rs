//! A thread that waits for the earliest of many deadlines and wakes whoever asked for it.

use crate::sync::{Condvar, Mutex, MutexGuard, now, thread};
use polyserve_poll_loop::Deadlines;
use std::{
    fmt, io, iter,
    sync::{Arc, PoisonError},
    task::Waker,
    time::{Duration, Instant},
};

/// The least that the thread sleeps, so that with ten thousand deadlines in a tenth of a second it wakes a thousand
/// times and not ten thousand: who is due meanwhile is woken with the first. epoll and tokio's timer count in
/// milliseconds, too.
const TICK: Duration = Duration::from_millis(1);

/// The timer thread; it ends when this is dropped.
pub(crate) struct TimerThread(Arc<Shared>);

#[derive(Default)]
struct Shared {
    waits: Mutex<Waits>,
    changed: Condvar,
}

#[derive(Default)]
struct Waits {
    wakers: Deadlines<Waker>,
    ended: bool,
}

impl TimerThread {
    pub(crate) fn start() -> io::Result<TimerThread> {
        let shared = Arc::<Shared>::default();
        let thread = shared.clone();
        thread::Builder::new().name("timer".into()).spawn(move || thread.run())?;
        Ok(TimerThread(shared))
    }

    /// Wakes `waker` once `deadline` has come.
    pub(crate) fn wake_at(&self, deadline: Instant, waker: Waker) {
        let mut waits = self.0.lock();
        let earliest = waits.wakers.next().is_none_or(|first| deadline < first);
        waits.wakers.push(deadline, waker);
        drop(waits);
        // The thread sleeps until the deadline that was the earliest: any later one finds it awake.
        if earliest {
            self.0.changed.notify_one();
        }
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Waits> {
        self.waits.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn run(&self) {
        let mut due = Vec::new();
        let mut waits = self.lock();
        while !waits.ended {
            let now = now();
            due.extend(iter::from_fn(|| waits.wakers.pop(now)).map(|(_, waker)| waker));
            if !due.is_empty() {
                // Without the lock: a woken loop may ask for its next wait at once.
                drop(waits);
                due.drain(..).for_each(Waker::wake);
                waits = self.lock();
                continue;
            }
            let left = waits.wakers.next().map_or(Duration::MAX, |first| first - now);
            waits =
                self.changed.wait_timeout(waits, left.max(TICK)).unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

impl Drop for TimerThread {
    fn drop(&mut self) {
        self.0.lock().ended = true;
        self.0.changed.notify_one();
    }
}

impl fmt::Debug for TimerThread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TimerThread").field("waits", &self.0.lock().wakers.len()).finish_non_exhaustive()
    }
}

#[cfg(test)]
#[cfg(polyserve_loom)]
mod models;
