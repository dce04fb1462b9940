//! The request, and its bytes.

use bytes::Bytes;
use http::uri::PathAndQuery;
use http::{HeaderMap, HeaderName, Method, header};

use crate::{Error, Mode};

/// The request that every contender is asked.
#[derive(Clone, Debug)]
pub struct RequestSpec {
    /// Any method but `CONNECT`.
    pub method: Method,
    /// Path and query as they go on the request line.
    pub path: PathAndQuery,
    /// Sent beside `Host` (unless given here), `Content-Length` and `Connection`, of which the last two and
    /// `Transfer-Encoding` may not be given here.
    pub headers: HeaderMap,
    /// Sent with `Content-Length`; empty means no body.
    pub body: Bytes,
}

impl RequestSpec {
    /// `GET path` without further headers.
    pub fn get(path: PathAndQuery) -> Self {
        Self { method: Method::GET, path, headers: HeaderMap::new(), body: Bytes::new() }
    }

    pub(super) fn check(&self) -> Result<(), Error> {
        const OURS: [HeaderName; 3] = [header::CONNECTION, header::CONTENT_LENGTH, header::TRANSFER_ENCODING];
        if self.method == Method::CONNECT {
            return Err(Error::Plan("CONNECT opens a tunnel: use another method".to_owned()));
        }
        match OURS.iter().find(|name| self.headers.contains_key(*name)) {
            Some(name) => Err(Error::Plan(format!(
                "the header {name} follows from the body and the connection mode: leave it out"
            ))),
            None => Ok(()),
        }
    }

    /// Whether the response has no body whatever its headers say.
    pub(crate) fn is_head(&self) -> bool {
        self.method == Method::HEAD
    }

    /// The bytes on the wire. `host` is the authority for the `Host` header.
    pub(crate) fn to_bytes(&self, host: &str, mode: Mode) -> Vec<u8> {
        let mut wire = Vec::with_capacity(256 + self.body.len());
        let mut line = |name: &[u8], value: &[u8]| {
            wire.extend_from_slice(name);
            wire.extend_from_slice(value);
            wire.extend_from_slice(b"\r\n");
        };
        let request_line = format!("{} {} HTTP/1.1", self.method, self.path);
        line(request_line.as_bytes(), b"");
        if !self.headers.contains_key(header::HOST) {
            line(b"host: ", host.as_bytes());
        }
        for (name, value) in &self.headers {
            line(format!("{name}: ").as_bytes(), value.as_bytes());
        }
        let expects_body = [Method::POST, Method::PUT, Method::PATCH].contains(&self.method);
        if !self.body.is_empty() || expects_body {
            line(b"content-length: ", self.body.len().to_string().as_bytes());
        }
        if mode == Mode::NewConnection {
            line(b"connection: close", b"");
        }
        line(b"", b"");
        wire.extend_from_slice(&self.body);
        wire
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_request_is_serialised_once_for_each_mode() {
        let mut request = RequestSpec::get(PathAndQuery::from_static("/x?y=1"));
        assert_eq!(request.to_bytes("h:1", Mode::KeepAlive), b"GET /x?y=1 HTTP/1.1\r\nhost: h:1\r\n\r\n");
        request.method = Method::POST;
        request.headers.insert(header::HOST, header::HeaderValue::from_static("own"));
        request.body = Bytes::from_static(b"abc");
        assert_eq!(
            request.to_bytes("h:1", Mode::NewConnection),
            b"POST /x?y=1 HTTP/1.1\r\nhost: own\r\ncontent-length: 3\r\nconnection: close\r\n\r\nabc"
        );
    }
}
