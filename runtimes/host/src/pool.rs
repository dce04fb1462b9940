//! Threads for functions that hold their thread.

use crate::sync::{Condvar, Mutex, MutexGuard, thread};
use polyserve_core::offload::{Job, Pool};
use std::{
    collections::VecDeque,
    fmt,
    sync::{Arc, PoisonError},
    time::Duration,
};

/// How long an idle thread waits for work before it ends; tokio's pool keeps them as long.
const KEEP_ALIVE: Duration = Duration::from_secs(10);

/// A bounded pool that starts a thread when none is idle. A job beyond the bound waits its turn; the
/// queue itself is bounded by the server's connections, each of which has one job at the most.
pub struct ThreadPool(Arc<Shared>);

struct Shared {
    state: Mutex<State>,
    work: Condvar,
    bound: usize,
}

#[derive(Default)]
struct State {
    jobs: VecDeque<Job>,
    threads: usize,
    idle: usize,
}

impl ThreadPool {
    /// A pool of at most `bound` threads; it starts none yet.
    #[must_use]
    pub fn new(bound: usize) -> ThreadPool {
        let state = Mutex::default();
        ThreadPool(Arc::new(Shared { state, work: Condvar::new(), bound: bound.max(1) }))
    }
}

impl Pool for ThreadPool {
    fn spawn(&self, job: Job) {
        let mut state = self.0.lock();
        state.jobs.push_back(job);
        // Idle threads are counted until they have taken a job, so waiting jobs count against them.
        if state.idle >= state.jobs.len() || state.threads == self.0.bound {
            drop(state);
            self.0.work.notify_one();
            return;
        }
        state.threads += 1;
        drop(state);
        let shared = self.0.clone();
        let started = thread::Builder::new().name("blocking pool".into()).spawn(move || shared.work());
        if let Err(error) = started {
            let mut state = self.0.lock();
            state.threads -= 1;
            log::warn!("cannot start a pool thread: {error}");
            // With other threads at work the job waits for them; alone it runs here, held loop or not. So does
            // any other, left by somebody who counted on the thread that was not to be.
            while state.threads == 0
                && let Some(job) = state.jobs.pop_front()
            {
                drop(state);
                job();
                state = self.0.lock();
            }
        }
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn work(&self) {
        let mut state = self.lock();
        loop {
            if let Some(job) = state.jobs.pop_front() {
                drop(state);
                job();
                state = self.lock();
                continue;
            }
            state.idle += 1;
            let (woken, timeout) =
                self.work.wait_timeout(state, KEEP_ALIVE).unwrap_or_else(PoisonError::into_inner);
            state = woken;
            state.idle -= 1;
            if timeout.timed_out() && state.jobs.is_empty() {
                state.threads -= 1;
                return;
            }
        }
    }
}

impl fmt::Debug for ThreadPool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ThreadPool").field("bound", &self.0.bound).finish_non_exhaustive()
    }
}

#[cfg(test)]
#[cfg(polyserve_loom)]
mod models;

#[cfg(test)]
#[cfg(not(polyserve_loom))]
mod tests {
    use super::*;
    use std::sync::{Barrier, mpsc};

    #[test]
    fn jobs_run_side_by_side_up_to_the_bound() {
        let pool = ThreadPool::new(4);
        let barrier = Arc::new(Barrier::new(4));
        let (done, results) = mpsc::channel();
        // Four jobs that can only end together, and four more that wait for their threads.
        for job in 0..8 {
            let (barrier, done) = (barrier.clone(), done.clone());
            pool.spawn(Box::new(move || {
                barrier.wait();
                done.send(job).unwrap();
            }));
        }
        let mut ended: Vec<i32> =
            (0..8).map(|_| results.recv_timeout(Duration::from_secs(10)).unwrap()).collect();
        ended.sort_unstable();
        assert_eq!(ended, [0, 1, 2, 3, 4, 5, 6, 7]);
        assert_eq!(pool.0.lock().threads, 4);
    }
}
