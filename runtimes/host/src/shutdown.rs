//! The one switch that begins a graceful stop.

use crate::sync::{AtomicBool, Mutex};
use std::{
    fmt,
    sync::{Arc, PoisonError, atomic::Ordering},
};

/// Begins a graceful stop, from any thread: new connections are refused, idle ones are closed, requests
/// in flight are answered with `Connection: close`, and `serve` returns when the last one is, or after
/// [`Timeouts::grace`](polyserve_core::Timeouts::grace).
#[derive(Clone, Default)]
pub struct Shutdown(Arc<Inner>);

#[derive(Default)]
struct Inner {
    begun: AtomicBool,
    hooks: Mutex<Vec<Box<dyn FnOnce() + Send>>>,
}

impl Shutdown {
    /// A switch that is off.
    #[must_use]
    pub fn new() -> Shutdown {
        Shutdown::default()
    }

    /// Begins the stop. Every call after the first does nothing.
    pub fn begin(&self) {
        // Under the lock, so that no hook is added between the switch and its run.
        let hooks = {
            let mut hooks = self.0.hooks.lock().unwrap_or_else(PoisonError::into_inner);
            self.0.begun.store(true, Ordering::SeqCst);
            std::mem::take(&mut *hooks)
        };
        for hook in hooks {
            hook();
        }
    }

    /// Whether the stop has begun.
    #[must_use]
    pub fn is_begun(&self) -> bool {
        self.0.begun.load(Ordering::SeqCst)
    }

    /// Runs `hook` when the stop begins, on the thread that begins it; at once if it has begun. This is
    /// how a runtime gets its loop woken.
    pub fn on_begin(&self, hook: impl FnOnce() + Send + 'static) {
        {
            let mut hooks = self.0.hooks.lock().unwrap_or_else(PoisonError::into_inner);
            if !self.is_begun() {
                hooks.push(Box::new(hook));
                return;
            }
        }
        hook();
    }
}

impl fmt::Debug for Shutdown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shutdown").field("begun", &self.is_begun()).finish_non_exhaustive()
    }
}

#[cfg(test)]
#[cfg(polyserve_loom)]
mod models;
