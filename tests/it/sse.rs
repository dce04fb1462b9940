//! Server-sent events: each is sent when it happens, and silence does not look like an end.

use crate::{
    checkpoint::Checkpoint,
    server::Server,
    state::{self, State},
};
use polyserve::{HeaderMap, Sse, Strategy, handler, routes, sse::Event};
use std::time::Duration;

on_every_runtime!(
    an_event_arrives_before_the_next_is_sent,
    a_silent_stream_is_kept_alive,
    a_head_request_is_told_the_head_only,
);

/// Counts on from the last event that the client has seen.
#[handler(GET, "/events")]
fn counting(headers: HeaderMap, State(checkpoint): State<Checkpoint>) -> Sse {
    let seen = headers.get("last-event-id").and_then(|id| id.to_str().ok()?.parse::<u32>().ok());
    let first = seen.map_or(0, |seen| seen + 1);
    Sse::stream(move |mut events| async move {
        events.send(Event::data("one\ntwo").id(first.to_string())).await;
        checkpoint.pass().await;
        events.send(Event::data("three").event("last").id((first + 1).to_string())).await;
    })
    .without_keep_alive()
}

fn an_event_arrives_before_the_next_is_sent(runtime: Strategy) {
    let checkpoint = Checkpoint::new();
    let server = Server::start(runtime, state::with(checkpoint.clone(), routes![counting]));
    let mut client = server.connect();
    client.send("GET /events HTTP/1.1\r\nHost: test\r\nLast-Event-ID: 6\r\n\r\n");
    let head = client.head();
    assert_eq!(head.status, 200);
    assert_eq!(head.header("content-type"), Some("text/event-stream"));
    assert_eq!(head.header("cache-control"), Some("no-store"));
    assert_eq!(client.chunk(), b"id: 7\ndata: one\ndata: two\n\n");
    checkpoint.open();
    assert_eq!(client.chunk(), b"event: last\nid: 8\ndata: three\n\n");
    assert_eq!(client.chunk(), b"");
}

#[handler(GET, "/silence")]
fn silence(State(checkpoint): State<Checkpoint>) -> Sse {
    Sse::stream(|mut events| async move {
        checkpoint.pass().await;
        events.send(Event::data("at last")).await;
    })
    .keep_alive(Duration::from_millis(5))
}

fn a_silent_stream_is_kept_alive(runtime: Strategy) {
    let checkpoint = Checkpoint::new();
    let server = Server::start(runtime, state::with(checkpoint.clone(), routes![silence]));
    let mut client = server.connect_and_ask("/silence");
    assert_eq!(client.head().status, 200);
    assert_eq!(client.chunk(), b":\n\n");
    assert_eq!(client.chunk(), b":\n\n");
    checkpoint.open();
    let event = std::iter::repeat_with(|| client.chunk()).find(|chunk| chunk != b":\n\n");
    assert_eq!(event.as_deref(), Some(&b"data: at last\n\n"[..]));
    assert_eq!(client.chunk(), b"");
}

fn a_head_request_is_told_the_head_only(runtime: Strategy) {
    let server = Server::start(runtime, state::with(Checkpoint::new(), routes![silence]));
    let mut client = server.connect();
    client.send("HEAD /silence HTTP/1.1\r\nHost: test\r\n\r\n");
    let answer = client.answer_to_head();
    assert_eq!((answer.status, answer.header("content-type")), (200, Some("text/event-stream")));
}
