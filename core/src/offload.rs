//! Work that holds its thread: where it runs is the host's choice.

use crate::{
    ambient,
    sync::{Mutex, MutexGuard},
};
use std::{
    future::poll_fn,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    sync::{Arc, PoisonError},
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
    let hand_over = HandOver::new();
    let done = hand_over.clone();
    pool.spawn(Box::new(move || done.give(catch_unwind(AssertUnwindSafe(work)))));
    hand_over.take().await.unwrap_or_else(|panic| resume_unwind(panic))
}

/// From the pool's thread to the handler's future.
struct HandOver<T>(Arc<Mutex<State<T>>>);

struct State<T> {
    outcome: Option<T>,
    waiting: Option<Waker>,
}

impl<T> HandOver<T> {
    fn new() -> HandOver<T> {
        HandOver(Arc::new(Mutex::new(State { outcome: None, waiting: None })))
    }

    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn give(&self, outcome: T) {
        let mut state = self.lock();
        state.outcome = Some(outcome);
        let waiting = state.waiting.take();
        drop(state);
        // Not under the lock: a waker is foreign code.
        if let Some(waker) = waiting {
            waker.wake();
        }
    }

    async fn take(&self) -> T {
        poll_fn(|cx| {
            let mut state = self.lock();
            match state.outcome.take() {
                Some(outcome) => Poll::Ready(outcome),
                None => {
                    state.waiting = Some(cx.waker().clone());
                    Poll::Pending
                }
            }
        })
        .await
    }
}

impl<T> Clone for HandOver<T> {
    fn clone(&self) -> HandOver<T> {
        HandOver(self.0.clone())
    }
}

#[cfg(all(test, polyserve_loom))]
mod models {
    use super::*;
    use loom::{future::block_on, thread};

    #[test]
    fn what_the_pool_gives_is_taken() {
        loom::model(|| {
            let hand_over = HandOver::new();
            let pool = hand_over.clone();
            thread::spawn(move || pool.give(7));
            assert_eq!(block_on(hand_over.take()), 7);
        });
    }
}
