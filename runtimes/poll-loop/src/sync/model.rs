//! loom's primitives, and a poll with its waker made of them.

use loom::sync::Condvar;
pub(crate) use loom::sync::{Mutex, atomic::AtomicBool};
use mio::{Registry, Token};
use std::{io, sync::Arc};

/// What `mio::Waker` promises: one poll ends for it, the one that waits or else the next.
#[derive(Clone, Default)]
pub(crate) struct LoopWaker(Arc<(Mutex<bool>, Condvar)>);

impl LoopWaker {
    pub(crate) fn new(_: &Registry, _: Token) -> io::Result<LoopWaker> {
        Ok(LoopWaker::default())
    }

    pub(crate) fn wake(&self) -> io::Result<()> {
        *self.0.0.lock().unwrap() = true;
        self.0.1.notify_one();
        Ok(())
    }

    /// Waits until it is woken, or only looks.
    pub(crate) fn poll(&self, wait: bool) {
        let mut woken = self.0.0.lock().unwrap();
        while wait && !*woken {
            woken = self.0.1.wait(woken).unwrap();
        }
        *woken = false;
    }
}
