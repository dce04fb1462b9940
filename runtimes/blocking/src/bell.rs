//! How a handler's waker reaches the thread that waits for it, parked or in poll(2).

use crate::sync::{AtomicBool, OnceLock, Rope, Thread, thread};
use std::{
    io,
    sync::{Arc, atomic::Ordering},
    task::Wake,
    time::Instant,
};

/// Wakes one thread out of whatever it waits in. It is what a handler's waker rings.
#[derive(Debug)]
pub(crate) struct Bell {
    rung: AtomicBool,
    thread: Thread,
    /// A parked thread needs none; one in poll(2) can only be reached through a descriptor, which is made
    /// when it is first needed: a thread that just sleeps and reads never does.
    rope: OnceLock<Rope>,
}

impl Bell {
    /// A bell for the current thread.
    pub(crate) fn here() -> Arc<Bell> {
        Arc::new(Bell { rung: AtomicBool::new(false), thread: thread::current(), rope: OnceLock::new() })
    }

    /// Parks this thread until the bell rings or `until` has come.
    pub(crate) fn park(&self, until: Option<Instant>) {
        while !self.rung.swap(false, Ordering::SeqCst) {
            match until.map(|until| until.saturating_duration_since(Instant::now())) {
                Some(left) if left.is_zero() => return,
                Some(left) => thread::park_timeout(left),
                None => thread::park(),
            }
        }
        self.silence();
    }

    /// Something for poll(2) that is readable once the bell has rung, until [`silence`](Bell::silence).
    pub(crate) fn rope(&self) -> io::Result<&Rope> {
        if self.rope.get().is_none() {
            // Only this thread gets here, so the rope that is dropped if another was set is never ours.
            let _ = self.rope.set(Rope::new()?);
            // Reads by writing: a ring that does not come before this in the order of writes sees the rope.
            if self.rung.fetch_or(false, Ordering::SeqCst) {
                self.pull();
            }
        }
        self.rope.get().ok_or_else(|| io::Error::other("the rope was just made"))
    }

    /// Forgets that it rang. Whatever rings before this returns is lost, so poll the handler after it.
    pub(crate) fn silence(&self) {
        // First the rope: one that is pulled from here on is at worst felt for nothing.
        if let Some(rope) = self.rope.get() {
            rope.let_go();
        }
        // Swapped, not stored: what was done before a ring that is lost here must be seen by that poll.
        self.rung.swap(false, Ordering::SeqCst);
    }

    fn pull(&self) {
        if let Some(rope) = self.rope.get() {
            rope.pull();
        }
    }
}

impl Wake for Bell {
    fn wake(self: Arc<Bell>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Bell>) {
        // One ring is enough until it is heard.
        if !self.rung.swap(true, Ordering::SeqCst) {
            self.pull();
            self.thread.unpark();
        }
    }
}

#[cfg(test)]
#[cfg(polyserve_loom)]
mod models;
