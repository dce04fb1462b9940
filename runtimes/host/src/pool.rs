//! Threads for what holds its thread: functions that block, and conversations of clients that have a thread each.

use crate::sync::{Condvar, Mutex, MutexGuard, thread};
use polyserve_core::offload::{Job, Pool};
use std::{
    collections::VecDeque,
    fmt, io,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, PoisonError},
    time::Duration,
};

/// How long an idle thread waits for work before it ends; tokio's pool keeps them as long.
const KEEP_ALIVE: Duration = Duration::from_secs(10);

/// A bounded pool that starts a thread when none is idle. A job beyond the bound waits its turn; the
/// queue itself is bounded by the server's connections, each of which has one job at the most.
///
/// Its threads end when they have been idle for 10 s, or, once the pool is dropped, with the last job.
pub struct ThreadPool {
    shared: Arc<Shared>,
    bound: usize,
    name: &'static str,
    stack_size: Option<usize>,
}

/// A job for which the system has no thread.
pub struct NoThread {
    /// Why not.
    pub error: io::Error,
    /// What was to be done.
    pub job: Job,
}

struct Shared {
    state: Mutex<State>,
    work: Condvar,
}

#[derive(Default)]
struct State {
    jobs: VecDeque<Job>,
    threads: usize,
    idle: usize,
    /// The pool was dropped: nobody is going to bring another job.
    ended: bool,
}

impl ThreadPool {
    /// A pool of at most `bound` threads of this name; it starts none yet.
    #[must_use]
    pub fn new(name: &'static str, bound: usize) -> ThreadPool {
        let shared = Shared { state: Mutex::default(), work: Condvar::new() };
        ThreadPool { shared: Arc::new(shared), bound: bound.max(1), name, stack_size: None }
    }

    /// The stack of each thread, in bytes. Default: that of Rust's threads.
    #[must_use]
    pub fn stack_size(mut self, bytes: usize) -> ThreadPool {
        self.stack_size = Some(bytes);
        self
    }

    /// Has `job` run by an idle thread, else by a new one, else by the first that becomes idle.
    ///
    /// # Errors
    /// When a thread was needed and the system has none to give.
    pub fn add(&self, job: Job) -> Result<(), NoThread> {
        let mut state = self.shared.lock();
        state.jobs.push_back(job);
        // Idle threads are counted until they have taken a job, so waiting jobs count against them.
        if state.idle >= state.jobs.len() || state.threads == self.bound {
            let idle = state.idle > 0;
            drop(state);
            if idle {
                self.shared.work.notify_one();
            }
            return Ok(());
        }
        state.threads += 1;
        drop(state);
        let Err(error) = self.start() else {
            return Ok(());
        };
        let mut state = self.shared.lock();
        state.threads -= 1;
        // Unless a thread that became idle was quicker, there is a job too many: this one, or a later one.
        state.jobs.pop_back().map_or(Ok(()), |job| Err(NoThread { error, job }))
    }

    /// Has `job` run by an idle thread.
    ///
    /// # Errors
    /// The job, when no thread is idle.
    pub fn offer(&self, job: Job) -> Result<(), Job> {
        let mut state = self.shared.lock();
        if state.idle <= state.jobs.len() {
            return Err(job);
        }
        state.jobs.push_back(job);
        drop(state);
        self.shared.work.notify_one();
        Ok(())
    }

    fn start(&self) -> io::Result<()> {
        let shared = self.shared.clone();
        let mut thread = thread::Builder::new().name(self.name.into());
        if let Some(bytes) = self.stack_size {
            thread = thread.stack_size(bytes);
        }
        thread.spawn(move || shared.work()).map(drop)
    }
}

impl Pool for ThreadPool {
    fn spawn(&self, job: Job) {
        let Err(NoThread { error, job }) = self.add(job) else {
            return;
        };
        log::warn!("cannot start a pool thread: {error}");
        // With other threads at work the job waits for them; alone it runs here, held loop or not. So does
        // any other, left by somebody who counted on the thread that was not to be.
        let mut state = self.shared.lock();
        state.jobs.push_back(job);
        while state.threads == 0
            && let Some(job) = state.jobs.pop_front()
        {
            drop(state);
            job();
            state = self.shared.lock();
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
                // What has panicked has said so; the thread is as good as before.
                if catch_unwind(AssertUnwindSafe(job)).is_err() {
                    log::error!("a job of a thread pool panicked");
                }
                state = self.lock();
                continue;
            }
            if state.ended {
                break;
            }
            state.idle += 1;
            let (woken, timeout) =
                self.work.wait_timeout(state, KEEP_ALIVE).unwrap_or_else(PoisonError::into_inner);
            state = woken;
            state.idle -= 1;
            if timeout.timed_out() && state.jobs.is_empty() {
                break;
            }
        }
        state.threads -= 1;
    }
}

impl Drop for ThreadPool {
    fn drop(&mut self) {
        self.shared.lock().ended = true;
        self.shared.work.notify_all();
    }
}

impl fmt::Debug for ThreadPool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ThreadPool")
            .field("name", &self.name)
            .field("bound", &self.bound)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for NoThread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NoThread").field("error", &self.error).finish_non_exhaustive()
    }
}

#[cfg(test)]
#[cfg(polyserve_loom)]
mod models;

#[cfg(test)]
#[cfg(not(polyserve_loom))]
mod tests;
