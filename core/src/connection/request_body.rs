//! The part of a request's body that is still on the wire.

use super::input::LONG;
use crate::{
    Limits, RequestError,
    proto::{
        chunked::{Chunked, Piece},
        framing::BodyLength,
    },
};
use bytes::Bytes;

/// How the rest of the current request's body is framed.
#[derive(Debug, Default)]
pub(super) enum RequestBody {
    /// All of it was read; what follows in the input is the next request.
    #[default]
    Done,
    Exact(u64),
    Chunked(Chunked),
    /// Its coding is malformed or it was broken off: the next request cannot be found.
    Broken,
}

impl RequestBody {
    pub(super) fn new(length: BodyLength, limits: &Limits) -> RequestBody {
        match length {
            BodyLength::None => RequestBody::Done,
            BodyLength::Exact(length) => RequestBody::Exact(length),
            BodyLength::Chunked => RequestBody::Chunked(Chunked::new(limits)),
        }
    }

    /// Takes the next piece off the front of `input`.
    pub(super) fn next(&mut self, input: &mut Bytes) -> Result<Piece, RequestError> {
        match self {
            RequestBody::Done | RequestBody::Broken => Ok(Piece::End),
            RequestBody::Exact(_) if input.is_empty() => Ok(Piece::Incomplete),
            RequestBody::Exact(left) => {
                let here = usize::try_from(*left).map_or(input.len(), |left| left.min(input.len()));
                *left -= here as u64;
                if *left == 0 {
                    *self = RequestBody::Done;
                }
                Ok(Piece::Data(input.split_to(here)))
            }
            RequestBody::Chunked(chunked) => {
                let piece = chunked.next(input);
                match &piece {
                    Ok(Piece::End | Piece::Trailers(_)) => *self = RequestBody::Done,
                    Ok(Piece::Data(_) | Piece::Incomplete) => {}
                    Err(_) => *self = RequestBody::Broken,
                }
                piece
            }
        }
    }

    /// Bytes that are certainly still to come.
    pub(super) fn at_least(&self) -> u64 {
        match self {
            RequestBody::Exact(left) => *left,
            RequestBody::Done | RequestBody::Chunked(_) | RequestBody::Broken => 0,
        }
    }

    /// Whether so much of it is to come, or may be, that a larger buffer is worth it.
    pub(super) fn is_long(&self) -> bool {
        matches!(self, RequestBody::Chunked(_)) || self.at_least() > LONG
    }

    /// Whether no more of it is to be read.
    pub(super) fn is_over(&self) -> bool {
        matches!(self, RequestBody::Done | RequestBody::Broken)
    }
}
