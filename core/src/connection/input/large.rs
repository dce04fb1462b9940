//! Larger buffers for quick uploads: fewer system calls, each with more in it. The process has a few and no thread owns one,
//! so what they take is bounded, however many clients upload and on however many threads.

use bytes::{Bytes, BytesMut};
use std::sync::{Mutex, MutexGuard, TryLockError};

/// Four reads for 1 MiB behind its head, the first of them into a usual buffer. With 256 KiB it is five, which costs hardly
/// more; with 384 and 512 KiB an echo was dearer again.
pub(super) const LARGE: usize = 352 * 1024;
/// Under 3 MiB for the whole process. A loop needs one, unless somebody is slow to take what it has read.
pub(super) const MOST: usize = 8;

/// Each has a place, which is locked while it is read into. Made when first needed.
static PLACES: [Mutex<Option<Bytes>>; MOST] = [const { Mutex::new(None) }; MOST];

/// A large buffer that nobody holds a slice of, and its place.
pub(super) struct Large {
    pub(super) memory: BytesMut,
    place: MutexGuard<'static, Option<Bytes>>,
}

impl Large {
    /// `None` while others have them all.
    pub(super) fn take() -> Option<Large> {
        PLACES.iter().find_map(|place| {
            let mut place = match place.try_lock() {
                Ok(place) => place,
                // Its reader panicked and left the place empty.
                Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
                Err(TryLockError::WouldBlock) => return None,
            };
            let memory = match place.take() {
                None => BytesMut::zeroed(LARGE),
                Some(buffer) => match buffer.try_into_mut() {
                    Ok(memory) => memory,
                    Err(buffer) => {
                        *place = Some(buffer);
                        return None;
                    }
                },
            };
            Some(Large { memory, place })
        })
    }

    /// Puts it back, and lends its beginning: it is free again when all slices of that are dropped.
    pub(super) fn lend(mut self, length: usize) -> Bytes {
        let buffer = self.memory.freeze();
        let beginning = buffer.slice(..length);
        *self.place = Some(buffer);
        beginning
    }
}
