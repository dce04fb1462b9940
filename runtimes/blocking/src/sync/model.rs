//! loom's primitives, and those of a bell that it does not have.

use loom::sync::{Condvar, Mutex};
pub(crate) use loom::{sync::atomic::AtomicBool, thread::Thread};
use std::{
    io,
    os::fd::{AsFd, BorrowedFd},
    sync::atomic::Ordering::{AcqRel, Acquire},
};

/// Parking, without time.
pub(crate) mod thread {
    pub(crate) use loom::thread::{current, park};
    use std::time::Duration;

    pub(crate) fn park_timeout(_: Duration) {
        park();
    }
}

/// std's, with the orderings that it promises and no stronger ones.
#[derive(Debug)]
pub(crate) struct OnceLock<T> {
    is_set: AtomicBool,
    value: std::sync::OnceLock<T>,
}

impl<T> OnceLock<T> {
    pub(crate) fn new() -> OnceLock<T> {
        OnceLock { is_set: AtomicBool::new(false), value: std::sync::OnceLock::new() }
    }

    pub(crate) fn get(&self) -> Option<&T> {
        self.is_set.load(Acquire).then(|| self.value.get()).flatten()
    }

    pub(crate) fn set(&self, value: T) -> Result<(), T> {
        self.value.set(value)?;
        self.is_set.swap(true, AcqRel);
        Ok(())
    }
}

/// A pipe: bytes to be counted, and a thread that waits for one.
#[derive(Debug)]
pub(crate) struct Rope {
    bytes: Mutex<usize>,
    pulled: Condvar,
}

impl Rope {
    pub(crate) fn new() -> io::Result<Rope> {
        Ok(Rope { bytes: Mutex::new(0), pulled: Condvar::new() })
    }

    pub(crate) fn pull(&self) {
        *self.bytes.lock().unwrap() += 1;
        self.pulled.notify_one();
    }

    pub(crate) fn let_go(&self) {
        let mut bytes = self.bytes.lock().unwrap();
        *bytes = bytes.saturating_sub(1);
    }

    /// What poll(2) does.
    pub(crate) fn poll(&self) {
        let mut bytes = self.bytes.lock().unwrap();
        while *bytes == 0 {
            bytes = self.pulled.wait(bytes).unwrap();
        }
    }
}

impl AsFd for Rope {
    fn as_fd(&self) -> BorrowedFd<'_> {
        unreachable!("models wait with `poll`")
    }
}
