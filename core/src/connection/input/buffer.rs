//! What reads go to, and when it is free again.

use super::large::{LARGE, Large};
use bytes::{Bytes, BytesMut};
use std::cell::{Cell, RefCell};

/// Large enough for a pipelined batch or a good piece of a body in one read, small enough for the cache.
pub(super) const BUFFER: usize = 64 * 1024;
/// Room that a read is offered at the least behind an incomplete head; and the size of a thread's second buffer.
pub(super) const ROOM: usize = 8 * 1024;
/// The size of a thread's first buffer, and of its first piece for copies: one that serves a single client may never
/// need more, and there may be ten thousand of them.
pub(super) const FIRST: usize = 1024;
const FIRST_PIECE: usize = 512;
/// Up to here what was read is copied out of the thread's buffer. A handler that waits holds slices of its
/// request, and a short request must not hold a whole buffer for as long.
pub(super) const COPIED: usize = 16 * 1024;
/// Short reads, which most requests are, are copied one behind the other into pieces of memory of this size: a piece for
/// some tens of them is asked of the allocator, or is used again when all of them are gone.
const PIECE: usize = 4 * 1024;
/// A read that takes more of a piece has memory of its own.
const SHORT: usize = PIECE / 4;
/// Read buffers that a thread keeps while slices of them are about.
pub(super) const KEPT: usize = 4;

thread_local! {
    /// What the next read goes to. It is initialised over its whole length, so that no read needs zeroing or `unsafe`.
    static FREE: Cell<Option<BytesMut>> = const { Cell::new(None) };
    /// Read buffers that were lent out.
    pub(super) static LENT: RefCell<Vec<Bytes>> = const { RefCell::new(Vec::new()) };
    /// Where short reads are copied to.
    static COPIES: RefCell<BytesMut> = RefCell::default();
    /// How large this thread's buffers are: a read that has filled one makes the next one larger.
    static SIZE: Cell<usize> = const { Cell::new(FIRST) };
}

/// A buffer that nobody holds a slice of.
pub(super) enum Buffer {
    Thread(BytesMut),
    Process(Large),
}

impl Buffer {
    /// At least so many bytes; a large one for a quick upload, if there is one.
    pub(super) fn take(least: usize, quick: bool) -> Buffer {
        let large = if quick && least <= LARGE { Large::take() } else { None };
        large.map_or_else(|| Buffer::Thread(take(least)), Buffer::Process)
    }

    pub(super) fn memory(&mut self) -> &mut BytesMut {
        match self {
            Buffer::Thread(memory) => memory,
            Buffer::Process(large) => &mut large.memory,
        }
    }

    /// The thread's next buffer may be larger.
    pub(super) fn was_filled(&mut self) {
        SIZE.set(if self.memory().len() < ROOM { ROOM } else { BUFFER });
    }

    /// Lends the beginning. The buffer is free again when all slices of it are dropped.
    pub(super) fn lend(self, length: usize) -> Bytes {
        let memory = match self {
            Buffer::Thread(memory) => memory,
            Buffer::Process(large) => return large.lend(length),
        };
        let buffer = memory.freeze();
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

    /// Nobody needs what is in it.
    pub(super) fn give_back(self) {
        match self {
            Buffer::Thread(memory) => FREE.set(Some(memory)),
            Buffer::Process(large) => drop(large.lend(0)),
        }
    }
}

/// Gives back what this thread's read buffers have grown to.
pub(in crate::connection) fn release_buffers() {
    if SIZE.replace(FIRST) > FIRST {
        FREE.set(None);
        // Slices of them that are about keep what they need.
        LENT.with_borrow_mut(Vec::clear);
    }
}

fn take(least: usize) -> BytesMut {
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

/// Memory of their own, or shared with other short reads.
pub(super) fn copy(bytes: &[u8]) -> Bytes {
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
