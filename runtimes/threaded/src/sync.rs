//! What threads share: std's primitives, or loom's, which try every interleaving (see `sync` in polyserve-host).

#[cfg(all(test, polyserve_loom))]
pub(crate) use loom::sync::{Condvar, Mutex, MutexGuard};
#[cfg(not(all(test, polyserve_loom)))]
pub(crate) use std::sync::{Condvar, Mutex, MutexGuard};
