//! Clients that take their time.

use std::num::NonZeroUsize;
use std::time::Duration;

/// How slow clients send: a request in pieces of about equal length, with pauses between them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pacing {
    /// One client in that many is slow, the first one among them; the others send at once.
    pub one_in: NonZeroUsize,
    /// Pieces of a request; not more than it has bytes.
    pub pieces: u32,
    /// The pause between two pieces.
    pub pause: Duration,
}

impl Pacing {
    /// How long a slow client sends.
    #[must_use]
    pub const fn length(&self) -> Duration {
        match self.pause.checked_mul(self.pieces.saturating_sub(1)) {
            Some(length) => length,
            None => Duration::MAX,
        }
    }

    pub(crate) fn is_slow(&self, client: usize) -> bool {
        client.is_multiple_of(self.one_in.get())
    }

    /// Where the piece ends that begins after this many bytes of a request.
    pub(crate) fn piece_end(&self, written: usize, request: usize) -> usize {
        let pieces = usize::try_from(self.pieces).unwrap_or(usize::MAX).clamp(1, request.max(1));
        let piece = request.div_ceil(pieces).max(1);
        ((written / piece + 1) * piece).min(request)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_make_up_the_request_whatever_its_length() {
        for request in [1, 4, 5, 99, 100, 101] {
            let pacing = Pacing { one_in: NonZeroUsize::MIN, pieces: 5, pause: Duration::from_millis(25) };
            let mut ends = vec![0];
            while ends.last() < Some(&request) {
                ends.push(pacing.piece_end(ends[ends.len() - 1], request));
            }
            assert!(ends.len() <= 6 && ends.last() == Some(&request), "{ends:?}");
            assert_eq!(pacing.length(), Duration::from_millis(100));
        }
    }
}
