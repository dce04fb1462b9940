//! The content types of what is returned without naming one.

use crate::{Body, Response, proto::spare};
use http::HeaderValue;
use std::fmt;

/// The content type of an answer that is a body and nothing else: text, a page, bytes, JSON or a form.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct ContentType(Kind);

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    Html,
    Bytes,
    Form,
    Json,
}

/// What is written of each type, once as a field's value and once as the beginning of an answer.
macro_rules! types {
    ($($kind:ident $name:ident $value:literal;)*) => {
        impl ContentType {
            $(
                #[doc = concat!("`", $value, "`")]
                pub const $name: ContentType = ContentType(Kind::$kind);
            )*

            /// The value of the field `Content-Type`.
            #[must_use]
            pub fn value(self) -> HeaderValue {
                match self.0 {
                    $(Kind::$kind => const { HeaderValue::from_static($value) },)*
                }
            }

            /// The first lines of the answer, up to the length of its body.
            pub(crate) fn first_lines(self) -> &'static str {
                match self.0 {
                    $(Kind::$kind => {
                        concat!("HTTP/1.1 200 OK\r\nContent-Type: ", $value, "\r\nContent-Length: ")
                    })*
                }
            }
        }
    };
}
types! {
    Text TEXT "text/plain; charset=utf-8";
    Html HTML "text/html; charset=utf-8";
    Bytes BYTES "application/octet-stream";
    Form FORM "application/x-www-form-urlencoded";
    Json JSON "application/json";
}

impl ContentType {
    /// The response that is `body`, of this type, with 200.
    #[must_use]
    pub fn response(self, body: impl Into<Body>) -> Response {
        with_type(self.value(), body)
    }
}

/// A response with a content type of any kind.
pub(super) fn with_type(content_type: HeaderValue, body: impl Into<Body>) -> Response {
    let mut response = Response::new(body.into());
    *response.headers_mut() = spare::with_type(content_type);
    response
}

impl fmt::Debug for ContentType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ContentType").field(&self.value()).finish()
    }
}
