//! What a bell is rung by for a thread in poll(2): a pipe.

use crate::wait::readable;
use std::{
    io::{self, PipeReader, PipeWriter, Read, Write},
    os::fd::{AsFd, BorrowedFd},
    time::Instant,
};

#[derive(Debug)]
pub(crate) struct Rope {
    reader: PipeReader,
    writer: PipeWriter,
}

impl Rope {
    pub(crate) fn new() -> io::Result<Rope> {
        let (reader, writer) = io::pipe()?;
        Ok(Rope { reader, writer })
    }

    /// Makes it readable.
    pub(crate) fn pull(&self) {
        // It fails only when nobody is left to feel it.
        let _ = (&self.writer).write(&[1]);
    }

    /// Makes it unreadable again. One byte is left if somebody rang while the bell was being silenced, and
    /// again thereafter; then the thread wakes once for nothing.
    pub(crate) fn let_go(&self) {
        if readable([Some(self.as_fd())], Some(Instant::now())).is_ok_and(|[pulled]| pulled) {
            let _ = (&self.reader).read(&mut [0; 1]);
        }
    }
}

impl AsFd for Rope {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.reader.as_fd()
    }
}
