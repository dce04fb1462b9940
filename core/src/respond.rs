//! What a handler may return.

mod content_type;
mod parts;
mod problem;
mod redirect;

pub use content_type::ContentType;
pub use parts::ResponseParts;
pub use redirect::Redirect;

use crate::{Body, BodyError, Form, Json, Rejection, Reply, Response};
use bytes::Bytes;
use http::StatusCode;
use std::{borrow::Cow, convert::Infallible, error::Error, fmt};

pub use problem::problem_details;

/// Turns what a handler returns into a response.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be returned from a handler",
    label = "this is not a response",
    note = "return text, bytes, `Html`, `Json`, `Form`, a `StatusCode`, `Redirect`, an `Option` or a `Result` of these, or a `Response`",
    note = "a tuple is `(parts.., answer)`, where parts are a `StatusCode`, a `HeaderMap`, `[(name, value); N]`, `TypedHeader`, `Cookies` or other `ResponseParts`",
    note = "for a type of your own, implement `IntoResponse`; to send its fields as JSON, return `Json(value)`",
    note = "the error of a `Result` is answered, too: `InternalError` is made of any error, and answers 500",
    note = "a future is awaited first: make the handler an `async fn`"
)]
pub trait IntoResponse {
    /// The response, with the content type that fits.
    fn into_response(self) -> Response;

    /// The same as a handler's reply. What is no more than a body with its content type says so
    /// ([`Reply::Full`]), and is sent without a [`Response`] in between.
    fn into_reply(self) -> Reply
    where
        Self: Sized,
    {
        Reply::Ready(self.into_response())
    }
}

/// What is a body of one type, and is wholly in memory.
macro_rules! full {
    ($($type:ty => $content_type:ident),* $(,)?) => {$(
        impl IntoResponse for $type {
            fn into_response(self) -> Response {
                ContentType::$content_type.response(self)
            }

            fn into_reply(self) -> Reply {
                Reply::Full(ContentType::$content_type, self.into())
            }
        }
    )*};
}
full! {
    &'static str => TEXT,
    String => TEXT,
    Bytes => BYTES,
    Vec<u8> => BYTES,
    &'static [u8] => BYTES,
}

impl IntoResponse for Response {
    fn into_response(self) -> Response {
        self
    }
}

/// 200 with an empty body.
impl IntoResponse for () {
    fn into_response(self) -> Response {
        Response::default()
    }
}

impl IntoResponse for Infallible {
    fn into_response(self) -> Response {
        match self {}
    }
}

/// A bare status; an error status is a [`Rejection`], which says its name in the body, so that a person sees
/// something.
impl IntoResponse for StatusCode {
    fn into_response(self) -> Response {
        if self.is_client_error() || self.is_server_error() {
            return Rejection::new(self, "").into_response();
        }
        let mut response = Response::default();
        *response.status_mut() = self;
        response
    }
}

impl IntoResponse for Cow<'static, str> {
    fn into_response(self) -> Response {
        match self {
            Cow::Borrowed(text) => text.into_response(),
            Cow::Owned(text) => text.into_response(),
        }
    }

    fn into_reply(self) -> Reply {
        match self {
            Cow::Borrowed(text) => text.into_reply(),
            Cow::Owned(text) => text.into_reply(),
        }
    }
}

/// A body as it is, without a content type.
impl IntoResponse for Body {
    fn into_response(self) -> Response {
        Response::new(self)
    }
}

/// A page: `text/html; charset=utf-8`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Html<T>(pub T);

impl<T: Into<Body>> IntoResponse for Html<T> {
    fn into_response(self) -> Response {
        ContentType::HTML.response(self.0)
    }

    fn into_reply(self) -> Reply {
        let mut body = self.0.into();
        match body.take_whole() {
            Some(page) => Reply::Full(ContentType::HTML, page),
            None => Reply::Ready(ContentType::HTML.response(body)),
        }
    }
}

/// `application/json`. A value that cannot be serialised (a map with keys that are not strings, say)
/// answers 500 and is logged.
impl<T: serde::Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        match serde_json::to_vec(&self.0) {
            Ok(json) => ContentType::JSON.response(json),
            Err(error) => no_json(&error).into_response(),
        }
    }

    fn into_reply(self) -> Reply {
        match serde_json::to_vec(&self.0) {
            Ok(json) => Reply::Full(ContentType::JSON, json.into()),
            Err(error) => no_json(&error).into_reply(),
        }
    }
}

fn no_json(error: &serde_json::Error) -> InternalError {
    InternalError::new(format!("the answer cannot be written as JSON: {error}"))
}

/// `application/x-www-form-urlencoded`. A value that cannot be serialised (a map in a map, say) answers 500 and is
/// logged.
impl<T: serde::Serialize> IntoResponse for Form<T> {
    fn into_response(self) -> Response {
        match serde_html_form::to_string(&self.0) {
            Ok(form) => ContentType::FORM.response(form),
            Err(error) => {
                InternalError::new(format!("the answer cannot be written as a form: {error}")).into_response()
            }
        }
    }
}

/// `None` is 404.
impl<T: IntoResponse> IntoResponse for Option<T> {
    fn into_response(self) -> Response {
        match self {
            Some(answer) => answer.into_response(),
            None => StatusCode::NOT_FOUND.into_response(),
        }
    }

    fn into_reply(self) -> Reply {
        match self {
            Some(answer) => answer.into_reply(),
            None => StatusCode::NOT_FOUND.into_reply(),
        }
    }
}

impl<T: IntoResponse, E: IntoResponse> IntoResponse for Result<T, E> {
    fn into_response(self) -> Response {
        match self {
            Ok(answer) => answer.into_response(),
            Err(error) => error.into_response(),
        }
    }

    fn into_reply(self) -> Reply {
        match self {
            Ok(answer) => answer.into_reply(),
            Err(error) => error.into_reply(),
        }
    }
}

/// Plain text, and the rejection itself in the response's extensions, for whoever shapes it
/// ([`with_rejections`](crate::HandlerExt::with_rejections)).
impl IntoResponse for Rejection {
    fn into_response(self) -> Response {
        let mut response = ContentType::TEXT.response(format!("{self}\n"));
        *response.status_mut() = self.status();
        response.extensions_mut().insert(self);
        response
    }
}

impl IntoResponse for BodyError {
    fn into_response(self) -> Response {
        Rejection::from(self).into_response()
    }
}

/// Any error, as a 500: the error type for handlers that use `?` and have nothing to tell the client.
///
/// The client reads `500 Internal Server Error`, in the shape that the app gives its rejections; the log reads what
/// went wrong.
///
/// ```
/// use polyserve_core::InternalError;
///
/// fn motd() -> Result<String, InternalError> {
///     Ok(std::fs::read_to_string("/etc/motd")?)
/// }
/// # let _ = motd;
/// ```
pub struct InternalError(Box<dyn Error + Send + Sync>);

impl InternalError {
    /// An error with a message for the log.
    pub fn new(error: impl Into<Box<dyn Error + Send + Sync>>) -> InternalError {
        InternalError(error.into())
    }
}

/// `InternalError` is not itself an `Error`, which is what lets `?` convert every error into it.
impl<E: Error + Send + Sync + 'static> From<E> for InternalError {
    fn from(error: E) -> InternalError {
        InternalError(Box::new(error))
    }
}

impl IntoResponse for InternalError {
    fn into_response(self) -> Response {
        log::error!("a handler failed: {}", self.0);
        StatusCode::INTERNAL_SERVER_ERROR.into_response()
    }
}

impl fmt::Debug for InternalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "InternalError({:?})", self.0)
    }
}
