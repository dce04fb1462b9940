//! Answers that send the client elsewhere.

use super::{InternalError, IntoResponse};
use crate::Response;
use http::{HeaderValue, StatusCode, header};
use std::fmt::Write;

/// Sends the client to another address: `Location` with a 3xx status (RFC 9110 section 15.4).
///
/// The address is absolute, as in `https://example.com/`, or relative to that of the request, as in `/login` or
/// `?page=2`. Characters beyond ASCII are percent-encoded (RFC 3987 section 3.1). An address with anything else that
/// no URI contains, such as a space or a line end, is the application's mistake: the client is answered 500, the log
/// says why, and no byte of it becomes a header field.
///
/// An address that the client chose lets others use your name for their links: compare it with those you know.
///
/// ```
/// use polyserve_core::{IntoResponse, Redirect};
///
/// let response = Redirect::see_other("/users/7").into_response();
/// assert_eq!((response.status().as_u16(), &response.headers()["location"]), (303, &"/users/7".parse().unwrap()));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redirect {
    status: StatusCode,
    location: String,
}

impl Redirect {
    /// 303: the answer to a form that was sent; the client asks for `location` with `GET`.
    #[must_use]
    pub fn see_other(location: impl Into<String>) -> Redirect {
        Redirect { status: StatusCode::SEE_OTHER, location: location.into() }
    }

    /// 307: this once, with the same method and body.
    #[must_use]
    pub fn temporary(location: impl Into<String>) -> Redirect {
        Redirect { status: StatusCode::TEMPORARY_REDIRECT, location: location.into() }
    }

    /// 308: from now on, with the same method and body. Browsers remember it, and do not ask again.
    #[must_use]
    pub fn permanent(location: impl Into<String>) -> Redirect {
        Redirect { status: StatusCode::PERMANENT_REDIRECT, location: location.into() }
    }
}

impl IntoResponse for Redirect {
    fn into_response(self) -> Response {
        let Some(location) = field_value(&self.location) else {
            let mistake = format!(
                "a redirect to {:?} was not sent: percent-encode what a URI cannot contain",
                self.location
            );
            return InternalError::new(mistake).into_response();
        };
        let mut response = self.status.into_response();
        response.headers_mut().insert(header::LOCATION, location);
        response
    }
}

/// `None` when there is a character that RFC 3986 has no place for, or a `%` without two digits behind it.
fn field_value(location: &str) -> Option<HeaderValue> {
    let mut value = String::with_capacity(location.len());
    for (at, c) in location.char_indices() {
        match c {
            'a'..='z' | 'A'..='Z' | '0'..='9' => value.push(c),
            '-' | '.' | '_' | '~' | ':' | '/' | '?' | '#' | '[' | ']' | '@' => value.push(c),
            '!' | '$' | '&' | '\'' | '(' | ')' | '*' | '+' | ',' | ';' | '=' => value.push(c),
            '%' => {
                let digits = location.as_bytes().get(at + 1..at + 3)?;
                if !digits.iter().all(u8::is_ascii_hexdigit) {
                    return None;
                }
                value.push(c);
            }
            _ if !c.is_ascii() => {
                for byte in c.encode_utf8(&mut [0; 4]).bytes() {
                    write!(value, "%{byte:02X}").ok()?;
                }
            }
            _ => return None,
        }
    }
    HeaderValue::try_from(value).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_sent_as_a_uri() {
        for (location, expected) in [
            ("/", "/"),
            ("https://example.com/a?b=[c]#d", "https://example.com/a?b=[c]#d"),
            ("?page=2", "?page=2"),
            ("", ""),
            ("/caf%C3%A9/100%25", "/caf%C3%A9/100%25"),
            ("/café", "/caf%C3%A9"),
        ] {
            let response = Redirect::temporary(location).into_response();
            assert_eq!(
                (response.status().as_u16(), response.headers()["location"].to_str().unwrap()),
                (307, expected),
                "{location}"
            );
        }
        assert_eq!(Redirect::see_other("/").into_response().status(), 303);
        assert_eq!(Redirect::permanent("/").into_response().status(), 308);
    }

    #[test]
    fn what_is_no_uri_is_500_and_leaves_no_field() {
        for location in [
            "/a b",
            "/\r\nSet-Cookie: a=b",
            "/\n",
            "/\0",
            "/\u{7f}",
            "/%zz",
            "/%4",
            "/<b>",
            "/\\a",
            "/\"",
            "/{id}",
        ] {
            let response = Redirect::see_other(location).into_response();
            assert_eq!(response.status(), 500, "{location:?}");
            assert!(!response.headers().contains_key("location"), "{location:?}");
        }
    }
}
