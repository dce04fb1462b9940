//! A thread that waits for the earliest of many deadlines and wakes whoever asked for it.

use crate::sync::{Condvar, Mutex, MutexGuard, now, thread};
use std::{
    collections::BTreeMap,
    fmt, io,
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
    /// Earliest first; the number keeps equal deadlines apart.
    wakers: BTreeMap<(Instant, u64), Waker>,
    next: u64,
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
        let number = waits.next;
        waits.next += 1;
        let earliest = waits.wakers.keys().next().is_none_or(|(first, _)| deadline < *first);
        waits.wakers.insert((deadline, number), waker);
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
        let mut waits = self.lock();
        while !waits.ended {
            let now = now();
            let mut due = Vec::new();
            while let Some(entry) = waits.wakers.first_entry().filter(|entry| entry.key().0 <= now) {
                due.push(entry.remove());
            }
            if !due.is_empty() {
                // Without the lock: a woken loop may ask for its next wait at once.
                drop(waits);
                due.into_iter().for_each(Waker::wake);
                waits = self.lock();
                continue;
            }
            let left = waits.wakers.keys().next().map_or(Duration::MAX, |(first, _)| *first - now);
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
