//! Bytes from the peer. The read buffer is shared by all connections that a thread drives, so an idle
//! connection owns none; what a request keeps of it (header values, body chunks) are slices.

mod buffer;
mod large;

pub(super) use buffer::release_buffers;

use super::Readiness;
use buffer::{BUFFER, Buffer, COPIED, ROOM, copy};
use bytes::{Buf, Bytes};
use std::io::{self, ErrorKind, Read};

/// A body of which more than this is to come may be read into a larger buffer.
pub(super) const LONG: u64 = BUFFER as u64;

/// The bytes that were read and not yet used, and how the last read ended.
#[derive(Debug, Default)]
pub(super) struct Input {
    pub(super) bytes: Bytes,
    /// So many of `bytes` are the beginning of a head that was found incomplete.
    pub(super) seen: usize,
    /// `bytes` is a slice of memory that it shares with other connections.
    shared: bool,
    /// So many bytes came since this was last reset.
    pub(super) progressed: usize,
    /// The last read has found as much as a buffer takes: whoever is so quick may get a larger one.
    quick: bool,
    /// The peer has closed its side.
    pub(super) ended: bool,
    pub(super) failed: Option<ErrorKind>,
}

impl Input {
    /// Reads once from `source`, behind what is left of the last read. `long`: what comes is the rest of a long body.
    pub(super) fn read_from(&mut self, source: &mut impl Read, long: bool) -> Readiness {
        let left = self.bytes.len();
        let least = if left == 0 { 0 } else { left + ROOM };
        let mut buffer = Buffer::take(least, long && self.quick);
        let memory = buffer.memory();
        memory[..left].copy_from_slice(&self.bytes);
        let outcome = loop {
            match source.read(&mut memory[left..]) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                outcome => break outcome,
            }
        };
        let size = memory.len();
        let (got, readiness) = match outcome {
            Ok(0) => {
                self.ended = true;
                (0, Readiness::Exhausted)
            }
            Ok(got) if got == size - left => {
                buffer.was_filled();
                (got, Readiness::More)
            }
            Ok(got) => (got, Readiness::Exhausted),
            Err(error) => {
                if !is_would_block(&error) {
                    self.failed = Some(error.kind());
                }
                (0, Readiness::Blocked)
            }
        };
        let filled = left + got;
        if got > 0 && filled > COPIED {
            self.bytes = buffer.lend(filled);
        } else {
            if got > 0 {
                self.bytes = copy(&buffer.memory()[..filled]);
            }
            buffer.give_back();
        }
        if got > 0 {
            self.quick = filled >= BUFFER;
            self.shared = true;
        }
        self.progressed += got;
        readiness
    }

    pub(super) fn skip(&mut self, length: usize) {
        self.bytes.advance(length);
        self.seen = 0;
    }

    pub(super) fn clear(&mut self) {
        self.bytes = Bytes::new();
        self.seen = 0;
    }

    /// Copies what is left out of shared memory before the connection waits.
    pub(super) fn let_go(&mut self) {
        if self.bytes.is_empty() {
            self.bytes = Bytes::new();
        } else if std::mem::take(&mut self.shared) {
            self.bytes = Bytes::copy_from_slice(&self.bytes);
        }
    }
}

/// A blocking socket whose timeout ran out says `WouldBlock` on Unix and `TimedOut` on Windows.
pub(super) fn is_would_block(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut)
}

#[cfg(test)]
mod tests;
