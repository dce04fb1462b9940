//! Wakers, and the one place where a test waits in real time.

use std::{
    sync::{
        Arc, Condvar, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering::SeqCst},
    },
    task::Wake,
    time::Duration,
};

/// Rung by the waker of any handler of one client.
#[derive(Debug, Default)]
pub(super) struct Bell {
    rang: Mutex<bool>,
    ringing: Condvar,
}

impl Bell {
    /// What rings from now on counts.
    pub(super) fn silence(&self) {
        *self.rang.lock().unwrap_or_else(PoisonError::into_inner) = false;
    }

    fn ring(&self) {
        *self.rang.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.ringing.notify_all();
    }

    /// Waits until it has rung since it was silenced, for so long at the most. Whether it has.
    pub(super) fn wait(&self, patience: Duration) -> bool {
        let rang = self.rang.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.ringing.wait_timeout_while(rang, patience, |rang| !*rang);
        let (rang, _) = waited.unwrap_or_else(PoisonError::into_inner);
        *rang
    }
}

/// The waker of one connection's handler.
#[derive(Debug)]
pub(super) struct Alarm {
    rung: AtomicBool,
    bell: Arc<Bell>,
}

impl Alarm {
    pub(super) fn new(bell: Arc<Bell>) -> Alarm {
        Alarm { rung: AtomicBool::new(false), bell }
    }

    pub(super) fn is_rung(&self) -> bool {
        self.rung.load(SeqCst)
    }

    pub(super) fn reset(&self) {
        self.rung.store(false, SeqCst);
    }
}

impl Wake for Alarm {
    fn wake(self: Arc<Alarm>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Alarm>) {
        self.rung.store(true, SeqCst);
        self.bell.ring();
    }
}
