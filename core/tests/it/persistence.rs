use crate::wire::*;
use polyserve_core::{CloseReason, Reply, Want, handler_fn};

#[test]
fn a_connection_goes_on_as_version_and_field_say() {
    let rows = [
        ("1.1", "", "", Want::Read),
        ("1.1", "Connection: keep-alive\r\n", "", Want::Read),
        ("1.1", "Connection: close\r\n", "Connection: close\r\n", Want::Close(CloseReason::PeerAsked)),
        ("1.0", "", "Connection: close\r\n", Want::Close(CloseReason::PeerAsked)),
        ("1.0", "Connection: Keep-Alive\r\n", "Connection: keep-alive\r\n", Want::Read),
    ];
    for (version, asked, answered, expected) in rows {
        let mut peer = Peer::new(plain("x"));
        let want = peer.send(format!("GET / HTTP/{version}\r\nHost: a\r\n{asked}\r\n"));
        assert_eq!(want, expected, "{version} {asked}");
        let fields = "Content-Type: text/plain; charset=utf-8\r\nContent-Length: 1\r\n";
        assert_eq!(peer.received(), format!("HTTP/1.1 200 OK\r\n{fields}{answered}\r\nx"));
        assert!(!peer.half_closed, "a peer that was read to the end has nothing more to say");
        if want == Want::Read {
            assert!(peer.connection.is_idle());
            assert_eq!(peer.send(GET), Want::Read);
            assert_eq!(peer.statuses(), [200]);
        }
    }
}

#[test]
fn nothing_behind_the_last_request_is_answered() {
    let mut peer = Peer::new(plain("x"));
    peer.send(format!("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n{GET}"));
    assert_eq!(peer.statuses(), [200]);
    assert!(peer.half_closed, "what is still unread would reset the answer");
    assert_eq!(peer.close(), Want::Close(CloseReason::PeerAsked));
}

#[test]
fn a_thousand_pipelined_requests_are_answered_in_order_and_in_few_writes() {
    let handler = || {
        handler_fn(|request| {
            let path = request.uri().path().to_owned();
            // Every third handler waits for nothing, as an async function often does.
            match path.ends_with('3') {
                true => Reply::pending(async { polyserve_core::IntoResponse::into_response(path) }),
                false => Reply::from(path),
            }
        })
    };
    let requests: String = (0..1000).map(|n| format!("GET /{n} HTTP/1.1\r\nHost: a\r\n\r\n")).collect();
    let mut peer = Peer::new(handler());
    assert_eq!(peer.send(&requests), Want::Read);
    assert!(peer.wire.reads <= 3, "{} reads", peer.wire.reads);
    assert!(peer.wire.writes <= 4, "{} writes for 1000 answers", peer.wire.writes);
    let text = peer.received();
    let paths: Vec<&str> =
        text.split("HTTP/1.1 200 OK").skip(1).filter_map(|answer| answer.split("\r\n\r\n").nth(1)).collect();
    let expected: Vec<String> = (0..1000).map(|n| format!("/{n}")).collect();
    assert_eq!(paths, expected);
    assert!(peer.connection.is_idle());
}

#[test]
fn a_peer_that_does_not_read_its_answers_is_not_read_from() {
    let mut peer = Peer::new(handler_fn(|_| Reply::from(vec![b'x'; 10_000])));
    peer.wire.room = 0;
    for _ in 0..100 {
        peer.queue(GET.repeat(20));
    }
    assert_eq!(peer.run(), Want::Write);
    assert!(peer.wire.reads <= 2, "{} reads", peer.wire.reads);
    peer.wire.room = usize::MAX;
    assert_eq!(peer.run(), Want::Read);
    assert_eq!(peer.statuses().len(), 2000);
}

#[test]
fn the_last_request_of_a_connection_says_so() {
    let mut peer = Peer::with(plain("x"), |app| app.limits.requests = 2);
    assert_eq!(peer.send(GET), Want::Read);
    assert!(!peer.received().contains("Connection"));
    peer.send(GET);
    assert!(peer.received().contains("Connection: close"));
    assert_eq!(peer.close(), Want::Close(CloseReason::RequestLimit));
}

#[test]
fn empty_lines_between_requests_are_passed_over() {
    let mut peer = Peer::new(plain("x"));
    peer.send(format!("\r\n\r\n{GET}\r\n"));
    assert_eq!(peer.statuses(), [200]);
    assert!(peer.connection.is_idle(), "a stray line end begins no request");
    assert_eq!(peer.due_in(), Some(seconds(75)));
    peer.send(format!("\r\n{GET}"));
    assert_eq!(peer.statuses(), [200]);
}

#[test]
fn a_close_after_the_answer_is_the_peers() {
    let mut peer = Peer::new(plain("x"));
    assert_eq!(peer.send(GET), Want::Read);
    assert_eq!(peer.close(), Want::Close(CloseReason::PeerClosed));
    assert_eq!(peer.poll(), Want::Close(CloseReason::PeerClosed), "and it stays closed");
    assert_eq!(peer.connection.deadline(), None);
}
