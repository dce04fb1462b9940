//! A request before it is a [`Request`].

use crate::{
    Body, Reply, Request, ambient,
    proto::head::{Head, Target},
};
use bytes::Bytes;
use core::net::SocketAddr;
use http::{HeaderMap, Method, Uri};
use std::fmt;

/// A request that was read and checked, and of which no [`Request`] has been made yet: a good part of what a small
/// request costs, for nothing where the handler reads nothing of it.
///
/// [`Handler::call_raw`](crate::Handler::call_raw) is given one.
pub struct RawRequest<'connection> {
    // All of it stays where it is: what is handed from handler to handler is as small as can be.
    pub(crate) head: &'connection mut Head,
    /// What the places in `head` are places in.
    pub(crate) input: &'connection Bytes,
    pub(crate) body: &'connection mut Body,
    pub(crate) peer: &'connection Option<SocketAddr>,
}

impl RawRequest<'_> {
    /// The method.
    #[must_use]
    pub fn method(&self) -> &Method {
        &self.head.method
    }

    /// The path of the target, percent-encoded as it came; `*` where that is all of it.
    #[must_use]
    pub fn path(&self) -> &str {
        match &self.head.target {
            // It is ASCII, or it would not be plain.
            Target::Plain { .. } => str::from_utf8(self.path_bytes()).unwrap_or_default(),
            Target::Uri(uri) => uri.path(),
        }
    }

    #[inline]
    pub(crate) fn path_bytes(&self) -> &[u8] {
        match &self.head.target {
            Target::Plain { target, path_end } => &self.input[target.start..*path_end],
            Target::Uri(uri) => uri.path().as_bytes(),
        }
    }

    /// Makes the request, with its header fields or without, and hands it to `call`, which finds the peer around it.
    pub fn hand_over(self, headers: bool, call: impl FnOnce(Request) -> Reply) -> Reply {
        let peer = *self.peer;
        let request = self.into_request(headers);
        ambient::with_peer(peer, || call(request))
    }

    fn into_request(self, headers: bool) -> Request {
        let RawRequest { head, input, body, .. } = self;
        let mut request = Request::new(std::mem::take(body));
        *request.headers_mut() = if headers { head.fields.collect(input) } else { HeaderMap::default() };
        *request.uri_mut() = match &mut head.target {
            Target::Plain { target, .. } => Uri::from_maybe_shared(input.slice(target.clone()))
                .unwrap_or_else(|_| unreachable!("a plain target is a path and a query")),
            Target::Uri(uri) => std::mem::take(uri),
        };
        *request.method_mut() = std::mem::take(&mut head.method);
        *request.version_mut() = head.version;
        request
    }
}

impl fmt::Debug for RawRequest<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawRequest")
            .field("method", self.method())
            .field("path", &self.path())
            .finish_non_exhaustive()
    }
}
