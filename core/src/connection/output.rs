//! Bytes for the peer. Heads, small bodies and chunk sizes are gathered in one buffer, which the thread
//! lends; a large body stands beside it uncopied, and both leave in one vectored write.

use super::{Readiness, input::is_would_block};
use bytes::{Buf, Bytes};
use std::{
    cell::Cell,
    collections::VecDeque,
    io::{ErrorKind, IoSlice, Write},
};

/// Answers are gathered up to here before they are written; a stream that is ahead of its reader by as
/// much is not polled.
const FULL: usize = 64 * 1024;
/// The same for a reader that has taken all of the last write at once, where nothing is copied: a system call for several
/// pieces, and no more memory for a slow reader.
const FULL_IF_QUICK: usize = 256 * 1024;
/// A body up to here is copied behind its head: cheaper than a second slice of a vectored write.
const COPIED: usize = 4 * 1024;
/// Slices of one vectored write.
const SLICES: usize = 16;
/// How large a write buffer may have grown to be kept. A thread keeps one: only what a slow reader leaves is not written
/// before the next connection has its turn.
const KEPT_CAPACITY: usize = 128 * 1024;
/// What answers to a few small requests take.
const SMALL: usize = 4 * 1024;

thread_local! {
    /// Empty, and without memory while it is lent.
    static BUFFER: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

/// Gives back this thread's write buffer, if it has grown.
pub(super) fn release_buffer() {
    let buffer = BUFFER.take();
    if buffer.capacity() <= SMALL {
        BUFFER.set(buffer);
    }
}

/// The bytes that wait to be written.
#[derive(Debug, Default)]
pub(super) struct Output {
    /// What comes before `text`; empty unless a large body was sent.
    parts: VecDeque<Bytes>,
    text: Vec<u8>,
    /// Bytes of `text` that are written already, while `parts` is empty.
    written: usize,
    parts_len: usize,
    /// The last write was taken whole.
    quick: bool,
    pub(super) failed: Option<ErrorKind>,
    /// Bytes left since this was last reset: the peer is taking them.
    pub(super) progressed: bool,
}

impl Output {
    #[inline]
    pub(super) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    #[inline]
    pub(super) fn len(&self) -> usize {
        self.parts_len + self.text.len() - self.written
    }

    /// Whether there is enough to be written.
    #[inline]
    pub(super) fn is_full(&self) -> bool {
        self.len() >= if self.quick && !self.parts.is_empty() { FULL_IF_QUICK } else { FULL }
    }

    /// Where heads and other short text is appended.
    #[inline]
    pub(super) fn text(&mut self) -> &mut Vec<u8> {
        if self.text.capacity() == 0 {
            self.text = BUFFER.take();
        }
        &mut self.text
    }

    /// Appends a piece of a body, without a copy when it is large.
    pub(super) fn body(&mut self, body: Bytes) {
        if body.len() <= COPIED {
            self.text().extend_from_slice(&body);
            return;
        }
        if self.len() > self.parts_len {
            let mut text = Bytes::from(std::mem::take(&mut self.text));
            text.advance(self.written);
            self.written = 0;
            self.parts_len += text.len();
            self.parts.push_back(text);
        }
        self.parts_len += body.len();
        self.parts.push_back(body);
    }

    /// Writes until all is written or `sink` takes no more.
    pub(super) fn write_to(&mut self, sink: &mut impl Write) -> Readiness {
        while !self.is_empty() {
            let offered = self.len();
            let outcome = if self.parts.is_empty() {
                sink.write(&self.text[self.written..])
            } else {
                let mut slices = [IoSlice::new(&[]); SLICES];
                let text = IoSlice::new(&self.text[self.written..]);
                let all = self.parts.iter().map(|part| IoSlice::new(part)).chain([text]);
                let count = slices.iter_mut().zip(all).map(|(slot, slice)| *slot = slice).count();
                sink.write_vectored(&slices[..count])
            };
            match outcome {
                Ok(0) => {
                    self.failed = Some(ErrorKind::WriteZero);
                    return Readiness::Blocked;
                }
                Ok(count) => {
                    self.progressed = true;
                    self.advance(count.min(offered));
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => {
                    if !is_would_block(&error) {
                        self.failed = Some(error.kind());
                    }
                    self.quick = false;
                    return Readiness::Blocked;
                }
            }
        }
        self.quick = true;
        self.give_back();
        Readiness::More
    }

    fn advance(&mut self, mut count: usize) {
        while let Some(part) = self.parts.front_mut() {
            let here = count.min(part.len());
            part.advance(here);
            self.parts_len -= here;
            count -= here;
            if !part.is_empty() {
                return;
            }
            self.parts.pop_front();
        }
        self.written += count;
    }

    /// What was to be sent is not sent any more.
    pub(super) fn clear(&mut self) {
        self.parts = VecDeque::new();
        self.parts_len = 0;
        self.give_back();
    }

    fn give_back(&mut self) {
        let mut text = std::mem::take(&mut self.text);
        self.written = 0;
        text.clear();
        if text.capacity() == 0 || text.capacity() > KEPT_CAPACITY {
            return;
        }
        BUFFER.set(text);
    }
}
