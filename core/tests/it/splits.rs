use crate::wire::*;
use http_body_util::BodyExt;
use polyserve_core::{Body, IntoResponse, Reply, Response, Want, handler_fn, time::sleep};
use std::time::Duration;

/// A handler that notes what it was asked, and reads its body in the way that the path says.
fn noting(journal: Journal) -> impl polyserve_core::Handler {
    handler_fn(move |request| {
        let (head, body) = request.into_parts();
        let fields: Vec<_> = head.headers.iter().map(|(n, v)| format!("{n}={v:?}")).collect();
        journal.note(format!("{} {} {}", head.method, head.uri, fields.join(" ")));
        let journal = journal.clone();
        match head.uri.path() {
            "/echo" => Reply::Ready(Response::new(Body::stream(|mut out| async move {
                // The pieces of the body are cut by the network; the answer's must not be.
                out.send(body.bytes().await?).await;
                Ok(())
            }))),
            "/collect" => Reply::pending(async move {
                let collected = body.collect().await.unwrap();
                journal.note(format!("{:?}", collected.trailers()));
                collected.to_bytes().into_response()
            }),
            "/late" => Reply::pending(async move {
                sleep(Duration::ZERO).await;
                body.bytes().await.unwrap().into_response()
            }),
            "/unread" => Reply::from("not read"),
            "/stream" => Reply::Ready(Response::new(Body::stream(|mut out| async move {
                for _ in 0..3 {
                    out.send("part").await;
                }
                Ok(())
            }))),
            path => Reply::from(path.to_owned()),
        }
    })
}

const REPRESENTATIVE: &[&str] = &[
    "GET / HTTP/1.1\r\nHost: example.com\r\nAccept: */*\r\nX-Long: some value, with words\r\n\r\n",
    "\r\n\r\nGET /after/empty/lines?a=b&c=%20 HTTP/1.1\r\nHost: a\r\n\r\n",
    "HEAD /stream HTTP/1.1\r\nHost: a\r\n\r\n",
    "GET /stream HTTP/1.1\r\nHost: a\r\n\r\n",
    "POST /collect HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\nhello world",
    "POST /late HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\nhello world",
    "POST /unread HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\nhello world",
    "POST /unread HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nabcd\r\n0\r\nA: b\r\n\r\n",
    "POST /collect HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n\
     5;x=\"y\"\r\nhello\r\n006\r\n world\r\n0\r\nX-Sum: 11\r\nX-Other: z\r\n\r\n",
    "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n1\r\nd\r\n0\r\n\r\n",
    "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
    "GET /last HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
];

#[test]
fn requests_are_the_same_however_they_are_split() {
    for request in REPRESENTATIVE {
        let whole = run(&[request.as_bytes(), GET.as_bytes()]);
        for at in 1..request.len() {
            let (one, other) = request.as_bytes().split_at(at);
            assert_eq!(run(&[one, other, GET.as_bytes()]), whole, "{request:?} split at {at}");
        }
    }
}

#[test]
fn requests_are_the_same_byte_by_byte_and_all_at_once() {
    let all: String = REPRESENTATIVE.concat();
    let whole = run(&[all.as_bytes()]);
    let bytes: Vec<&[u8]> = all.as_bytes().chunks(1).collect();
    assert_eq!(run(&bytes), whole);
    assert_eq!(whole.0.len(), REPRESENTATIVE.len() + 2, "each handler was called once: {:#?}", whole.0);
}

/// What the handler was called with, and what came back.
fn run(packets: &[&[u8]]) -> (Vec<String>, String) {
    let journal = Journal::default();
    let mut peer = Peer::new(noting(journal.clone()));
    for packet in packets {
        assert_eq!(peer.send(packet), Want::Read);
    }
    (journal.take(), peer.received())
}

#[test]
fn answers_are_the_same_one_byte_a_write() {
    let all: String = REPRESENTATIVE.concat();
    for per_write in [1, 2, 7, 4096] {
        let mut peer = Peer::new(noting(Journal::default()));
        peer.wire.per_write = per_write;
        assert_eq!(peer.send(&all), Want::Read);
        assert_eq!(peer.received(), run(&[all.as_bytes()]).1, "{per_write} bytes a write");
    }
}

/// Small and large pieces mixed, so that copied text and lent slices alternate in the output.
fn mixed() -> impl polyserve_core::Handler {
    handler_fn(|request| {
        let size: usize = request.uri().path()[1..].parse().unwrap();
        let byte = |n: usize| vec![b'a' + (n % 26) as u8; n];
        Reply::Ready(match request.uri().query() {
            None => byte(size).into_response(),
            Some(_) => Response::new(Body::stream(move |mut out| async move {
                for n in [size, 1, 5000, 2, 3, 4097, size] {
                    out.send(byte(n)).await;
                }
                Ok(())
            })),
        })
    })
}

#[test]
fn large_and_small_pieces_keep_their_order_when_writes_fall_short() {
    let request = |path: &str| format!("GET /{path} HTTP/1.1\r\nHost: a\r\n\r\n");
    let batch: String =
        ["10", "5000", "0", "4096", "4097", "9000", "20?", "70000", "1", "5000?", "3"].map(request).concat();
    let mut whole = Peer::new(mixed());
    whole.send(&batch);
    let expected = whole.received();
    for per_write in [1, 3, 100, 4095, 5001, 100_000] {
        for room in [50, 20_000] {
            let mut peer = Peer::new(mixed());
            peer.wire.per_write = per_write;
            peer.queue(&batch);
            // The peer reads so much, then blocks, again and again.
            let mut rounds = 0;
            loop {
                peer.wire.room = if per_write == 1 { 100_000 } else { room * per_write.min(20) };
                if peer.run() == Want::Read {
                    break;
                }
                rounds += 1;
                assert!(rounds < 100_000);
            }
            assert_eq!(peer.received(), expected, "{per_write} bytes a write");
        }
    }
}
