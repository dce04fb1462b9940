//! What needs real threads; which thread gets what in every interleaving is shown in `models`.

use super::*;
use std::{
    sync::{Barrier, mpsc},
    thread::{self, ThreadId},
    time::Instant,
};

const SOON: Duration = Duration::from_secs(10);

/// Lets other threads run until it is true.
fn until(is_true: impl Fn() -> bool) {
    let deadline = Instant::now() + SOON;
    while !is_true() {
        assert!(Instant::now() < deadline, "not within {SOON:?}");
        thread::yield_now();
    }
}

impl ThreadPool {
    /// Runs a job when nobody is at work, and says which thread had it.
    fn thread_of_a_job(&self, work: impl FnOnce() + Send + 'static) -> ThreadId {
        let (done, results) = mpsc::channel();
        self.add(Box::new(move || {
            done.send(thread::current().id()).unwrap();
            work();
        }))
        .unwrap();
        let thread = results.recv_timeout(SOON).unwrap();
        until(|| {
            let state = self.shared.lock();
            state.idle == state.threads
        });
        thread
    }
}

#[test]
fn jobs_run_side_by_side_up_to_the_bound() {
    let pool = ThreadPool::new("pool", 4);
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
    let mut ended: Vec<i32> = (0..8).map(|_| results.recv_timeout(SOON).unwrap()).collect();
    ended.sort_unstable();
    assert_eq!(ended, [0, 1, 2, 3, 4, 5, 6, 7]);
    assert_eq!(pool.shared.lock().threads, 4);
}

#[test]
fn an_idle_thread_gets_the_next_job_also_after_a_panic() {
    let pool = ThreadPool::new("pool", 4);
    let first = pool.thread_of_a_job(|| {});
    assert_eq!(pool.thread_of_a_job(|| panic!("seen in the test's output")), first);
    assert_eq!(pool.thread_of_a_job(|| {}), first);
}

#[test]
fn threads_end_with_the_pool_when_its_last_job_is_done() {
    let pool = ThreadPool::new("pool", 1);
    let (done, results) = mpsc::channel();
    let (go, waiting) = mpsc::channel::<()>();
    pool.spawn(Box::new(move || waiting.recv().unwrap()));
    pool.spawn(Box::new(move || done.send(()).unwrap()));
    let shared = Arc::downgrade(&pool.shared);
    drop(pool);
    go.send(()).unwrap();
    results.recv_timeout(SOON).unwrap();
    until(|| shared.strong_count() == 0);
}
