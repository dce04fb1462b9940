//! Clients and handlers that take too long. What is waited for here is the timeout itself, by a read.

use crate::facade::{Bytes, Strategy, handler, routes, time::sleep};
use crate::{
    client::{Client, DEADLINE},
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
    a_body_that_drips_is_cut_off,
    an_upload_takes_none_of_the_handlers_time,
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

/// 408 and the end.
fn assert_timed_out(client: &mut Client) {
    let answer = client.answer();
    assert_eq!(answer.status, 408);
    assert!(answer.is_the_last());
    client.assert_closed();
}

fn a_head_that_does_not_end_is_cut_off(runtime: Strategy) {
    let server = Server::start_with(runtime, hello, |options| options.timeouts.head = SHORT);
    let mut client = server.connect();
    client.send("GET /hello HTTP/1.1\r\nHost: te");
    assert_timed_out(&mut client);
    assert_eq!(server.get("/hello").ok(), "hello");
}

/// Each byte is one more, but the time is that of the whole head.
fn a_head_that_drips_is_cut_off(runtime: Strategy) {
    let server = Server::start_with(runtime, hello, |options| options.timeouts.head = SHORT);
    let client = server.connect();
    let mut stream = client.stream();
    stream.set_read_timeout(Some(SHORT / 10)).unwrap();
    stream.write_all(b"GET /hello HTTP/1.1\r\nX: ").unwrap();
    assert!(drip(&mut stream).starts_with("HTTP/1.1 408 "));
}

/// Sends byte after byte, one for each of the socket's read timeouts, until there is an answer.
fn drip(stream: &mut (impl Read + Write)) -> String {
    const DRIPS: usize = 900;
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
        return String::from_utf8_lossy(&answer).into_owned();
    }
    panic!("what drips is waited for without end");
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

fn a_body_that_stops_arriving_is_cut_off(runtime: Strategy) {
    let server = Server::start_with(runtime, routes![hello, length], |options| options.timeouts.body = SHORT);
    let mut client = server.connect();
    client.send("POST /length HTTP/1.1\r\nHost: test\r\nContent-Length: 5\r\n\r\nabc");
    assert_timed_out(&mut client);
    assert_eq!(server.get("/hello").ok(), "hello");
}

/// A byte now and then is no progress to speak of.
fn a_body_that_drips_is_cut_off(runtime: Strategy) {
    let server = Server::start_with(runtime, length, |options| options.timeouts.body = SHORT);
    let client = server.connect();
    let mut stream = client.stream();
    stream.set_read_timeout(Some(SHORT / 10)).unwrap();
    stream.write_all(b"POST /length HTTP/1.1\r\nHost: test\r\nContent-Length: 1000\r\n\r\n").unwrap();
    assert!(drip(&mut stream).starts_with("HTTP/1.1 408 "));
}

/// The time that an upload takes is not the handler's.
fn an_upload_takes_none_of_the_handlers_time(runtime: Strategy) {
    const DRIPS: usize = 15;
    let server = Server::start_with(runtime, length, |options| {
        options.timeouts.handler = SHORT;
        options.timeouts.body_rate = 0;
    });
    let client = server.connect();
    let mut stream = client.stream();
    stream.set_read_timeout(Some(SHORT / 10)).unwrap();
    write!(stream, "POST /length HTTP/1.1\r\nHost: test\r\nContent-Length: {DRIPS}\r\n\r\n").unwrap();
    for _ in 0..DRIPS {
        let early = stream.read(&mut [0; 100]).unwrap_err();
        assert!(matches!(early.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut), "{early}");
        stream.write_all(b"x").unwrap();
    }
    stream.set_read_timeout(Some(DEADLINE)).unwrap();
    let mut answer = [0; 15];
    stream.read_exact(&mut answer).unwrap();
    assert_eq!(&answer, b"HTTP/1.1 200 OK");
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
