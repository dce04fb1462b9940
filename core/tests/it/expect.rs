use crate::wire::*;
use polyserve_core::{
    Body, CloseReason, Handler, IntoResponse, Reply, Response, Want, handler_fn, time::sleep,
};

const EXPECTING: &str = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n";
const CONTINUE: &str = "HTTP/1.1 100 Continue\r\n\r\n";

fn collecting() -> impl Handler {
    asynchronous(|request| async { request.into_body().bytes().await.into_response() })
}

#[test]
fn asking_for_the_body_is_what_sends_100_continue() {
    let mut peer = Peer::new(asynchronous(|request| async {
        sleep(seconds(1)).await;
        request.into_body().bytes().await.into_response()
    }));
    assert_eq!(peer.send(EXPECTING), Want::Wake);
    assert_eq!(peer.received(), "", "nobody has asked yet");
    assert_eq!(peer.wait(seconds(1)), Want::Read);
    assert_eq!(peer.received(), CONTINUE);
    peer.send("he");
    assert_eq!(peer.received(), "", "it is said once");
    assert_eq!(peer.send("llo"), Want::Read);
    assert!(peer.received().ends_with("Content-Length: 5\r\n\r\nhello"));
    assert!(peer.connection.is_idle());
}

#[test]
fn a_body_that_is_there_or_has_begun_needs_no_100_continue() {
    for sent in [1, 2, 5] {
        let mut peer = Peer::new(collecting());
        peer.send([EXPECTING, &"hello"[..sent]].concat());
        peer.send(&"hello"[sent..]);
        let text = peer.received();
        assert!(text.starts_with("HTTP/1.1 200 OK") && text.ends_with("hello"), "{sent} bytes: {text}");
    }
}

#[test]
fn http_1_0_knows_no_100_continue() {
    let mut peer = Peer::new(collecting());
    peer.send(EXPECTING.replace("1.1", "1.0"));
    assert_eq!(peer.received(), "");
    peer.send("hello");
    assert!(peer.received().starts_with("HTTP/1.1 200 OK"));
}

#[test]
fn an_answer_without_the_body_is_final_and_the_last() {
    let mut peer = Peer::new(plain("no, thanks"));
    assert_eq!(peer.send(EXPECTING), Want::Read);
    let text = peer.received();
    assert!(text.starts_with("HTTP/1.1 200 OK") && text.contains("Connection: close"), "{text}");
    assert!(peer.half_closed);
    assert_eq!(peer.close(), Want::Close(CloseReason::UnreadBody));
}

#[test]
fn a_body_whose_beginning_is_there_is_drained_like_any_other() {
    let mut peer = Peer::new(plain("no, thanks"));
    peer.send([EXPECTING, "he"].concat());
    assert!(!peer.received().contains("Connection"));
    peer.send(["llo", GET].concat());
    assert_eq!(peer.statuses(), [200]);
}

#[test]
fn a_refused_length_is_never_asked_for() {
    let mut peer = Peer::with(collecting(), |app| app.limits.body = 4);
    peer.send(EXPECTING);
    let text = peer.received();
    assert!(text.starts_with("HTTP/1.1 413") && text.contains("Connection: close"), "{text}");
}

#[test]
fn an_answer_made_of_the_body_comes_after_100_continue() {
    let mut peer = Peer::new(handler_fn(|request| Reply::Ready(Response::new(request.into_body()))));
    assert_eq!(peer.send(EXPECTING), Want::Read);
    assert_eq!(peer.received(), format!("{CONTINUE}HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"));
    assert_eq!(peer.send("hello"), Want::Read);
    assert_eq!(peer.received(), "hello");
    assert!(peer.connection.is_idle());
}

#[test]
fn an_answer_that_drops_the_body_unsent_asks_for_nothing() {
    let mut peer = Peer::new(handler_fn(|request| Reply::Ready(Response::new(request.into_body()))));
    peer.send(EXPECTING.replace("POST", "HEAD"));
    assert_eq!(peer.received(), "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\n");
}

#[test]
fn a_reader_that_gives_up_first_sends_nothing() {
    let mut peer = Peer::new(asynchronous(|request| async move {
        drop(request);
        sleep(seconds(1)).await;
        Response::new(Body::from("done"))
    }));
    assert_eq!(peer.send(EXPECTING), Want::Wake);
    peer.wait(seconds(1));
    assert!(peer.received().starts_with("HTTP/1.1 200 OK"));
}

#[test]
fn the_interim_answer_stands_behind_the_pipelined_ones_before_it() {
    let mut peer = Peer::new(handler_fn(|request| match request.method().as_str() {
        "GET" => Reply::from("x"),
        _ => Reply::pending(async { request.into_body().bytes().await.into_response() }),
    }));
    peer.send([GET, EXPECTING].concat());
    assert_eq!(peer.statuses(), [200, 100]);
    peer.send("hello");
    assert_eq!(peer.statuses(), [200]);
}
