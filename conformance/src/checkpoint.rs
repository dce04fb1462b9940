//! Where a handler under test says that it has arrived, and waits until the test lets it go on.

use crate::client::DEADLINE;
use std::{
    future::poll_fn,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    task::{Poll, Waker},
};

/// Shared by the test and the handlers. It stays open once it is opened.
#[derive(Clone, Default)]
pub struct Checkpoint(Arc<Shared>);

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    arrived: usize,
    open: bool,
    waiting: Vec<Waker>,
}

impl Checkpoint {
    /// A checkpoint that is closed.
    #[must_use]
    pub fn new() -> Checkpoint {
        Checkpoint::default()
    }

    /// Handler: says that it is here.
    pub fn arrive(&self) {
        self.lock().arrived += 1;
        self.0.changed.notify_all();
    }

    /// Handler: says that it is here and waits, as an `async fn` does. It always gives itself back to its
    /// host once: what the test does after the arrival comes before anything that the handler does next.
    pub async fn pass(&self) {
        let mut arrived = false;
        poll_fn(|cx| {
            let mut state = self.lock();
            if arrived && state.open {
                return Poll::Ready(());
            }
            if state.open {
                cx.waker().wake_by_ref();
            } else {
                state.waiting.push(cx.waker().clone());
            }
            if !arrived {
                arrived = true;
                state.arrived += 1;
                self.0.changed.notify_all();
            }
            Poll::Pending
        })
        .await;
    }

    /// Handler: says that it is here and waits, and holds its thread meanwhile.
    pub fn pass_holding_the_thread(&self) {
        self.arrive();
        self.wait_until("the test opens the checkpoint", |state| state.open);
    }

    /// Test: waits until so many handlers have arrived since the beginning.
    pub fn await_arrivals(&self, arrivals: usize) {
        self.wait_until("handlers arrive", |state| state.arrived >= arrivals);
    }

    /// Test: how many handlers have arrived so far.
    pub fn arrivals(&self) -> usize {
        self.lock().arrived
    }

    /// Whether handlers need not wait any more.
    pub fn is_open(&self) -> bool {
        self.lock().open
    }

    /// Test: lets everybody go on.
    pub fn open(&self) {
        let waiting = {
            let mut state = self.lock();
            state.open = true;
            std::mem::take(&mut state.waiting)
        };
        self.0.changed.notify_all();
        waiting.into_iter().for_each(Waker::wake);
    }

    fn wait_until(&self, what: &str, reached: impl Fn(&State) -> bool) {
        let (state, timeout) = self
            .0
            .changed
            .wait_timeout_while(self.lock(), DEADLINE, |state| !reached(state))
            .unwrap_or_else(PoisonError::into_inner);
        let arrived = state.arrived;
        drop(state);
        assert!(!timeout.timed_out(), "waited {DEADLINE:?} until {what}; {arrived} have arrived");
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
