//! Where a request's body and an answer's body begin and end.

use crate::facade::{Body, Bytes, Router, StatusCode, Strategy, handler, routes};
use crate::{
    client::Answer,
    server::{Server, speaks_our_http},
};
use std::{io::Write, thread};

behaviours!(
    framing:
    a_body_with_content_length_is_echoed_while_it_arrives,
    a_chunked_body_is_echoed_while_it_arrives,
    a_chunked_body_may_arrive_byte_by_byte,
    ten_megabytes_are_echoed_while_they_arrive,
    a_body_that_nobody_reads_does_not_disturb_the_next_request,
    an_answer_of_unknown_length_is_chunked,
    head_is_answered_as_get_without_the_body,
    no_content_has_neither_body_nor_length,
    http_1_0_ends_with_its_answer,
    http_1_0_is_kept_alive_on_request,
    a_stream_for_http_1_0_ends_with_the_connection,
    a_body_is_asked_for_with_100_continue,
    a_body_that_nobody_wants_is_not_asked_for,
);

#[handler(POST, "/echo")]
fn echo(body: Body) -> Body {
    body
}

#[handler(POST, "/length")]
fn length(body: Bytes) -> String {
    body.len().to_string()
}

#[handler(POST, "/ignore")]
fn ignore() -> &'static str {
    "ignored"
}

#[handler(POST, "/refuse")]
fn refuse() -> StatusCode {
    StatusCode::FORBIDDEN
}

#[handler(GET, "/page")]
fn page() -> &'static str {
    "the page"
}

#[handler(GET, "/nothing")]
fn nothing() -> StatusCode {
    StatusCode::NO_CONTENT
}

#[handler(GET, "/parts")]
fn parts() -> Body {
    Body::stream(|mut out| async move {
        out.send("one,").await;
        out.send("two").await;
        Ok(())
    })
}

fn app() -> Router {
    routes![echo, length, ignore, refuse, page, nothing, parts]
}

fn a_body_with_content_length_is_echoed_while_it_arrives(runtime: Strategy) {
    let server = Server::start(runtime, app());
    let mut client = server.connect();
    client.send("POST /echo HTTP/1.1\r\nHost: test\r\nContent-Length: 9\r\n\r\none");
    let head = client.head();
    assert_eq!(head.status, 200);
    assert_eq!(head.header("content-length"), Some("9"));
    assert_eq!(client.bytes(3), b"one");
    // Each piece is sent when the one before it has come back.
    client.send("two");
    assert_eq!(client.bytes(3), b"two");
    client.send("six");
    assert_eq!(client.bytes(3), b"six");
    assert_eq!(client.get("/page").ok(), "the page");
}

fn a_chunked_body_is_echoed_while_it_arrives(runtime: Strategy) {
    let server = Server::start(runtime, app());
    let mut client = server.connect();
    client.send("POST /echo HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n");
    client.send("3\r\none\r\n");
    assert_eq!(client.head().header("transfer-encoding"), Some("chunked"));
    assert_eq!(client.chunk(), b"one");
    client.send("3;an=extension\r\ntwo\r\n");
    assert_eq!(client.chunk(), b"two");
    client.send("0\r\nA-Trailer: too\r\n\r\n");
    assert_eq!(client.chunk(), b"");
    assert_eq!(client.get("/page").ok(), "the page");
}

fn a_chunked_body_may_arrive_byte_by_byte(runtime: Strategy) {
    let server = Server::start(runtime, app());
    let mut client = server.connect();
    let request = "POST /length HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n\
                   3\r\none\r\n10\r\n0123456789abcdef\r\n0\r\n\r\n";
    for byte in request.bytes() {
        client.send([byte]);
    }
    assert_eq!(client.answer().ok(), "19");
    assert_eq!(client.get("/page").ok(), "the page");
}

fn ten_megabytes_are_echoed_while_they_arrive(runtime: Strategy) {
    const PIECE: usize = 64 * 1024;
    const PIECES: usize = 160;
    let server = Server::start(runtime, app());
    let mut client = server.connect();
    let piece = |number: usize| -> Vec<u8> { (0..PIECE).map(|at| (at * 7 + number) as u8).collect() };
    let mut sender = client.stream().try_clone().unwrap();
    let sending = thread::spawn(move || {
        sender.write_all(b"POST /echo HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n").unwrap();
        for number in 0..PIECES {
            write!(sender, "{PIECE:x}\r\n").unwrap();
            sender.write_all(&piece(number)).unwrap();
            sender.write_all(b"\r\n").unwrap();
        }
        sender.write_all(b"0\r\n\r\n").unwrap();
    });
    let answer = client.answer();
    sending.join().unwrap();
    assert_eq!(answer.status, 200);
    assert_eq!(answer.body.len(), PIECE * PIECES);
    for (number, echoed) in answer.body.chunks(PIECE).enumerate() {
        assert!(echoed == piece(number), "piece {number} came back as another");
    }
    assert_eq!(client.get("/page").ok(), "the page");
}

