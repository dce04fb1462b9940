//! loom's primitives, with the two things it cannot do: run out of time, and out of threads.

pub(crate) use loom::sync::{Mutex, MutexGuard, atomic::AtomicBool};
use std::{
    sync::{LockResult, atomic::Ordering::SeqCst},
    time::Duration,
};

/// A condition variable whose waits last until the model says that the time is up; from then on each is over
/// as soon as it begins.
pub(crate) struct Condvar {
    condvar: loom::sync::Condvar,
    time_is_up: AtomicBool,
}

pub(crate) struct TimedOut(bool);

impl TimedOut {
    pub(crate) fn timed_out(&self) -> bool {
        self.0
    }
}

impl Condvar {
    pub(crate) fn new() -> Condvar {
        Condvar { condvar: loom::sync::Condvar::new(), time_is_up: AtomicBool::new(false) }
    }

    pub(crate) fn notify_one(&self) {
        self.condvar.notify_one();
    }

    pub(crate) fn notify_all(&self) {
        self.condvar.notify_all();
    }

    pub(crate) fn wait_timeout<'a, T>(
        &self,
        mut guard: MutexGuard<'a, T>,
        _: Duration,
    ) -> LockResult<(MutexGuard<'a, T>, TimedOut)> {
        if !self.time_is_up.load(SeqCst) {
            guard = self.condvar.wait(guard).unwrap();
        }
        Ok((guard, TimedOut(self.time_is_up.load(SeqCst))))
    }

    /// Every wait with `mutex` times out.
    pub(crate) fn time_is_up<T>(&self, mutex: &Mutex<T>) {
        self.time_is_up.store(true, SeqCst);
        // Whoever looked at the time before is waiting when the lock is to be had.
        drop(mutex.lock().unwrap());
        self.condvar.notify_all();
    }
}

/// Threads that the system may refuse.
pub(crate) mod thread {
    use super::{AtomicBool, SeqCst};
    use std::io;

    loom::lazy_static! {
        static ref REFUSED: AtomicBool = AtomicBool::new(false);
    }

    /// From now on no thread can be started.
    pub(crate) fn refuse() {
        REFUSED.store(true, SeqCst);
    }

    pub(crate) struct Builder;

    impl Builder {
        pub(crate) fn new() -> Builder {
            Builder
        }

        pub(crate) fn name(self, _: String) -> Builder {
            self
        }

        pub(crate) fn stack_size(self, _: usize) -> Builder {
            self
        }

        pub(crate) fn spawn(self, work: impl FnOnce() + Send + 'static) -> io::Result<()> {
            if REFUSED.load(SeqCst) {
                return Err(io::ErrorKind::WouldBlock.into());
            }
            loom::thread::spawn(work);
            Ok(())
        }
    }
}
