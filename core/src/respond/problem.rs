//! RFC 9457: problem details for HTTP APIs.

use super::content_type::with_type;
use crate::{InternalError, IntoResponse, Rejection, Response, extract::Position};
use http::HeaderValue;
use serde::Serialize;

const PROBLEM: HeaderValue = HeaderValue::from_static("application/problem+json");

/// A rejection as problem details (RFC 9457): `application/problem+json` with `type` (`about:blank`), `title` (the
/// status's name), `status`, and where they are known `detail`, `field` and `position`, which is
/// `{"line": 1, "column": 14}` or `{"byte": 3}`.
///
/// ```
/// use polyserve_core::{HandlerExt, Reply, handler_fn, problem_details, routes};
///
/// # let hello = handler_fn(|_| Reply::from("hello"));
/// let app = routes![hello].with_rejections(problem_details);
/// # drop(app);
/// ```
#[must_use]
pub fn problem_details(rejection: &Rejection) -> Response {
    let status = rejection.status();
    let problem = Problem {
        kind: "about:blank",
        title: status.canonical_reason(),
        status: status.as_u16(),
        detail: Some(rejection.message()).filter(|message| !message.is_empty()),
        field: rejection.field(),
        position: rejection.position().map(Place::from),
    };
    match serde_json::to_vec(&problem) {
        Ok(json) => {
            let mut response = with_type(PROBLEM, json);
            *response.status_mut() = status;
            response
        }
        Err(error) => InternalError::from(error).into_response(),
    }
}

#[derive(Serialize)]
struct Problem<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<&'static str>,
    status: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    position: Option<Place>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Place {
    Line { line: usize, column: usize },
    Byte { byte: usize },
}

impl From<Position> for Place {
    fn from(position: Position) -> Place {
        match position {
            Position::Line { line, column } => Place::Line { line, column },
            Position::Byte(byte) => Place::Byte { byte },
        }
    }
}
