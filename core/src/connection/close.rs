//! Why a connection ends.

use crate::RequestError;
use std::{fmt, io::ErrorKind};

/// Why a connection ends, split by blame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum CloseReason {
    /// The peer closed its side between two requests.
    PeerClosed,
    /// The peer closed its side in the middle of a request.
    PeerBrokeOff,
    /// The answer said, or HTTP/1.0 implied, that it was the last: the peer asked for it.
    PeerAsked,
    /// The peer sent something that is not a request.
    BadRequest(RequestError),
    /// [`Timeouts::head`](crate::Timeouts::head) passed before the request head was complete.
    HeadTimeout,
    /// [`Timeouts::idle`](crate::Timeouts::idle) passed without another request.
    IdleTimeout,
    /// [`Timeouts::body`](crate::Timeouts::body) passed without a byte of the request body.
    BodyTimeout,
    /// [`Timeouts::write`](crate::Timeouts::write) passed without the peer taking a byte.
    WriteTimeout,
    /// [`Timeouts::handler`](crate::Timeouts::handler) passed; the answer was 503.
    HandlerTimeout,
    /// The handler panicked; the answer was 500, or broken off.
    HandlerPanicked,
    /// The body of the answer failed, or was not as long as announced: the answer was broken off.
    AnswerFailed,
    /// The handler left more of the request body unread than [`Limits::drain`](crate::Limits::drain).
    UnreadBody,
    /// The connection has served [`Limits::requests`](crate::Limits::requests).
    RequestLimit,
    /// The server stops.
    Shutdown,
    /// The host needs this connection's place for another client.
    GivenUp,
    /// The socket failed.
    Io(ErrorKind),
}

impl fmt::Display for CloseReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CloseReason::PeerClosed => f.write_str("the peer closed the connection"),
            CloseReason::PeerBrokeOff => f.write_str("the peer closed in the middle of a request"),
            CloseReason::PeerAsked => f.write_str("the peer asked for the connection to end"),
            CloseReason::BadRequest(error) => write!(f, "bad request: {error}"),
            CloseReason::HeadTimeout => f.write_str("the request head took too long"),
            CloseReason::IdleTimeout => f.write_str("no further request came"),
            CloseReason::BodyTimeout => f.write_str("the request body stopped arriving"),
            CloseReason::WriteTimeout => f.write_str("the peer stopped taking the answer"),
            CloseReason::HandlerTimeout => f.write_str("the handler took too long"),
            CloseReason::HandlerPanicked => f.write_str("the handler panicked"),
            CloseReason::AnswerFailed => f.write_str("the answer was broken off"),
            CloseReason::UnreadBody => f.write_str("too much of the request body was left unread"),
            CloseReason::RequestLimit => f.write_str("the connection has served its requests"),
            CloseReason::Shutdown => f.write_str("the server stops"),
            CloseReason::GivenUp => f.write_str("another client needs the place"),
            CloseReason::Io(kind) => write!(f, "the socket failed: {kind}"),
        }
    }
}
