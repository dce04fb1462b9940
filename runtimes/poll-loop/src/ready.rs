//! Handlers that were woken: how another thread brings the loop back to one of them.

use crate::sync::{AtomicBool, LoopWaker, Mutex};
use std::{
    sync::{Arc, PoisonError, atomic::Ordering},
    task::{Wake, Waker},
};

/// The handlers that are to be polled again, by their connection's token.
pub(crate) struct Ready {
    tokens: Mutex<Vec<usize>>,
    /// Set before the loop goes to sleep. Waking a loop that is awake would cost a system call for nothing.
    /// Only ever swapped: swaps have one order, and each sees all that came before the one before it.
    asleep: AtomicBool,
    /// Somebody wakes the loop for its own sake.
    rung: AtomicBool,
    wake_loop: LoopWaker,
}

impl Ready {
    pub(crate) fn new(wake_loop: LoopWaker) -> Arc<Ready> {
        Arc::new(Ready {
            tokens: Mutex::default(),
            asleep: AtomicBool::new(false),
            rung: AtomicBool::new(false),
            wake_loop,
        })
    }

    /// The loop is about to sleep. False if it must not, because somebody was woken meanwhile.
    pub(crate) fn may_sleep(&self) -> bool {
        // First the flag, then the look: whoever comes after the look sees the flag and wakes the loop.
        self.asleep.swap(true, Ordering::SeqCst);
        !self.rung.swap(false, Ordering::SeqCst)
            && self.tokens.lock().unwrap_or_else(PoisonError::into_inner).is_empty()
    }

    /// The loop is awake. Moves the woken tokens to `tokens`.
    pub(crate) fn take(&self, tokens: &mut Vec<usize>) {
        self.asleep.swap(false, Ordering::SeqCst);
        tokens.append(&mut self.tokens.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// Wakes the loop, for whatever reason.
    pub(crate) fn wake(&self) {
        self.rung.swap(true, Ordering::SeqCst);
        self.wake_if_asleep();
    }

    fn wake_if_asleep(&self) {
        if self.asleep.swap(false, Ordering::SeqCst)
            && let Err(error) = self.wake_loop.wake()
        {
            log::error!("cannot wake the poll loop: {error}");
        }
    }

    /// A waker for the handlers of the connection at `token`. One that outlives its connection wakes
    /// whichever is there then, which does no harm.
    pub(crate) fn waker(self: &Arc<Ready>, token: usize) -> Waker {
        Waker::from(Arc::new(TokenWaker { ready: self.clone(), token }))
    }
}

struct TokenWaker {
    ready: Arc<Ready>,
    token: usize,
}

impl Wake for TokenWaker {
    fn wake(self: Arc<TokenWaker>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<TokenWaker>) {
        self.ready.tokens.lock().unwrap_or_else(PoisonError::into_inner).push(self.token);
        self.ready.wake_if_asleep();
    }
}

#[cfg(test)]
#[cfg(polyserve_loom)]
mod models;
