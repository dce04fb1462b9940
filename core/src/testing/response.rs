//! An answer that was read to its end.

use super::answer::{AnswerReader, says_close};
use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use serde::{Serialize, de::DeserializeOwned};
use std::fmt;

/// An answer that was read to its end.
///
/// Whatever is asked of it and not there fails with the whole answer in the message; so do the `assert_` methods,
/// which can be chained.
///
/// ```
/// use polyserve_core::{Reply, handler_fn, testing::Client};
///
/// let client = Client::new(handler_fn(|_request| Reply::from("hello")));
/// let response = client.get("/").send();
/// response.assert_status(200).assert_header("content-type", "text/plain; charset=utf-8").assert_text("hello");
/// assert_eq!(response.bytes().len(), 5);
/// ```
#[derive(Debug, Clone)]
pub struct Response {
    request: String,
    interim: Vec<StatusCode>,
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
    trailers: HeaderMap,
}

impl Response {
    /// `None` while there is no head.
    pub(super) fn of(request: String, read: AnswerReader) -> Option<Response> {
        let (status, headers) = read.head?;
        let body = read.body.into();
        Some(Response { request, interim: read.interim, status, headers, body, trailers: read.trailers })
    }

    /// The status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// All headers.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// A header's first value; `None` without the header.
    ///
    /// # Panics
    /// When it is not text.
    #[must_use]
    #[track_caller]
    pub fn header(&self, name: &str) -> Option<&str> {
        let value = self.headers.get(name)?;
        Some(value.to_str().unwrap_or_else(|_| panic!("the header `{name}` is not text in\n{self}")))
    }

    /// The fields behind a chunked body (RFC 9112 section 7.1.2).
    #[must_use]
    pub fn trailers(&self) -> &HeaderMap {
        &self.trailers
    }

    /// The interim answers before this one, such as `100 Continue` (RFC 9110 section 15.2).
    #[must_use]
    pub fn interim(&self) -> &[StatusCode] {
        &self.interim
    }

    /// The body, without its chunked coding.
    #[must_use]
    pub fn bytes(&self) -> &Bytes {
        &self.body
    }

    /// The body as text.
    ///
    /// # Panics
    /// When it is not UTF-8.
    #[must_use]
    #[track_caller]
    pub fn text(&self) -> &str {
        match std::str::from_utf8(&self.body) {
            Ok(text) => text,
            Err(error) => panic!("the body is not text ({error}) in\n{self}"),
        }
    }

    /// The body as a `T`, from JSON.
    ///
    /// # Panics
    /// When it is not JSON, or not a `T`.
    #[must_use]
    #[track_caller]
    pub fn json<T: DeserializeOwned>(&self) -> T {
        match serde_json::from_slice(&self.body) {
            Ok(value) => value,
            Err(error) => panic!("the body is not the expected JSON ({error}) in\n{self}"),
        }
    }

    /// Whether the server said that it closes the connection behind this answer.
    #[must_use]
    pub fn is_the_last(&self) -> bool {
        says_close(&self.headers)
    }

    /// The status must be this: `200`, or `StatusCode::OK`.
    ///
    /// # Panics
    /// When it is another one.
    #[track_caller]
    pub fn assert_status<S>(&self, status: S) -> &Response
    where
        S: TryInto<StatusCode>,
        S::Error: fmt::Debug,
    {
        let expected = status.try_into().expect("a status between 100 and 999");
        assert!(self.status == expected, "the status is not {expected} in\n{self}");
        self
    }

    /// A header must have this value, and no other.
    ///
    /// # Panics
    /// When it is missing, has another value, or more than one.
    #[track_caller]
    pub fn assert_header(&self, name: &str, value: &str) -> &Response {
        let all: Vec<_> = self.headers.get_all(name).iter().collect();
        assert!(all == [value], "the header `{name}` is {all:?} and not {value:?} in\n{self}");
        self
    }

    /// A header must not be there.
    ///
    /// # Panics
    /// When it is.
    #[track_caller]
    pub fn assert_no_header(&self, name: &str) -> &Response {
        assert!(!self.headers.contains_key(name), "there is a header `{name}` in\n{self}");
        self
    }

    /// The body must be this text.
    ///
    /// # Panics
    /// When it is another one.
    #[track_caller]
    pub fn assert_text(&self, text: &str) -> &Response {
        assert!(self.body == text.as_bytes(), "the body is not {text:?} in\n{self}");
        self
    }

    /// The body must have this text in it: for messages that say more than a test wants to know.
    ///
    /// # Panics
    /// When it has not.
    #[track_caller]
    pub fn assert_contains(&self, text: &str) -> &Response {
        assert!(self.text().contains(text), "the body does not contain {text:?} in\n{self}");
        self
    }

    /// The body must be JSON that says the same as `value`: `&json!({"id": 7})`, or the handler's own type. The
    /// order of an object's fields does not count.
    ///
    /// # Panics
    /// When it says something else, is not JSON, or `value` cannot be written as JSON.
    #[track_caller]
    pub fn assert_json<T: Serialize + ?Sized>(&self, value: &T) -> &Response {
        let expected = match serde_json::to_value(value) {
            Ok(expected) => expected,
            Err(error) => panic!("the expected value cannot be written as JSON: {error}"),
        };
        let got: serde_json::Value = self.json();
        assert!(got == expected, "the body is not {expected} in\n{self}");
        self
    }
}

/// The request's first line and the whole answer, as an error message shows them.
impl fmt::Display for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "the answer to {}:\n    {}", self.request, self.status)?;
        for (name, value) in self.headers.iter().chain(&self.trailers) {
            writeln!(f, "    {name}: {}", String::from_utf8_lossy(value.as_bytes()))?;
        }
        for line in String::from_utf8_lossy(&self.body).lines() {
            write!(f, "\n    {line}")?;
        }
        Ok(())
    }
}
