//! JSON bodies.

use super::{
    Extract, FromRequest, Rejection,
    body::{has_no_body, is_type, whole_body},
    misfit::{self, Misfit},
};
use crate::Request;
use http::StatusCode;
use serde::de::DeserializeOwned;

/// JSON: as an argument the request body parsed, as an answer `application/json`.
///
/// As an argument it answers 415 when the request's content type is not JSON, 400 with the line and column
/// when the body is not JSON, 422 with these and the path to the field when it is JSON of another shape, 413 when
/// it is too large. Content types are `application/json` and every `application/*+json` (RFC 6839 section 3.1).
///
/// An `Option<Json<T>>` is `None` for a request without a body and content type.
///
/// ```
/// use polyserve_core::Json;
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Deserialize, Serialize)]
/// struct Point { x: i32, y: i32 }
///
/// fn mirror(Json(Point { x, y }): Json<Point>) -> Json<Point> {
///     Json(Point { x: y, y: x })
/// }
/// # let _ = mirror;
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Json<T>(pub T);

impl<T: DeserializeOwned + Send + 'static> FromRequest for Json<T> {
    type Rejection = Rejection;
    const TAKES_BODY: bool = true;

    fn is_absent(request: &Request) -> bool {
        has_no_body(request)
    }

    fn from_request(request: &mut Request) -> Extract<Json<T>, Rejection> {
        if !is_type(request.headers(), is_json) {
            return Extract::Ready(Err(Rejection::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "the request needs a JSON body, sent as `Content-Type: application/json`",
            )
            .with_field("content-type")));
        }
        whole_body(request).and_then(|body| parse(&body).map(Json))
    }
}

fn is_json(kind: &str, subtype: &str) -> bool {
    let ends_with_json =
        subtype.len() > 5 && subtype.as_bytes()[subtype.len() - 5..].eq_ignore_ascii_case(b"+json");
    kind.eq_ignore_ascii_case("application") && (subtype.eq_ignore_ascii_case("json") || ends_with_json)
}

/// Twice in the worst case: the path to each value is tracked only where something was found to be wrong.
fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, Rejection> {
    serde_json::from_slice(body).map_err(|error| {
        let mut deserializer = serde_json::Deserializer::from_slice(body);
        let rejection = match misfit::read::<T, _>(&mut deserializer) {
            Err(misfit) if error.is_data() => of_another_shape(misfit),
            _ => Rejection::new(StatusCode::BAD_REQUEST, format!("the body is not valid JSON: {error}")),
        };
        match misfit::position(&error) {
            Some(position) => rejection.with_position(position),
            None => rejection,
        }
    })
}

fn of_another_shape(misfit: Misfit<serde_json::Error>) -> Rejection {
    misfit.rejection(StatusCode::UNPROCESSABLE_ENTITY, "the JSON body", "the JSON body's")
}
