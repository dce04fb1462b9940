//! Arguments made of the request body.

use super::{Extract, FromRequest, Rejection};
use crate::{Body, BodyError, Request};
use bytes::Bytes;
use http::{HeaderMap, StatusCode, header};
use serde::Deserialize;
use std::convert::Infallible;

/// JSON: as an argument the request body parsed, as an answer `application/json`.
///
/// As an argument it answers 415 when the request's content type is not JSON, 400 with the line and column
/// when the body is not JSON, 422 when it is JSON of another shape, 413 when it is too large.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Json<T>(pub T);

// Not `DeserializeOwned`, which is the same: for a type without `Deserialize` the compiler would report both.
impl<T: for<'de> Deserialize<'de> + Send + 'static> FromRequest for Json<T> {
    type Rejection = Rejection;
    const TAKES_BODY: bool = true;

    fn from_request(request: &mut Request) -> Extract<Json<T>, Rejection> {
        if !is_json(request.headers()) {
            return Extract::Ready(Err(Rejection::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "the request needs a JSON body, sent as `Content-Type: application/json`",
            )));
        }
        whole_body(request).and_then(|body| serde_json::from_slice(&body).map(Json).map_err(not_the_json))
    }
}

/// `application/json` or any `application/*+json` (RFC 6839), with or without parameters.
fn is_json(headers: &HeaderMap) -> bool {
    let Some(value) = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()) else {
        return false;
    };
    let essence = value.split(';').next().unwrap_or("").trim();
    let Some((kind, subtype)) = essence.split_once('/') else { return false };
    let ends_with_json = subtype.len() > 5
        && subtype.is_char_boundary(subtype.len() - 5)
        && subtype[subtype.len() - 5..].eq_ignore_ascii_case("+json");
    kind.eq_ignore_ascii_case("application") && (subtype.eq_ignore_ascii_case("json") || ends_with_json)
}

fn not_the_json(error: serde_json::Error) -> Rejection {
    if error.is_data() {
        Rejection::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            format!("the JSON body has another shape than expected: {error}"),
        )
    } else {
        Rejection::new(StatusCode::BAD_REQUEST, format!("the body is not valid JSON: {error}"))
    }
}

/// The body in one piece, at once where it is already in memory.
fn whole_body(request: &mut Request) -> Extract<Bytes, Rejection> {
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

    fn from_request(request: &mut Request) -> Extract<Bytes, Rejection> {
        whole_body(request)
    }
}

/// The whole body as text. Answers 400 with the position when it is not UTF-8, 413 when it is larger than
/// [`Limits::body`](crate::Limits::body).
impl FromRequest for String {
    type Rejection = Rejection;
    const TAKES_BODY: bool = true;

    fn from_request(request: &mut Request) -> Extract<String, Rejection> {
        whole_body(request).and_then(|body| {
            String::from_utf8(body.into()).map_err(|error| {
                let at = error.utf8_error().valid_up_to();
                Rejection::new(
                    StatusCode::BAD_REQUEST,
                    format!("the body is not UTF-8: byte {at} is invalid"),
                )
            })
        })
    }
}

/// The body as it arrives, frame by frame.
impl FromRequest for Body {
    type Rejection = Infallible;
    const TAKES_BODY: bool = true;

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
