//! The graceful stop, for threads that wait in poll(2).

use crate::wait::readable;
use polyserve_host::Shutdown;
use std::{
    io::{self, PipeReader},
    net::TcpListener,
    os::fd::{AsFd, BorrowedFd},
};

/// The shutdown, as something that poll(2) can wait for.
#[derive(Debug)]
pub struct Stop {
    shutdown: Shutdown,
    /// A pipe that nobody writes to. When its other end is dropped, every poll on it wakes, in all threads.
    signal: PipeReader,
}

impl Stop {
    /// A stop that begins with `shutdown`.
    ///
    /// # Errors
    /// When the process has no descriptor left.
    pub fn new(shutdown: &Shutdown) -> io::Result<Stop> {
        let (signal, other_end) = io::pipe()?;
        shutdown.on_begin(move || drop(other_end));
        Ok(Stop { shutdown: shutdown.clone(), signal })
    }

    pub(crate) fn is_begun(&self) -> bool {
        self.shutdown.is_begun()
    }

    /// Waits until a client knocks at `listener`; false when the stop begins first.
    ///
    /// # Errors
    /// When poll(2) fails, which is for want of memory.
    pub fn wait_for(&self, listener: &TcpListener) -> io::Result<bool> {
        let [_, stopping] = readable([Some(listener.as_fd()), Some(self.as_fd())], None)?;
        Ok(!stopping)
    }
}

impl AsFd for Stop {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.signal.as_fd()
    }
}
