//! hyper as a second opinion: whatever is accepted here, hyper accepts as the same request. The other way round,
//! [`is_stricter`] lists what is refused here and accepted there, each with its reason.
#![no_main]

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::{
    rt::{Read, ReadBufCursor, Write},
    server::conn::http1,
    service::service_fn,
};
use libfuzzer_sys::fuzz_target;
use polyserve_core::{CloseReason, RequestError};
use polyserve_fuzz::{Journal, Seen, collecting, converse};
use std::{
    convert::Infallible,
    io,
    pin::{Pin, pin},
    task::{Context, Poll, Waker},
};

/// A socket that has received everything there will be, and takes everything.
struct Received<'a>(&'a [u8]);

impl Read for Received<'_> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        mut room: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        let (now, later) = self.0.split_at(self.0.len().min(room.remaining()));
        room.put_slice(now);
        self.0 = later;
        Poll::Ready(Ok(()))
    }
}

impl Write for Received<'_> {
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

/// The requests that hyper reads out of `bytes`.
fn hyper_reads(bytes: &[u8]) -> Vec<Seen> {
    let journal = Journal::default();
    let service = service_fn(|request: http::Request<hyper::body::Incoming>| {
        let journal = journal.clone();
        async move {
            let (head, body) = request.into_parts();
            if let Ok(collected) = body.collect().await {
                let trailers = collected.trailers().cloned();
                journal.note(Seen::new(&head, &collected.to_bytes(), trailers.as_ref()));
            }
            Ok::<_, Infallible>(http::Response::new(Full::<Bytes>::default()))
        }
    });
    // Requests that follow are answered although the client has closed its side, as here.
    let mut server = http1::Builder::new();
    server.half_close(true).header_read_timeout(None).max_headers(100);
    let mut connection = pin!(server.serve_connection(Received(bytes), service));
    let mut cx = Context::from_waker(Waker::noop());
    // hyper yields now and then; this socket never blocks.
    for _ in 0..10_000 {
        if connection.as_mut().poll(&mut cx).is_ready() {
            return journal.take();
        }
    }
    panic!("hyper does not come to an end");
}

/// What is refused here although hyper takes it.
fn is_stricter(end: CloseReason) -> bool {
    let CloseReason::BadRequest(error) = end else { return false };
    match error {
        // A bare LF ends no line.
        RequestError::Malformed("a line ends with LF instead of CRLF") => true,
        // `*` is for OPTIONS, fragments are never sent, and a target that is neither a path nor an http URI is for
        // proxies (RFC 9112 section 3.2).
        RequestError::Malformed(
            "the target `*` is for OPTIONS only"
            | "the target has a fragment"
            | "the target is neither a path nor an http URI",
        ) => true,
        // hyper's URI type takes escapes without digits, quotes, and bytes beyond ASCII.
        RequestError::Malformed("the target is not a valid URI") => true,
        // hyper leaves `Host` to its user.
        RequestError::Host(_) => true,
        // hyper takes a length that is repeated, lets Transfer-Encoding win over it, and takes several codings
        // and several fields of them. Each is a way to smuggle requests (RFC 9112 section 11.2).
        RequestError::Framing(
            "more than one Content-Length"
            | "both Transfer-Encoding and Content-Length"
            | "more than one Transfer-Encoding"
            | "Transfer-Encoding is not a single chunked",
        ) => true,
        // hyper takes any list of codings that ends with chunked.
        RequestError::TransferCoding => true,
        // hyper ignores expectations that it does not know.
        RequestError::Expectation => true,
        // hyper opens tunnels.
        RequestError::Connect => true,
        // hyper's bounds are higher; only inputs beyond libFuzzer's 4096 bytes come there (`-max_len=20000`).
        RequestError::TargetTooLong(_) | RequestError::HeadTooLarge(_) => true,
        // hyper takes spaces behind a size, and longer lines.
        RequestError::Chunk => true,
        _ => false,
    }
}

/// A higher minor version is spoken as HTTP/1.1 here (RFC 9110 section 2.5), and refused by hyper.
fn has_a_higher_minor(bytes: &[u8]) -> bool {
    bytes.windows(9).any(|window| window.starts_with(b" HTTP/1.") && matches!(window[8], b'2'..=b'9'))
}

fuzz_target!(|bytes: &[u8]| {
    if has_a_higher_minor(bytes) {
        return;
    }
    let journal = Journal::default();
    let end = converse(collecting(journal.clone()), [bytes]).end;
    let ours = journal.take();
    let theirs = hyper_reads(bytes);
    let common = ours.len().min(theirs.len());
    assert_eq!(ours[..common], theirs[..common], "the same bytes are different requests");
    assert!(ours.len() <= theirs.len(), "hyper does not take {:?}", &ours[common..]);
    assert!(
        ours.len() == theirs.len() || is_stricter(end),
        "{end:?}, but hyper takes {:?}",
        &theirs[common..]
    );
});
