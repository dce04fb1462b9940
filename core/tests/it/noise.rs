use crate::wire::*;
use http_body_util::BodyExt;
use polyserve_core::{Body, Handler, IntoResponse, Reply, Response, Want, handler_fn};

/// xorshift: the same noise in every run.
struct Noise(u64);

impl Noise {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % bound as u64) as usize
    }
}

/// Reads its body in one of the ways that there are, and never panics on an error.
fn handler() -> impl Handler {
    handler_fn(|request| {
        let (head, mut body) = request.into_parts();
        match head.uri.path().len() % 4 {
            0 => Reply::from("unread"),
            1 => Reply::Ready(Response::new(body)),
            2 => Reply::pending(async { body.bytes().await.into_response() }),
            _ => Reply::Ready(Response::new(Body::stream(|mut out| async move {
                while let Some(frame) = body.frame().await {
                    out.send(frame?.into_data().unwrap_or_default()).await;
                }
                Ok(())
            }))),
        }
    })
}

const REQUESTS: &[&str] = &[
    "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
    "HEAD /ab HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
    "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\nhello",
    "POST /abc HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\nhello\r\n0\r\nA: b\r\n\r\n",
    "PUT /ab HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n2\r\nbc\r\n0\r\n\r\n",
];

const BYTES: &[u8] = b"\r\n :;,0159afAF/?%#\t\0\x7f\xff\x80";

#[test]
fn noise_ends_every_connection_and_never_panics() {
    let mut noise = Noise(0x9e37_79b9_7f4a_7c15);
    for round in 0..3000 {
        let mut bytes: Vec<u8> = Vec::new();
        for _ in 0..=noise.below(4) {
            bytes.extend_from_slice(REQUESTS[noise.below(REQUESTS.len())].as_bytes());
        }
        for _ in 0..noise.below(6) {
            let at = noise.below(bytes.len());
            match noise.below(4) {
                0 => bytes[at] = BYTES[noise.below(BYTES.len())],
                1 => bytes.insert(at, BYTES[noise.below(BYTES.len())]),
                2 => drop(bytes.remove(at)),
                _ => bytes.extend_from_within(at..),
            }
        }
        let mut peer = Peer::new(handler());
        peer.wire.per_write = 1 + noise.below(100);
        for packet in bytes.chunks(1 + noise.below(40)) {
            if let Want::Close(_) = peer.send(packet) {
                break;
            }
        }
        if round % 2 == 0 {
            assert!(matches!(peer.close(), Want::Close(_)), "{:?}", String::from_utf8_lossy(&bytes));
        }
        for _ in 0..4 {
            peer.wait(seconds(75));
        }
        assert!(matches!(peer.poll(), Want::Close(_)), "{:?}", String::from_utf8_lossy(&bytes));
        let panicked = peer.statuses().contains(&500);
        assert!(!panicked, "{:?}", String::from_utf8_lossy(&bytes));
    }
}