fn a_body_that_nobody_reads_does_not_disturb_the_next_request(runtime: Strategy) {
    let server = Server::start(runtime, app());
    let mut client = server.connect();
    client.send("POST /ignore HTTP/1.1\r\nHost: test\r\nContent-Length: 18\r\n\r\nGET / HTTP/1.1\r\n\r\n");
    client.ask("/page");
    assert_eq!(client.answer().ok(), "ignored");
    assert_eq!(client.answer().ok(), "the page");
}

fn an_answer_of_unknown_length_is_chunked(runtime: Strategy) {
    let server = Server::start(runtime, app());
    let mut client = server.connect();
    let answer = client.get("/parts");
    assert_eq!(answer.header("transfer-encoding"), Some("chunked"));
    assert_eq!(answer.header("content-length"), None);
    assert_eq!(answer.ok(), "one,two");
    assert_eq!(client.get("/page").ok(), "the page");
}

fn head_is_answered_as_get_without_the_body(runtime: Strategy) {
    let server = Server::start(runtime, app());
    let mut client = server.connect();
    for path in ["/page", "/parts", "/absent"] {
        client.send(format!("HEAD {path} HTTP/1.1\r\nHost: test\r\n\r\n"));
        let head = client.answer_to_head();
        let get = client.get(path);
        // hyper leaves out what `HEAD` may leave out (RFC 9110 section 9.3.2): that `GET` would be chunked.
        let may_differ = if speaks_our_http(runtime) { "date" } else { "date transfer-encoding" };
        let fields = |answer: Answer| -> Vec<(String, String)> {
            answer.headers.into_iter().filter(|(name, _)| !may_differ.contains(name.as_str())).collect()
        };
        assert_eq!(head.status, get.status);
        assert_eq!(fields(head), fields(get));
    }
}

fn no_content_has_neither_body_nor_length(runtime: Strategy) {
    let server = Server::start(runtime, app());
    let mut client = server.connect();
    let answer = client.get("/nothing");
    assert_eq!(answer.status, 204);
    assert_eq!(answer.header("content-length"), None);
    assert_eq!(answer.header("transfer-encoding"), None);
    assert_eq!(client.get("/page").ok(), "the page");
}

fn http_1_0_ends_with_its_answer(runtime: Strategy) {
    let server = Server::start(runtime, app());
    let mut client = server.connect();
    client.send("GET /page HTTP/1.0\r\n\r\n");
    assert_eq!(client.answer().ok(), "the page");
    client.assert_closed();
}

fn http_1_0_is_kept_alive_on_request(runtime: Strategy) {
    let server = Server::start(runtime, app());
    let mut client = server.connect();
    for _ in 0..3 {
        client.send("GET /page HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
        let answer = client.answer();
        assert_eq!(answer.ok(), "the page");
        assert_eq!(answer.header("connection"), Some("keep-alive"));
    }
}

fn a_stream_for_http_1_0_ends_with_the_connection(runtime: Strategy) {
    let server = Server::start(runtime, app());
    let mut client = server.connect();
    client.send("GET /parts HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    let answer = client.answer();
    assert_eq!(answer.header("transfer-encoding"), None);
    assert_eq!(answer.ok(), "one,two");
}

fn a_body_is_asked_for_with_100_continue(runtime: Strategy) {
    let server = Server::start(runtime, app());
    let mut client = server.connect();
    client.send("POST /length HTTP/1.1\r\nHost: test\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
    assert_eq!(client.head().status, 100);
    client.send("hello");
    assert_eq!(client.answer().ok(), "5");
    assert_eq!(client.get("/page").ok(), "the page");
}

fn a_body_that_nobody_wants_is_not_asked_for(runtime: Strategy) {
    let server = Server::start(runtime, app());
    let mut client = server.connect();
    client.send("POST /refuse HTTP/1.1\r\nHost: test\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
    let answer = client.answer();
    assert_eq!(answer.status, 403);
    // Whether the body follows after all is anybody's guess, so nothing can be read behind it.
    if speaks_our_http(runtime) {
        assert!(answer.is_the_last());
    }
    client.assert_closed();
}
