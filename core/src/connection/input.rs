//! Bytes from the peer. The read buffer is shared by all connections that a thread drives, so an idle
//! connection owns none; what a request keeps of it (header values, body chunks) are slices.

use super::Readiness;
use bytes::{Buf, Bytes, BytesMut};
use std::{
    cell::{Cell, RefCell},
    io::{self, ErrorKind, Read},
};

/// Large enough for a pipelined batch or a good piece of a body in one read, small enough for the cache.
const BUFFER: usize = 64 * 1024;
/// Room that a read is offered at the least behind an incomplete head; and the size of a thread's second buffer.
const ROOM: usize = 8 * 1024;
/// The size of a thread's first buffer, and of its first piece for copies: one that serves a single client may never
/// need more, and there may be ten thousand of them.
const FIRST: usize = 1024;
const FIRST_PIECE: usize = 512;
/// Up to here what was read is copied out of the thread's buffer. A handler that waits holds slices of its
/// request, and a short request must not hold a whole buffer for as long.
const COPIED: usize = 16 * 1024;
/// Short reads, which most requests are, are copied one behind the other into pieces of memory of this size: a piece for
/// some tens of them is asked of the allocator, or is used again when all of them are gone.
const PIECE: usize = 4 * 1024;
/// A read that takes more of a piece has memory of its own.
const SHORT: usize = PIECE / 4;
/// Read buffers that a thread keeps while slices of them are about.
const KEPT: usize = 4;

thread_local! {
    /// What the next read goes to. It is initialised over its whole length, so that no read needs zeroing or `unsafe`.
    static FREE: Cell<Option<BytesMut>> = const { Cell::new(None) };
    /// Read buffers that were lent out.
    static LENT: RefCell<Vec<Bytes>> = const { RefCell::new(Vec::new()) };
    /// Where short reads are copied to.
    static COPIES: RefCell<BytesMut> = RefCell::default();
    /// How large this thread's buffers are: a read that has filled one makes the next one larger.
    static SIZE: Cell<usize> = const { Cell::new(FIRST) };
}

/// A buffer that nobody holds a slice of.
fn take_buffer(least: usize) -> BytesMut {
    let least = least.max(SIZE.get());
    if let Some(buffer) = FREE.take().filter(|buffer| buffer.len() >= least) {
        return buffer;
    }
    let free = LENT.with_borrow_mut(|lent| {
        let at = lent.iter().position(|buffer| buffer.len() >= least && buffer.is_unique())?;
        Some(lent.swap_remove(at))
    });
    free.and_then(|buffer| buffer.try_into_mut().ok()).unwrap_or_else(|| BytesMut::zeroed(least))
}

/// Lends the beginning of a buffer. It is free again when all slices of it are dropped.
fn lend(buffer: BytesMut, length: usize) -> Bytes {
    let buffer = buffer.freeze();
    let beginning = buffer.slice(..length);
    LENT.with_borrow_mut(|lent| {
        if lent.len() == KEPT {
            // The oldest is held the longest.
            lent.remove(0);
        }
        lent.push(buffer);
    });
    beginning
}

fn copy(bytes: &[u8]) -> Bytes {
    if bytes.len() > SHORT {
        return Bytes::copy_from_slice(bytes);
    }
    COPIES.with_borrow_mut(|copies| {
        if !copies.try_reclaim(bytes.len()) {
            let is_first = copies.capacity() == 0 && bytes.len() <= FIRST_PIECE;
            *copies = BytesMut::with_capacity(if is_first { FIRST_PIECE } else { PIECE });
        }
        copies.extend_from_slice(bytes);
        copies.split().freeze()
    })
}

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
    /// The peer has closed its side.
    pub(super) ended: bool,
    pub(super) failed: Option<ErrorKind>,
}

impl Input {
    /// Reads once from `source`, behind what is left of the last read.
    pub(super) fn read_from(&mut self, source: &mut impl Read) -> Readiness {
        let left = self.bytes.len();
        let mut buffer = take_buffer(if left == 0 { 0 } else { left + ROOM });
        buffer[..left].copy_from_slice(&self.bytes);
        let outcome = loop {
            match source.read(&mut buffer[left..]) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                outcome => break outcome,
            }
        };
        let (got, readiness) = match outcome {
            Ok(0) => {
                self.ended = true;
                (0, Readiness::Exhausted)
            }
            Ok(got) if got == buffer.len() - left => {
                SIZE.set(if buffer.len() < ROOM { ROOM } else { BUFFER });
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
            self.bytes = lend(buffer, filled);
        } else {
            if got > 0 {
                self.bytes = copy(&buffer[..filled]);
            }
            FREE.set(Some(buffer));
        }
        self.shared |= got > 0;
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
