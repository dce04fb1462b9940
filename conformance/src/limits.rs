//! Requests that are larger than allowed. What the head may hold is in the table of `wire`.

use crate::facade::{Body, Bytes, Router, ServeOptions, Strategy, handler, routes};
use crate::server::{Server, speaks_our_http};

behaviours!(
    limits:
    a_declared_body_above_the_limit_is_refused_before_it_comes,
    a_chunked_body_is_refused_when_it_passes_the_limit,
    a_body_of_just_the_limit_is_taken,
    a_body_that_is_read_in_pieces_has_no_limit,
    an_unread_body_above_the_limit_ends_the_connection,
    the_limits_of_the_head_can_be_set,
);

#[handler(POST, "/length")]
fn length(body: Bytes) -> String {
    body.len().to_string()
}

#[handler(POST, "/echo")]
fn echo(body: Body) -> Body {
    body
}

#[handler(POST, "/ignore")]
fn ignore() -> &'static str {
    "ignored"
}

fn app() -> Router {
    routes![length, echo, ignore]
}

fn ten_bytes_of_body(options: &mut ServeOptions) {
    options.limits.body = 10;
}

fn a_declared_body_above_the_limit_is_refused_before_it_comes(runtime: Strategy) {
    let server = Server::start_with(runtime, app(), ten_bytes_of_body);
    let mut client = server.connect();
    client.send("POST /length HTTP/1.1\r\nHost: test\r\nContent-Length: 11\r\n\r\n");
    let answer = client.answer();
    assert_eq!(answer.status, 413);
    assert_eq!(answer.text(), "413 Payload Too Large: the body is larger than the limit of 10 bytes\n");
}

fn a_chunked_body_is_refused_when_it_passes_the_limit(runtime: Strategy) {
    let server = Server::start_with(runtime, app(), ten_bytes_of_body);
    let mut client = server.connect();
    client.send("POST /length HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n");
    client.send("6\r\nhello \r\n");
    client.send("5\r\nworld\r\n");
    assert_eq!(client.answer().status, 413);
}

fn a_body_of_just_the_limit_is_taken(runtime: Strategy) {
    let server = Server::start_with(runtime, app(), ten_bytes_of_body);
    let mut client = server.connect();
    client.send("POST /length HTTP/1.1\r\nHost: test\r\nContent-Length: 10\r\n\r\n");
    client.send("0123456789");
    assert_eq!(client.answer().ok(), "10");
}

fn a_body_that_is_read_in_pieces_has_no_limit(runtime: Strategy) {
    let server = Server::start_with(runtime, app(), ten_bytes_of_body);
    let mut client = server.connect();
    client.send("POST /echo HTTP/1.1\r\nHost: test\r\nContent-Length: 26\r\n\r\n");
    client.send("abcdefghijklmnopqrstuvwxyz");
    assert_eq!(client.answer().ok(), "abcdefghijklmnopqrstuvwxyz");
}

/// What nobody wants is read away for the sake of the next request, but not for ever. hyper reads away what has
/// come already, and nothing else.
fn an_unread_body_above_the_limit_ends_the_connection(runtime: Strategy) {
    if !speaks_our_http(runtime) {
        return;
    }
    let server = Server::start_with(runtime, app(), |options| options.limits.drain = 10);
    let mut client = server.connect();
    client.send("POST /ignore HTTP/1.1\r\nHost: test\r\nContent-Length: 10\r\n\r\n");
    assert_eq!(client.answer().ok(), "ignored");
    client.send("0123456789");
    client.send("POST /ignore HTTP/1.1\r\nHost: test\r\nContent-Length: 11\r\n\r\n");
    let answer = client.answer();
    assert_eq!(answer.ok(), "ignored");
    assert!(answer.is_the_last());
    client.assert_closed();
}

/// hyper has its own idea of the size of a head, and no limit on the target.
fn the_limits_of_the_head_can_be_set(runtime: Strategy) {
    let server = Server::start_with(runtime, app(), |options| {
        options.limits.head = 200;
        if speaks_our_http(runtime) {
            options.limits.target = 100;
        }
        options.limits.headers = 3;
    });
    let status = |target: &str, fields: &str| {
        let mut client = server.connect();
        client.send(format!("GET {target} HTTP/1.1\r\nHost: test\r\n{fields}\r\n"));
        client.answer().status
    };
    assert_eq!(status("/", "A: b\r\nC: d\r\n"), 404);
    assert_eq!(status("/", "A: b\r\nC: d\r\nE: f\r\n"), 431);
    if speaks_our_http(runtime) {
        assert_eq!(status("/", &format!("A: {}\r\n", "a".repeat(200))), 431);
        assert_eq!(status(&format!("/{}", "a".repeat(100)), ""), 414);
    }
}
