//! What the loop shares with other threads: std's primitives and mio's waker, or loom's, which try every
//! interleaving (see `sync` in polyserve-host).

#[cfg(test)]
#[cfg(polyserve_loom)]
mod model;

#[cfg(not(all(test, polyserve_loom)))]
pub(crate) use mio::Waker as LoopWaker;
#[cfg(all(test, polyserve_loom))]
pub(crate) use model::{AtomicBool, LoopWaker, Mutex};
#[cfg(not(all(test, polyserve_loom)))]
pub(crate) use std::sync::{Mutex, atomic::AtomicBool};
