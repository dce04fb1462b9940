//! Work that holds its thread: where it runs is the host's choice.

use crate::ambient;
use std::{
    any::Any,
    future::poll_fn,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    sync::{Arc, Mutex, PoisonError},
    task::{Poll, Waker},
};

/// A job for a pool thread.
pub type Job = Box<dyn FnOnce() + Send>;

/// The threads that a loop keeps for functions which hold their thread (`#[handler(blocking)]`).
pub trait Pool: Send + Sync + 'static {
    /// Runs `job` on one of the pool's threads, when one is free. A job never unwinds.
    fn spawn(&self, job: Job);
}

/// Runs `work` on the host's pool and waits for it; where the host has no pool (its threads are there to
/// be held) `work` runs at once, where it is.
///
/// # Panics
/// With `work`'s own panic.
pub async fn run<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    let Some(pool) = ambient::with(|ambient| ambient.app.pool()).flatten() else {
        return work();
    };
    let hand_over = Arc::new(Mutex::new(HandOver { outcome: None, waiting: None }));
    let done = hand_over.clone();
    pool.spawn(Box::new(move || {
        let outcome = catch_unwind(AssertUnwindSafe(work));
        let mut done = done.lock().unwrap_or_else(PoisonError::into_inner);
        done.outcome = Some(outcome);
        let waiting = done.waiting.take();
        drop(done);
        if let Some(waker) = waiting {
            waker.wake();
        }
    }));
    let outcome = poll_fn(|cx| {
        let mut hand_over = hand_over.lock().unwrap_or_else(PoisonError::into_inner);
        match hand_over.outcome.take() {
            Some(outcome) => Poll::Ready(outcome),
            None => {
                hand_over.waiting = Some(cx.waker().clone());
                Poll::Pending
            }
        }
    })
    .await;
    outcome.unwrap_or_else(|panic| resume_unwind(panic))
}

/// From the pool's thread to the handler's future.
struct HandOver<T> {
    outcome: Option<Result<T, Box<dyn Any + Send>>>,
    waiting: Option<Waker>,
}
