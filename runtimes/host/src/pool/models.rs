//! The pool in every interleaving. A job that is lost leaves its model waiting, which loom reports as a
//! deadlock, and so does a thread that does not end; a job that ran twice would be a type error.

use super::*;
use crate::sync;
use loom::sync::{
    atomic::{AtomicUsize, Ordering::SeqCst},
    mpsc::{Sender, channel},
};

impl ThreadPool {
    /// Threads that are idle end, and those that become idle.
    fn time_is_up(&self) {
        self.shared.work.time_is_up(&self.shared.state);
    }

    /// Runs a job that reports that it ran, and that no more than `bound` threads run jobs.
    fn run(&self, done: &Sender<()>, running: &Arc<AtomicUsize>) {
        let (done, running, bound) = (done.clone(), running.clone(), self.bound);
        self.spawn(Box::new(move || {
            assert!(running.fetch_add(1, SeqCst) < bound, "more threads than allowed");
            running.fetch_sub(1, SeqCst);
            done.send(()).unwrap();
        }));
    }
}

#[test]
fn every_job_runs_while_threads_go_idle() {
    loom::model(|| {
        let pool = ThreadPool::new("pool", 2);
        let (done, results) = channel();
        let running = Arc::default();
        for _ in 0..3 {
            pool.run(&done, &running);
        }
        for _ in 0..3 {
            results.recv().unwrap();
        }
        // A thread that missed its notification would not end.
        pool.time_is_up();
    });
}

#[test]
fn every_job_runs_while_threads_end() {
    loom::model(|| {
        let pool = Arc::new(ThreadPool::new("pool", 1));
        let (done, results) = channel();
        let running = Arc::default();
        pool.run(&done, &running);
        let clock = pool.clone();
        loom::thread::spawn(move || clock.time_is_up());
        pool.run(&done, &running);
        for _ in 0..2 {
            results.recv().unwrap();
        }
    });
}

#[test]
fn jobs_of_two_threads_share_one_thread_of_the_pool() {
    loom::model(|| {
        let pool = Arc::new(ThreadPool::new("pool", 1));
        let (done, results) = channel();
        let running = Arc::<AtomicUsize>::default();
        let other = (pool.clone(), done.clone(), running.clone());
        loom::thread::spawn(move || other.0.run(&other.1, &other.2));
        pool.run(&done, &running);
        for _ in 0..2 {
            results.recv().unwrap();
        }
        assert_eq!(pool.shared.lock().threads, 1);
        pool.time_is_up();
    });
}

#[test]
fn every_job_runs_where_no_thread_can_be_started() {
    loom::model(|| {
        let pool = Arc::new(ThreadPool::new("pool", 1));
        let (done, results) = channel();
        sync::thread::refuse();
        // They count on one another's thread while neither has been refused yet.
        for _ in 0..2 {
            let (pool, done) = (pool.clone(), done.clone());
            loom::thread::spawn(move || pool.spawn(Box::new(move || done.send(()).unwrap())));
        }
        for _ in 0..2 {
            results.recv().unwrap();
        }
    });
}

#[test]
fn no_job_is_kept_waiting_while_there_may_be_one_more_thread() {
    loom::model(|| {
        let pool = ThreadPool::new("pool", 2);
        let (done, results) = channel();
        pool.run(&done, &Arc::default());
        results.recv().unwrap();
        // The thread of the first job may be idle: it counts for one of these, which end only together.
        let (partner, call) = channel();
        pool.spawn(Box::new(move || call.recv().unwrap()));
        pool.spawn(Box::new(move || {
            partner.send(()).unwrap();
            done.send(()).unwrap();
        }));
        results.recv().unwrap();
        pool.time_is_up();
    });
}

#[test]
fn a_job_is_handed_back_where_no_thread_can_be_started_unless_one_becomes_idle() {
    loom::model(|| {
        let pool = ThreadPool::new("pool", 2);
        let (done, results) = channel();
        pool.run(&done, &Arc::default());
        sync::thread::refuse();
        let refused = pool.add(Box::new(move || done.send(()).unwrap()));
        results.recv().unwrap();
        match refused {
            Ok(()) => results.recv().unwrap(),
            Err(NoThread { job, .. }) => job(),
        }
        pool.time_is_up();
    });
}

#[test]
fn an_offer_is_for_a_thread_that_is_idle_and_for_one_alone() {
    loom::model(|| {
        let pool = ThreadPool::new("pool", 2);
        let (done, results) = channel();
        pool.run(&done, &Arc::default());
        results.recv().unwrap();
        let taken = (0..2)
            .filter(|_| {
                let done = done.clone();
                pool.offer(Box::new(move || done.send(()).unwrap())).is_ok()
            })
            .count();
        // The second may find the thread idle once more.
        for _ in 0..taken {
            results.recv().unwrap();
        }
        pool.time_is_up();
    });
}

#[test]
fn threads_end_with_the_pool() {
    loom::model(|| {
        let pool = ThreadPool::new("pool", 2);
        let (done, results) = channel();
        for _ in 0..2 {
            let done = done.clone();
            pool.spawn(Box::new(move || done.send(()).unwrap()));
        }
        // Idle, at work, or not begun: a thread that did not end would be waiting, and so would a job.
        drop(pool);
        for _ in 0..2 {
            results.recv().unwrap();
        }
    });
}
