//! What threads share: std's primitives, or loom's, which try every interleaving.
//!
//! A module that takes them from here is a model's as it stands: its tests in `models` run with
//!
//! ```text
//! LOOM_MAX_PREEMPTIONS=3 RUSTFLAGS="--cfg polyserve_loom" cargo test --release --lib -p polyserve-host models
//! ```
//!
//! Three preemptions are enough for every bug these models have found, and for all of them to end in seconds;
//! without a bound the pool's take longer than anybody waits.

#[cfg(test)]
#[cfg(polyserve_loom)]
mod model;

#[cfg(all(test, polyserve_loom))]
pub(crate) use model::{AtomicBool, Condvar, Mutex, MutexGuard, thread};
#[cfg(not(all(test, polyserve_loom)))]
pub(crate) use std::{
    sync::{Condvar, Mutex, MutexGuard, atomic::AtomicBool},
    thread,
};
