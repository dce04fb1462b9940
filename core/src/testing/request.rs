//! A request on its way to be sent.

use super::{Client, InFlight, Response, in_flight::Upload};
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use serde::Serialize;
use std::fmt;

/// A request that is not sent yet; [`Client::get`] and its kin begin one.
///
/// `Host` and the fields that tell where the body ends are added where they are missing. A mistake in the request
/// itself is a panic: to send what is no request at all there is [`Client::raw`].
///
/// ```
/// # use polyserve_core::{Reply, handler_fn, testing::Client};
/// # let client = Client::new(handler_fn(|request| Reply::from(request.uri().to_string())));
/// let response = client.get("/search").query(&[("q", "a b")]).header("accept", "text/plain").send();
/// assert_eq!(response.text(), "/search?q=a+b");
/// ```
#[derive(Debug)]
#[must_use = "a request does nothing until it is sent"]
pub struct RequestBuilder<'client> {
    client: &'client Client,
    method: Method,
    target: String,
    headers: HeaderMap,
    body: Content,
}

#[derive(Debug)]
enum Content {
    None,
    Whole(Bytes),
    InPieces,
}

impl<'client> RequestBuilder<'client> {
    pub(super) fn new(client: &'client Client, method: Method, target: &str) -> RequestBuilder<'client> {
        let (target, headers) = (target.to_owned(), HeaderMap::new());
        RequestBuilder { client, method, target, headers, body: Content::None }
    }

    /// Adds a header. `Host`, `Content-Length` and `Transfer-Encoding` replace the client's own.
    ///
    /// # Panics
    /// When name or value cannot stand in a header.
    #[track_caller]
    pub fn header<V>(mut self, name: &str, value: V) -> Self
    where
        V: TryInto<HeaderValue>,
        V::Error: fmt::Display,
    {
        let parsed = HeaderName::from_bytes(name.as_bytes());
        let parsed = parsed.unwrap_or_else(|error| panic!("`{name}` cannot name a header: {error}"));
        let value = value.try_into();
        let value =
            value.unwrap_or_else(|error| panic!("the header `{name}` cannot have this value: {error}"));
        self.headers.append(parsed, value);
        self
    }

    /// Adds to the query: a struct, a map or a list of pairs, as `Query<T>` reads it.
    ///
    /// # Panics
    /// When `query` cannot be written as one.
    #[track_caller]
    pub fn query<T: Serialize + ?Sized>(mut self, query: &T) -> Self {
        match serde_html_form::to_string(query) {
            Ok(query) => {
                self.target.push(if self.target.contains('?') { '&' } else { '?' });
                self.target.push_str(&query);
            }
            Err(error) => panic!("this cannot be written as a query: {error}"),
        }
        self
    }

    /// The body, as it is; its length is declared.
    pub fn body(mut self, body: impl Into<Bytes>) -> Self {
        self.body = Content::Whole(body.into());
        self
    }

    /// The body as JSON, and its `Content-Type`.
    ///
    /// # Panics
    /// When `value` cannot be written as JSON.
    #[track_caller]
    pub fn json<T: Serialize + ?Sized>(self, value: &T) -> Self {
        match serde_json::to_vec(value) {
            Ok(body) => self.body(body).with_type("application/json"),
            Err(error) => panic!("this cannot be written as JSON: {error}"),
        }
    }

    /// The body as an HTML form, and its `Content-Type`.
    ///
    /// # Panics
    /// When `value` cannot be written as a form.
    #[track_caller]
    pub fn form<T: Serialize + ?Sized>(self, value: &T) -> Self {
        match serde_html_form::to_string(value) {
            Ok(body) => self.body(body).with_type("application/x-www-form-urlencoded"),
            Err(error) => panic!("this cannot be written as a form: {error}"),
        }
    }

    /// A body that [`InFlight::write`] sends in pieces, each a chunk of the chunked coding; with a `Content-Length`
    /// header of yours, as they are.
    pub fn body_in_pieces(mut self) -> Self {
        self.body = Content::InPieces;
        self
    }

    /// Asks with `Expect: 100-continue`: [`send`](Self::send) holds the body back until the server wants it (RFC
    /// 9110 section 10.1.1). A final answer that comes first is taken instead.
    #[track_caller]
    pub fn expect_continue(self) -> Self {
        self.header("expect", "100-continue")
    }

    /// Sends the request and reads the whole answer, while as much time passes as that takes.
    ///
    /// # Panics
    /// When the answer is malformed or broken off, or when the handler waits for anything but time for longer than
    /// the client's [patience](Client::patience).
    #[track_caller]
    pub fn send(self) -> Response {
        self.start().response()
    }

    /// Sends the request and lets the handler run to its first wait; no time passes. Several requests can be in
    /// flight at once, each on a connection of its own.
    #[track_caller]
    pub fn start(mut self) -> InFlight {
        let expects = self.headers.contains_key(header::EXPECT);
        let body = std::mem::replace(&mut self.body, Content::None);
        let chunked = match &body {
            Content::None => {
                // RFC 9110 section 8.6.
                if matches!(self.method, Method::POST | Method::PUT | Method::PATCH) {
                    self.set_default(header::CONTENT_LENGTH, 0.into());
                }
                false
            }
            Content::Whole(body) => {
                self.set_default(header::CONTENT_LENGTH, body.len().into());
                false
            }
            Content::InPieces => {
                let chunked = !self.headers.contains_key(header::CONTENT_LENGTH);
                if chunked {
                    self.set_default(header::TRANSFER_ENCODING, HeaderValue::from_static("chunked"));
                }
                chunked
            }
        };
        self.set_default(header::HOST, HeaderValue::from_static("test"));
        let upload = match body {
            Content::None => Upload::Sent,
            Content::Whole(body) => Upload::Whole(body),
            Content::InPieces if chunked => Upload::Chunks,
            Content::InPieces => Upload::Pieces,
        };
        let request = format!("{} {}", self.method, self.target);
        let to_head = self.method == Method::HEAD;
        InFlight::new(self.client.world().clone(), request, to_head, self.head(), upload, expects)
    }

    fn with_type(mut self, content_type: &'static str) -> Self {
        self.set_default(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
        self
    }

    fn set_default(&mut self, name: HeaderName, value: HeaderValue) {
        self.headers.entry(name).or_insert(value);
    }

    #[track_caller]
    fn head(&self) -> Vec<u8> {
        let unfit = |byte: u8| byte <= b' ' || byte == 0x7F;
        assert!(
            !self.target.is_empty() && !self.target.bytes().any(unfit),
            "{:?} cannot be a request target: write spaces and the like as %XX, or use `query(..)`",
            self.target
        );
        let mut head = format!("{} {} HTTP/1.1\r\n", self.method, self.target).into_bytes();
        for (name, value) in &self.headers {
            head.extend_from_slice(name.as_str().as_bytes());
            head.extend_from_slice(b": ");
            head.extend_from_slice(value.as_bytes());
            head.extend_from_slice(b"\r\n");
        }
        head.extend_from_slice(b"\r\n");
        head
    }
}
