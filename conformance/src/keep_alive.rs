//! Which requests share a connection, and what ends it.

use crate::facade::{Strategy, routes};
use crate::{
    checkpoint::Checkpoint,
    handlers::{hello, wait},
    server::{Server, speaks_our_http},
    state,
};

behaviours!(
    keep_alive:
    several_requests_share_a_connection,
    connection_close_is_honoured,
    a_request_is_answered_after_the_clients_half_close,
    a_client_that_leaves_is_not_missed,
    the_last_request_of_a_connection_is_told,
    a_connection_is_kept_while_others_wait_or_closed_for_them,
);

fn several_requests_share_a_connection(runtime: Strategy) {
    let server = Server::start(runtime, hello);
    let mut client = server.connect();
    for _ in 0..20 {
        let answer = client.get("/");
        assert_eq!(answer.ok(), "hello");
        assert!(!answer.is_the_last());
    }
}

fn connection_close_is_honoured(runtime: Strategy) {
    let server = Server::start(runtime, hello);
    let mut client = server.connect();
    assert_eq!(client.get("/hello").ok(), "hello");
    client.send("GET /hello HTTP/1.1\r\nHost: test\r\nConnection: Close\r\n\r\n");
    let answer = client.answer();
    assert_eq!(answer.ok(), "hello");
    assert!(answer.is_the_last());
    client.assert_closed();
}

fn a_request_is_answered_after_the_clients_half_close(runtime: Strategy) {
    let checkpoint = Checkpoint::new();
    let server = Server::start(runtime, state::with(checkpoint.clone(), routes![hello, wait]));
    let mut client = server.connect();
    client.ask("/hello");
    client.half_close();
    assert_eq!(client.answer().ok(), "hello");
    client.assert_closed();

    let mut client = server.connect();
    client.ask("/wait");
    client.half_close();
    checkpoint.await_arrivals(1);
    checkpoint.open();
    assert_eq!(client.answer().ok(), "waited");
    client.assert_closed();
}

fn a_client_that_leaves_is_not_missed(runtime: Strategy) {
    let checkpoint = Checkpoint::new();
    let server = Server::start(runtime, state::with(checkpoint.clone(), routes![hello, wait]));
    // In the middle of a head, in the middle of a body, and before its answer.
    server.connect().send("GET /hel");
    server.connect().send("POST /hello HTTP/1.1\r\nHost: test\r\nContent-Length: 5\r\n\r\nhe");
    let mut client = server.connect();
    client.ask("/wait");
    checkpoint.await_arrivals(1);
    drop(client);
    checkpoint.open();
    assert_eq!(server.get("/hello").ok(), "hello");
}

/// hyper has no bound on the requests of a connection.
fn the_last_request_of_a_connection_is_told(runtime: Strategy) {
    if !speaks_our_http(runtime) {
        return;
    }
    let server = Server::start_with(runtime, hello, |options| options.limits.requests = 3);
    let mut client = server.connect();
    assert!(!client.get("/").is_the_last());
    assert!(!client.get("/").is_the_last());
    assert!(client.get("/").is_the_last());
    client.assert_closed();
}

/// A runtime that talks with one client at a time keeps it only while nobody else waits.
fn a_connection_is_kept_while_others_wait_or_closed_for_them(runtime: Strategy) {
    let checkpoint = Checkpoint::new();
    let server = Server::start(runtime, state::with(checkpoint.clone(), routes![hello, wait]));
    let mut client = server.connect();
    client.ask("/wait");
    checkpoint.await_arrivals(1);
    let mut other = server.connect();
    other.ask("/hello");
    checkpoint.open();
    let answer = client.answer();
    assert_eq!(answer.ok(), "waited");
    if runtime.capabilities.keep_alive_under_contention {
        assert!(!answer.is_the_last());
        assert_eq!(client.get("/hello").ok(), "hello");
    } else {
        assert!(answer.is_the_last());
        client.assert_closed();
    }
    drop(client);
    assert_eq!(other.answer().ok(), "hello");
}
