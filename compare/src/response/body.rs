//! What is kept of a body: enough to say whether two are the same, however long they are.

/// Most bytes of a body that are kept. Beyond them a difference is still found, only not shown.
const KEPT: usize = 4 * 1024 * 1024;

/// A body without its transfer coding: its beginning, its length, and a checksum of all of it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Content {
    beginning: Vec<u8>,
    length: u64,
    checksum: crc32fast::Hasher,
}

impl Content {
    /// Takes the bytes that follow.
    pub(crate) fn push(&mut self, bytes: &[u8]) {
        let kept = bytes.len().min(KEPT.saturating_sub(self.beginning.len()));
        self.beginning.extend_from_slice(&bytes[..kept]);
        self.length += bytes.len() as u64;
        self.checksum.update(bytes);
    }

    /// The first bytes: all, unless there are more than 4 MiB.
    pub(crate) fn beginning(&self) -> &[u8] {
        &self.beginning
    }

    /// Bytes in all.
    pub(crate) fn len(&self) -> u64 {
        self.length
    }

    /// CRC-32 of all bytes.
    pub(crate) fn checksum(&self) -> u32 {
        self.checksum.clone().finalize()
    }
}

impl From<&[u8]> for Content {
    fn from(bytes: &[u8]) -> Self {
        let mut content = Self::default();
        content.push(bytes);
        content
    }
}

impl PartialEq for Content {
    fn eq(&self, other: &Self) -> bool {
        self.length == other.length
            && self.beginning == other.beginning
            && self.checksum() == other.checksum()
    }
}

impl Eq for Content {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_a_body_was_cut_into_pieces_does_not_count() {
        let mut pieces = Content::default();
        for piece in ["he", "", "llo"] {
            pieces.push(piece.as_bytes());
        }
        assert_eq!(pieces, Content::from(&b"hello"[..]));
        assert_eq!((pieces.beginning(), pieces.len()), (&b"hello"[..], 5));
        assert_ne!(pieces, Content::from(&b"hellO"[..]));
    }

    #[test]
    fn of_a_long_body_the_beginning_is_kept_and_the_end_still_counts() {
        let mut long = Content::from(&vec![b'x'; KEPT - 1][..]);
        let before = long.clone();
        long.push(b"abc");
        assert_eq!((long.beginning().len(), long.len()), (KEPT, KEPT as u64 + 2));
        assert_eq!(long.beginning().last(), Some(&b'a'));
        let mut other = before.clone();
        other.push(b"abd");
        assert_ne!(long, other);
        let mut same = before;
        same.push(b"abc");
        assert_eq!(long, same);
    }
}
