//! Clients and handlers that take too long. What is waited for here is the timeout itself, by a read.

use crate::facade::{Bytes, Strategy, handler, routes, time::sleep};
use crate::{
    client::Client,
    server::{Server, speaks_our_http},
};
use std::{
    future::pending,
    io::{ErrorKind, Read, Write},
    time::Duration,
};

behaviours!(
    timeouts:
    a_head_that_does_not_end_is_cut_off,
    a_head_that_drips_is_cut_off,
    a_client_that_never_speaks_is_cut_off,
    an_idle_connection_is_closed,
    a_body_that_stops_arriving_is_cut_off,
    a_handler_that_takes_too_long_is_given_up,
);

/// Short for a test, and long enough for a client that is in time on a busy machine.
const SHORT: Duration = Duration::from_millis(250);

#[handler(GET, "/hello")]
fn hello() -> &'static str {
    "hello"
}

#[handler(POST, "/length")]
fn length(body: Bytes) -> String {
    body.len().to_string()
}

/// 408 and the end; hyper closes without a word.
fn assert_timed_out(runtime: Strategy, client: &mut Client) {
    if speaks_our_http(runtime) {
        let answer = client.answer();
        assert_eq!(answer.status, 408);
        assert!(answer.is_the_last());
    }
    client.assert_closed();
}

fn a_head_that_does_not_end_is_cut_off(runtime: Strategy) {
    let server = Server::start_with(runtime, hello, |options| options.timeouts.head = SHORT);
    let mut client = server.connect();
    client.send("GET /hello HTTP/1.1\r\nHost: te");
    assert_timed_out(runtime, &mut client);
    assert_eq!(server.get("/hello").ok(), "hello");
}

/// Each byte is one more, but the time is that of the whole head.
fn a_head_that_drips_is_cut_off(runtime: Strategy) {
    const DRIPS: usize = 1000;
    let server = Server::start_with(runtime, hello, |options| options.timeouts.head = SHORT);
    let client = server.connect();
    let mut stream = client.stream();
    stream.set_read_timeout(Some(SHORT / 10)).unwrap();
    stream.write_all(b"GET /hello HTTP/1.1\r\nX: ").unwrap();
    let mut answer = Vec::new();
    for _ in 0..DRIPS {
        // A byte that meets a closed connection is an answer, too.
        let sent = stream.write_all(b"x");
        match stream.read_to_end(&mut answer) {
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                if sent.is_ok() && answer.is_empty() {
                    continue;
                }
            }
            Ok(_) | Err(_) => {}
        }
        let expected: &[u8] = if speaks_our_http(runtime) { b"HTTP/1.1 408 " } else { b"" };
        assert!(answer.starts_with(expected), "{:?}", String::from_utf8_lossy(&answer));
        return;
    }
    panic!("a head that drips is waited for without end");
}

fn a_client_that_never_speaks_is_cut_off(runtime: Strategy) {
    let server = Server::start_with(runtime, hello, |options| options.timeouts.head = SHORT);
    // There is nothing to answer, so there is no answer.
    server.connect().assert_closed();
}

fn an_idle_connection_is_closed(runtime: Strategy) {
    let server = Server::start_with(runtime, hello, |options| {
        // hyper has one timer for both.
        if speaks_our_http(runtime) {
            options.timeouts.idle = SHORT;
        } else {
            options.timeouts.head = SHORT;
        }
    });
    let mut client = server.connect();
    assert_eq!(client.get("/hello").ok(), "hello");
    client.assert_closed();
    assert_eq!(server.get("/hello").ok(), "hello");
}

/// hyper has no timer for bodies: there the handler's own deadline is the bound.
fn a_body_that_stops_arriving_is_cut_off(runtime: Strategy) {
    let server = Server::start_with(runtime, routes![hello, length], |options| {
        if speaks_our_http(runtime) {
            options.timeouts.body = SHORT;
        } else {
            options.timeouts.handler = SHORT;
        }
    });
    let mut client = server.connect();
    client.send("POST /length HTTP/1.1\r\nHost: test\r\nContent-Length: 5\r\n\r\nabc");
    let answer = client.answer();
    assert_eq!(answer.status, if speaks_our_http(runtime) { 408 } else { 503 });
    assert!(answer.is_the_last());
    client.assert_closed();
    assert_eq!(server.get("/hello").ok(), "hello");
}

#[handler(GET, "/never")]
async fn never() -> &'static str {
    pending().await
}

#[handler(GET, "/asleep")]
async fn asleep() -> &'static str {
    sleep(Duration::from_secs(3600)).await;
    "an hour later"
}

fn a_handler_that_takes_too_long_is_given_up(runtime: Strategy) {
    let server = Server::start_with(runtime, routes![hello, never, asleep], |options| {
        options.timeouts.handler = SHORT;
    });
    for path in ["/never", "/asleep"] {
        let mut client = server.connect();
        let answer = client.get(path);
        assert_eq!(answer.status, 503);
        assert!(answer.is_the_last());
        client.assert_closed();
    }
    assert_eq!(server.get("/hello").ok(), "hello");
}
