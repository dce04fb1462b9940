//! What a peer can get wrong in a request head.

use http::StatusCode;
use std::fmt;

/// Why a request was refused before any handler saw it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum RequestError {
    /// The request line or a header field is not valid (RFC 9112 sections 3 and 5).
    Malformed(&'static str),
    /// The version is not HTTP/1.x (RFC 9110 section 2.5).
    Version,
    /// A request without `Host`, with several, or with an invalid one (RFC 9112 section 3.2).
    Host(&'static str),
    /// The body's length is ambiguous or invalid (RFC 9112 section 6).
    Framing(&'static str),
    /// A transfer coding other than `chunked` (RFC 9112 section 6.1).
    TransferCoding,
    /// An expectation other than `100-continue` (RFC 9110 section 10.1.1).
    Expectation,
    /// The method is `CONNECT`, which asks for a tunnel (RFC 9110 section 9.3.6).
    Connect,
    /// The request target is longer than [`Limits::target`](crate::Limits::target).
    TargetTooLong(usize),
    /// The head, or the trailer section, is longer than [`Limits::head`](crate::Limits::head).
    HeadTooLarge(usize),
    /// More header fields, or trailer fields, than [`Limits::headers`](crate::Limits::headers).
    TooManyHeaders(usize),
    /// The chunked coding of the body is not valid (RFC 9112 section 7.1).
    Chunk,
}

impl RequestError {
    /// The status that tells the peer.
    #[must_use]
    pub fn status(self) -> StatusCode {
        match self {
            RequestError::Malformed(_)
            | RequestError::Host(_)
            | RequestError::Framing(_)
            | RequestError::Chunk => StatusCode::BAD_REQUEST,
            RequestError::Version => StatusCode::HTTP_VERSION_NOT_SUPPORTED,
            RequestError::TransferCoding | RequestError::Connect => StatusCode::NOT_IMPLEMENTED,
            RequestError::Expectation => StatusCode::EXPECTATION_FAILED,
            RequestError::TargetTooLong(_) => StatusCode::URI_TOO_LONG,
            RequestError::HeadTooLarge(_) | RequestError::TooManyHeaders(_) => {
                StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE
            }
        }
    }
}

impl fmt::Display for RequestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RequestError::Malformed(what) => write!(f, "the request head is malformed: {what}"),
            RequestError::Version => f.write_str("only HTTP/1.0 and HTTP/1.1 are spoken here"),
            RequestError::Host(what) => write!(f, "the Host header is wrong: {what}"),
            RequestError::Framing(what) => write!(f, "the body's length is not clear: {what}"),
            RequestError::TransferCoding => f.write_str("the only transfer coding known here is chunked"),
            RequestError::Expectation => f.write_str("the only expectation known here is 100-continue"),
            RequestError::Connect => f.write_str("this server opens no tunnels"),
            RequestError::TargetTooLong(limit) => {
                write!(f, "the request target is longer than {limit} bytes")
            }
            RequestError::HeadTooLarge(limit) => {
                write!(f, "the header or trailer section is larger than {limit} bytes")
            }
            RequestError::TooManyHeaders(limit) => write!(f, "more than {limit} header or trailer fields"),
            RequestError::Chunk => f.write_str("the body's chunked coding is malformed"),
        }
    }
}

impl std::error::Error for RequestError {}
