//! Why a body could not be read to its end, split by blame.

use http::StatusCode;
use std::{error::Error, fmt};

/// A body that did not arrive whole.
#[derive(Debug)]
pub struct BodyError(Kind);

#[derive(Debug)]
enum Kind {
    /// The peer: it sent more than the limit.
    TooLarge(u64),
    /// The peer: it closed its side in the middle of the body.
    Truncated,
    /// The peer: its chunked coding is not valid (RFC 9112 section 7.1).
    Malformed,
    /// The peer: it stopped sending for longer than the body timeout.
    TimedOut,
    /// This side: the connection is over, so nobody will send the rest.
    Abandoned,
    /// The application: the stream behind the body failed.
    Source(Box<dyn Error + Send + Sync>),
}

impl BodyError {
    pub(crate) fn too_large(limit: u64) -> BodyError {
        BodyError(Kind::TooLarge(limit))
    }

    pub(crate) fn abandoned() -> BodyError {
        BodyError(Kind::Abandoned)
    }

    /// The peer closed its side in the middle of a request body; for hosts with an HTTP of their own.
    #[must_use]
    pub fn truncated() -> BodyError {
        BodyError(Kind::Truncated)
    }

    /// The peer's chunked coding is not valid (RFC 9112 section 7.1); for hosts with an HTTP of their own.
    #[must_use]
    pub fn malformed() -> BodyError {
        BodyError(Kind::Malformed)
    }

    /// The peer did not send its body in time; for hosts with an HTTP of their own.
    #[must_use]
    pub fn timed_out() -> BodyError {
        BodyError(Kind::TimedOut)
    }

    /// A failure of the stream that produces a body. A `BodyError` that comes back boxed, from whatever was
    /// around a body, stays what it was.
    pub fn source(error: impl Into<Box<dyn Error + Send + Sync>>) -> BodyError {
        match error.into().downcast::<BodyError>() {
            Ok(ours) => *ours,
            Err(error) => BodyError(Kind::Source(error)),
        }
    }

    /// The status that tells the client: 413 too large, 408 too slow, 400 malformed or broken off,
    /// 500 when the application's own stream failed.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        match &self.0 {
            Kind::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Kind::TimedOut => StatusCode::REQUEST_TIMEOUT,
            Kind::Truncated | Kind::Malformed | Kind::Abandoned => StatusCode::BAD_REQUEST,
            Kind::Source(error) => of_the_source(&**error),
        }
    }
}

/// What is around a request's body wraps its errors, and may have a limit of its own.
fn of_the_source(error: &(dyn Error + 'static)) -> StatusCode {
    if let Some(ours) = error.downcast_ref::<BodyError>() {
        ours.status()
    } else if error.is::<http_body_util::LengthLimitError>() {
        StatusCode::PAYLOAD_TOO_LARGE
    } else {
        error.source().map_or(StatusCode::INTERNAL_SERVER_ERROR, of_the_source)
    }
}

impl fmt::Display for BodyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::TooLarge(limit) => write!(f, "the body is larger than the limit of {limit} bytes"),
            Kind::Truncated => f.write_str("the connection ended before the body did"),
            Kind::Malformed => f.write_str("the body's chunked coding is malformed"),
            Kind::TimedOut => f.write_str("the body stopped arriving"),
            Kind::Abandoned => f.write_str("the connection was given up before the body was read"),
            Kind::Source(error) => write!(f, "the body's source failed: {error}"),
        }
    }
}

impl Error for BodyError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match &self.0 {
            Kind::Source(error) => Some(&**error),
            _ => None,
        }
    }
}
