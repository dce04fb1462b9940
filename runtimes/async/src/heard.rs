//! What a task need not ask again, because it is going to be woken.

use std::{
    pin::Pin,
    task::{Context, Poll, Waker},
};
use tokio::task::coop::has_budget_remaining;

/// Whom a future of tokio's wakes that was polled and is pending. To poll it again is to take a lock, or to touch memory
/// that has gone cold.
#[derive(Debug, Default)]
pub(crate) struct Heard(Option<Waker>);

impl Heard {
    /// Whether this task is the one that is woken.
    pub(crate) fn by(&self, cx: &Context<'_>) -> bool {
        self.0.as_ref().is_some_and(|waker| waker.will_wake(cx.waker()))
    }

    /// Polls `future`, and knows from then on whom it wakes.
    pub(crate) fn poll<F: Future>(&mut self, future: Pin<&mut F>, cx: &mut Context<'_>) -> Poll<F::Output> {
        // Without budget it does not hear, and tokio polls this task again (`tokio::task::coop`).
        let heard = has_budget_remaining();
        let polled = future.poll(cx);
        self.0 = (heard && polled.is_pending()).then(|| cx.waker().clone());
        polled
    }
}
