//! What the timer thread shares: std's primitives and clock, or loom's, which try every interleaving (see `sync`
//! in polyserve-host), with a clock that the model sets.

#[cfg(test)]
#[cfg(polyserve_loom)]
pub(crate) mod model;

#[cfg(all(test, polyserve_loom))]
pub(crate) use model::{Condvar, Mutex, MutexGuard, now, thread};
#[cfg(not(all(test, polyserve_loom)))]
pub(crate) use std::{
    sync::{Condvar, Mutex, MutexGuard},
    thread,
};

#[cfg(not(all(test, polyserve_loom)))]
pub(crate) fn now() -> std::time::Instant {
    std::time::Instant::now()
}
