//! What the threads around a handler share: std's mutex, or loom's, which tries every interleaving.
//!
//! ```text
//! LOOM_MAX_PREEMPTIONS=3 RUSTFLAGS="--cfg polyserve_loom" cargo test --release --lib -p polyserve-core models
//! ```

#[cfg(all(test, polyserve_loom))]
pub(crate) use loom::sync::{Mutex, MutexGuard};
#[cfg(not(all(test, polyserve_loom)))]
pub(crate) use std::sync::{Mutex, MutexGuard};
