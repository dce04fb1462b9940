//! Many requests in one write: all are answered, in their order.

use crate::facade::{Body, Router, Strategy, handler, routes, time::sleep};
use crate::{client::Client, server::Server};
use std::{io::Write, thread, time::Duration};

behaviours!(
    pipelining:
    a_thousand_requests_are_answered_in_order,
    sleeping_handlers_among_them_keep_the_order,
    requests_with_bodies_are_told_apart,
    what_follows_the_last_request_is_not_answered,
);

#[handler(GET, "/number/{n}")]
fn number(n: u32) -> String {
    n.to_string()
}

#[handler(GET, "/sleepy/{n}")]
async fn sleepy(n: u32) -> String {
    sleep(Duration::from_millis(1)).await;
    n.to_string()
}

#[handler(GET, "/parts/{n}")]
fn parts(n: u32) -> Body {
    Body::stream(move |mut out| async move {
        for digit in n.to_string().chars() {
            out.send(digit.to_string()).await;
        }
        Ok(())
    })
}

#[handler(POST, "/echo")]
fn echo(body: String) -> String {
    body
}

fn app() -> Router {
    routes![number, sleepy, parts, echo]
}

/// Writes everything at once, beside the reading: neither side may have to wait for the other's buffers.
fn send_at_once(client: &Client, requests: String) {
    let mut stream = client.stream().try_clone().unwrap();
    thread::spawn(move || stream.write_all(requests.as_bytes()).unwrap());
}

fn get(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: test\r\n\r\n")
}

fn a_thousand_requests_are_answered_in_order(runtime: Strategy) {
    let server = Server::start(runtime, app());
    let mut client = server.connect();
    send_at_once(&client, (0..1000).map(|n| get(&format!("/number/{n}"))).collect());
    for n in 0..1000 {
        assert_eq!(client.answer().ok(), n.to_string());
    }
}

fn sleeping_handlers_among_them_keep_the_order(runtime: Strategy) {
    let server = Server::start(runtime, app());
    let mut client = server.connect();
    let path = |n: u32| match n % 10 {
        3 => format!("/sleepy/{n}"),
        7 => format!("/parts/{n}"),
        _ => format!("/number/{n}"),
    };
    send_at_once(&client, (0..1000).map(|n| get(&path(n))).collect());
    for n in 0..1000 {
        assert_eq!(client.answer().ok(), n.to_string());
    }
}

fn requests_with_bodies_are_told_apart(runtime: Strategy) {
    let server = Server::start(runtime, app());
    let mut client = server.connect();
    let request = |n: u32| match n % 3 {
        0 => get(&format!("/number/{n}")),
        1 => {
            let body = n.to_string();
            let length = body.len();
            format!("POST /echo HTTP/1.1\r\nHost: test\r\nContent-Length: {length}\r\n\r\n{body}")
        }
        _ => format!(
            "POST /echo HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n{n:04}\r\n0\r\n\r\n"
        ),
    };
    send_at_once(&client, (0..300).map(request).collect());
    for n in 0..300 {
        assert_eq!(client.answer().ok().parse(), Ok(n));
    }
}

fn what_follows_the_last_request_is_not_answered(runtime: Strategy) {
    let server = Server::start(runtime, app());
    let mut client = server.connect();
    let last = "GET /number/2 HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n";
    client.send([&get("/number/1"), last, &get("/number/3")].concat());
    assert_eq!(client.answer().ok(), "1");
    assert_eq!(client.answer().ok(), "2");
    client.assert_turned_away();
}
