//! What threads share: std's primitives, or loom's, which try every interleaving (see `sync` in polyserve-host).

#[cfg(all(test, polyserve_loom))]
pub(crate) use loom::{
    sync::{Condvar, Mutex, MutexGuard, atomic::AtomicUsize},
    thread::{Thread, current},
};
#[cfg(not(all(test, polyserve_loom)))]
pub(crate) use std::{
    sync::{Condvar, Mutex, MutexGuard, atomic::AtomicUsize},
    thread::{Thread, current, park_timeout},
};

/// Parking, without time.
#[cfg(all(test, polyserve_loom))]
pub(crate) fn park_timeout(_: std::time::Duration) {
    loom::thread::park();
}
