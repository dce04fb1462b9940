//! `application/x-www-form-urlencoded`: what a browser sends for a `<form>`.

use super::{
    Extract, FromRequest, Position, Rejection,
    body::{has_no_body, is_type, whole_body},
    misfit::read_fields,
};
use crate::Request;
use http::{Method, StatusCode};
use serde::de::DeserializeOwned;

/// The fields of a form, as a value of the user's type. A field that is repeated is a sequence. As an answer it
/// is the same text, `application/x-www-form-urlencoded`.
///
/// It reads the body, or for `GET` and `HEAD`, where a browser puts them there, the query string.
///
/// Answers 415 when the request's content type is not that of a form, 422 with the field's name when the form
/// has another shape (400 in a query string, as for [`Query`](crate::Query)), 400 when the body is not UTF-8,
/// 413 when it is too large. Bytes behind a percent sign that are no UTF-8 are replaced by U+FFFD, as the URL
/// standard has it.
///
/// An `Option<Form<T>>` is `None` for a request without a body and content type, or without a query string.
///
/// ```
/// use polyserve_core::Form;
/// use serde::Deserialize;
///
/// #[derive(Deserialize)]
/// struct Login { name: String, remember: Option<String> }
///
/// fn login(Form(Login { name, remember }): Form<Login>) -> String {
///     format!("hello {name}, {}", if remember.is_some() { "welcome back" } else { "see you" })
/// }
/// # let _ = login;
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Form<T>(pub T);

impl<T: DeserializeOwned + Send + 'static> FromRequest for Form<T> {
    type Rejection = Rejection;
    const TAKES_BODY: bool = true;

    fn is_absent(request: &Request) -> bool {
        if is_in_the_query(request) { request.uri().query().is_none() } else { has_no_body(request) }
    }

    fn from_request(request: &mut Request) -> Extract<Form<T>, Rejection> {
        const NAMES: (&str, &str) = ("the form", "the form's");
        if is_in_the_query(request) {
            let query = request.uri().query().unwrap_or("");
            return read_fields(query.as_bytes(), StatusCode::BAD_REQUEST, NAMES).map(Form).into();
        }
        if !is_type(request.headers(), |kind, subtype| {
            kind.eq_ignore_ascii_case("application") && subtype.eq_ignore_ascii_case("x-www-form-urlencoded")
        }) {
            return Extract::Ready(Err(Rejection::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "the request needs a form, sent as `Content-Type: application/x-www-form-urlencoded`",
            )
            .with_field("content-type")));
        }
        whole_body(request).and_then(|body| {
            if let Err(error) = std::str::from_utf8(&body) {
                return Err(not_utf_8("form", error.valid_up_to()));
            }
            read_fields(&body, StatusCode::UNPROCESSABLE_ENTITY, NAMES).map(Form)
        })
    }
}

fn is_in_the_query(request: &Request) -> bool {
    matches!(*request.method(), Method::GET | Method::HEAD)
}

pub(super) fn not_utf_8(what: &str, at: usize) -> Rejection {
    Rejection::new(StatusCode::BAD_REQUEST, format!("the {what} is not UTF-8: byte {at} is invalid"))
        .with_position(Position::Byte(at))
}
