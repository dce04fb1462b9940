//! A readiness loop that hands waiting to somebody else: the tutorial's `selectors/server_nonblocking.py`.
//!
//! The loop is `polyserve-poll-loop`'s. What is new is a timer thread: a handler that sleeps leaves its
//! deadline and its waker there, and the loop serves others until the thread wakes it. The tutorial starts a
//! thread for each wait; here one thread waits for the earliest of all deadlines, so ten thousand sleeping
//! handlers cost ten thousand entries in a heap. Functions that hold their thread (`#[handler(blocking)]`)
//! go to a bounded pool for the same reason: the loop's only thread is never to wait for anything but events.

mod sync;
mod timer_thread;

use polyserve_host::{Capabilities, Common, Error, Held, Result, Strategy, ThreadPool, common_settings};
use polyserve_poll_loop::{Sleeper, Slept, run};
use std::{sync::Arc, task::Waker, time::Instant};
use timer_thread::TimerThread;

const NAME: &str = "timer-offload";

/// Threads for functions that hold theirs: as many as tokio's blocking pool has at the most.
const BLOCKING_THREADS: usize = 512;

/// What this runtime says of itself.
pub const STRATEGY: Strategy = Strategy {
    name: NAME,
    summary: "the same loop with a timer thread that wakes it: a handler that sleeps holds nothing",
    tutorial: "selectors/server_nonblocking.py",
    capabilities: Capabilities::new(Held::Nothing).with_blocking_pool().with_worker_loops(),
    serve: SERVE,
};

/// Leaves a sleeping handler with the timer thread.
#[derive(Debug)]
struct Offload(TimerThread);

impl Sleeper for Offload {
    fn sleep(&mut self, until: Instant, waker: &Waker) -> Slept {
        self.0.wake_at(until, waker.clone());
        Slept::Elsewhere
    }
}

/// The settings of a timer-offload server.
#[derive(Debug)]
pub struct Server {
    common: Common,
    blocking_threads: usize,
}

common_settings!();

impl Server {
    fn with(common: Common) -> Server {
        Server { common, blocking_threads: BLOCKING_THREADS }
    }

    /// Threads with a loop each, and a timer thread beside it. Default: 1. See [`run`] for what they share.
    #[must_use]
    pub fn workers(mut self, workers: usize) -> Server {
        self.common.options().workers = Some(workers);
        self
    }

    /// Bounds the threads for `#[handler(blocking)]`; calls beyond it wait for one. Default: 512, started
    /// when they are needed.
    #[must_use]
    pub fn blocking_threads(mut self, threads: usize) -> Server {
        self.blocking_threads = threads;
        self
    }

    /// Serves until the shutdown begins, then answers what is in flight.
    ///
    /// # Errors
    /// When the address cannot be bound, two routes conflict, or the system fails.
    pub fn serve(self) -> Result {
        let mut listening = self.common.open_for_loops()?.without_tokio(NAME).on_a_loop("event loop");
        listening.app =
            listening.app.with_pool(Arc::new(ThreadPool::new("blocking pool", self.blocking_threads)));
        run(listening, || {
            let timer = TimerThread::start();
            timer.map(Offload).map_err(|error| Error::io("cannot start the timer thread", error))
        })
    }
}
