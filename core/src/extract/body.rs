//! Arguments made of the request body.

use super::{Extract, FromRequest, Rejection, form::not_utf_8};
use crate::{Body, BodyError, Request};
use bytes::Bytes;
use http::{HeaderMap, header};
use http_body::Body as _;
use std::convert::Infallible;

/// Whether the request's content type, without its parameters, is one that `is` accepts.
pub(super) fn is_type(headers: &HeaderMap, is: impl Fn(&str, &str) -> bool) -> bool {
    let Some(value) = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()) else {
        return false;
    };
    let essence = value.split(';').next().unwrap_or("").trim();
    essence.split_once('/').is_some_and(|(kind, subtype)| is(kind, subtype))
}

/// Whether the request neither has a body nor says of what type it would be. Told by its head: an empty chunked
/// body is one, whether or not its last chunk has arrived.
pub(super) fn has_no_body(request: &Request) -> bool {
    let headers = request.headers();
    !headers.contains_key(header::CONTENT_TYPE)
        && !headers.contains_key(header::TRANSFER_ENCODING)
        && request.body().is_end_stream()
}

/// The body in one piece, at once where it is already in memory.
pub(super) fn whole_body(request: &mut Request) -> Extract<Bytes, Rejection> {
    match request.body_mut().take_buffered() {
        Some(whole) => Extract::Ready(whole.map_err(Rejection::from)),
        None => {
            let body = std::mem::take(request.body_mut());
            Extract::Pending(Box::pin(async { body.bytes().await.map_err(Rejection::from) }))
        }
    }
}

impl From<BodyError> for Rejection {
    fn from(error: BodyError) -> Rejection {
        Rejection::new(error.status(), error.to_string())
    }
}

/// The whole body. Answers 413 when it is larger than [`Limits::body`](crate::Limits::body).
impl FromRequest for Bytes {
    type Rejection = Rejection;
    const TAKES_BODY: bool = true;
    const READS_HEADERS: bool = false;

    fn is_absent(request: &Request) -> bool {
        has_no_body(request)
    }

    fn from_request(request: &mut Request) -> Extract<Bytes, Rejection> {
        whole_body(request)
    }
}

/// The whole body as text. Answers 400 with the position when it is not UTF-8, 413 when it is larger than
/// [`Limits::body`](crate::Limits::body).
impl FromRequest for String {
    type Rejection = Rejection;
    const TAKES_BODY: bool = true;
    const READS_HEADERS: bool = false;

    fn is_absent(request: &Request) -> bool {
        has_no_body(request)
    }

    fn from_request(request: &mut Request) -> Extract<String, Rejection> {
        whole_body(request).and_then(|body| {
            String::from_utf8(body.into())
                .map_err(|error| not_utf_8("body", error.utf8_error().valid_up_to()))
        })
    }
}

/// The body as it arrives, frame by frame.
impl FromRequest for Body {
    type Rejection = Infallible;
    const TAKES_BODY: bool = true;
    const READS_HEADERS: bool = false;

    fn is_absent(request: &Request) -> bool {
        has_no_body(request)
    }

    fn from_request(request: &mut Request) -> Extract<Body, Infallible> {
        Extract::Ready(Ok(std::mem::take(request.body_mut())))
    }
}

/// The whole request. It takes the body and a copy of the head, so that other arguments can stand beside it.
impl FromRequest for Request {
    type Rejection = Infallible;
    const TAKES_BODY: bool = true;

    fn from_request(request: &mut Request) -> Extract<Request, Infallible> {
        let body = std::mem::take(request.body_mut());
        let mut whole = Request::new(body);
        *whole.method_mut() = request.method().clone();
        *whole.uri_mut() = request.uri().clone();
        *whole.version_mut() = request.version();
        *whole.headers_mut() = request.headers().clone();
        *whole.extensions_mut() = request.extensions().clone();
        Extract::Ready(Ok(whole))
    }
}
