//! What a bell is made of: std's primitives and a pipe, or loom's, which try every interleaving (see `sync` in
//! polyserve-host).

#[cfg(test)]
#[cfg(polyserve_loom)]
mod model;

#[cfg(not(all(test, polyserve_loom)))]
pub(crate) use crate::rope::Rope;
#[cfg(all(test, polyserve_loom))]
pub(crate) use model::{AtomicBool, OnceLock, Rope, Thread, thread};
#[cfg(not(all(test, polyserve_loom)))]
pub(crate) use std::{
    sync::{OnceLock, atomic::AtomicBool},
    thread::{self, Thread},
};
