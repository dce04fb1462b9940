use crate::wire::*;
use futures_util::stream;
use polyserve_core::{
    Handler, IntoResponse, Want, handler_fn,
    sse::{Event, Sse},
    time::sleep,
};
use std::time::Duration;

fn serving(events: impl Fn() -> Sse + Send + Sync + 'static) -> impl Handler {
    handler_fn(move |_| events().into())
}

/// An event at once, another after 40 s, then the end.
fn two() -> Sse {
    Sse::stream(|mut events| async move {
        events.send(Event::data("one")).await;
        sleep(seconds(40)).await;
        events.send(Event::data("two").id("2")).await;
    })
}

#[test]
fn an_event_is_sent_before_the_next_is_waited_for() {
    let mut peer = Peer::new(serving(|| two().without_keep_alive()));
    assert_eq!(peer.send(GET), Want::Wake);
    let text = peer.received();
    assert!(text.contains("Content-Type: text/event-stream\r\n"), "{text}");
    assert!(text.contains("Cache-Control: no-store\r\n"), "{text}");
    assert!(text.ends_with("\r\n\r\nb\r\ndata: one\n\n\r\n"), "{text}");
    assert_eq!(peer.wakes_in(), Some(seconds(40)));
    assert_eq!(peer.wait(seconds(40)), Want::Read);
    assert_eq!(peer.received(), "11\r\nid: 2\ndata: two\n\n\r\n0\r\n\r\n");
    assert_eq!(peer.waker.count(), 0, "nobody but the clock had to wake the host");
}

const COMMENT: &str = "3\r\n:\n\n\r\n";

#[test]
fn a_silent_stream_is_kept_alive_every_15_seconds() {
    let mut peer = Peer::new(serving(two));
    peer.send(GET);
    peer.received();
    assert_eq!(peer.wakes_in(), Some(seconds(15)));
    peer.wait(seconds(14));
    assert_eq!(peer.received(), "");
    peer.wait(seconds(1));
    assert_eq!(peer.received(), COMMENT);
    peer.wait(seconds(15));
    assert_eq!(peer.received(), COMMENT);
    assert_eq!(peer.wakes_in(), Some(seconds(10)));
    assert_eq!(peer.wait(seconds(10)), Want::Read);
    assert!(peer.received().ends_with("data: two\n\n\r\n0\r\n\r\n"));
    assert_eq!(peer.wakes_in(), None);
}

#[test]
fn the_silence_is_counted_from_the_last_event() {
    let mut peer = Peer::new(serving(|| {
        Sse::stream(|mut events| async move {
            for _ in 0..3 {
                sleep(seconds(3)).await;
                events.send(Event::data("")).await;
            }
            sleep(seconds(60)).await;
        })
        .keep_alive(seconds(4))
    }));
    peer.send(GET);
    for _ in 0..3 {
        peer.received();
        peer.wait(seconds(3));
        assert!(peer.received().contains("data: "));
    }
    assert_eq!(peer.wakes_in(), Some(seconds(4)));
    peer.wait(seconds(4));
    assert_eq!(peer.received(), COMMENT);
}

#[test]
fn the_head_does_not_wait_for_an_event() {
    let mut peer = Peer::new(serving(|| Sse::new(stream::pending())));
    assert_eq!(peer.send(GET), Want::Wake);
    assert!(peer.received().starts_with("HTTP/1.1 200 OK\r\n"));
}

#[test]
fn a_stream_of_events_is_sent_to_its_end() {
    let (text, _) = converse(serving(|| Sse::new(stream::iter(["a", "b"].map(Event::data)))), GET);
    assert!(text.ends_with("9\r\ndata: a\n\n\r\n9\r\ndata: b\n\n\r\n0\r\n\r\n"), "{text}");
}

#[test]
fn a_head_request_is_told_the_head_only() {
    let (text, _) = converse(serving(two), "HEAD / HTTP/1.1\r\nHost: a\r\n\r\n");
    assert!(text.contains("Content-Type: text/event-stream\r\n"), "{text}");
    assert!(text.ends_with("\r\n\r\n") && !text.contains("data:"), "{text}");
}

#[test]
fn a_keep_alive_of_no_time_leaves_the_host_some() {
    let mut peer = Peer::new(serving(|| Sse::new(stream::pending()).keep_alive(Duration::ZERO)));
    peer.send(GET);
    assert_eq!(peer.wakes_in(), Some(Duration::from_millis(1)));
}

#[test]
fn without_a_host_there_is_no_keep_alive_and_no_panic() {
    use http_body::Body as _;
    let mut cx = std::task::Context::from_waker(std::task::Waker::noop());
    let mut silent = Sse::new(stream::pending()).into_response().into_body();
    assert!(std::pin::Pin::new(&mut silent).poll_frame(&mut cx).is_pending());
}
