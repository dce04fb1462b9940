use crate::wire::*;
use polyserve_core::{
    Body, CloseReason, Handler, IntoResponse, Reply, Response, Want, handler_fn, time::sleep,
};
use std::io::ErrorKind;

const RESET: Want = Want::Close(CloseReason::Io(ErrorKind::ConnectionReset));
const BROKE_OFF: Want = Want::Close(CloseReason::PeerBrokeOff);

fn collecting() -> impl Handler {
    asynchronous(|request| async { request.into_body().bytes().await.into_response() })
}

fn echo() -> impl Handler {
    handler_fn(|request| Reply::Ready(Response::new(request.into_body())))
}

/// A connection that wants to read, in each phase in which it does.
fn reading() -> Vec<(&'static str, Peer, Want)> {
    let half = &post("hello")[..post("hello").len() - 2];
    let with = |handler: Box<dyn Handler>, sent: &str| {
        let mut peer = Peer::new(handler);
        assert_eq!(peer.send(sent), Want::Read, "{sent:?}");
        peer
    };
    let closed = |reason| Want::Close(reason);
    vec![
        ("new", with(Box::new(plain("x")), ""), closed(CloseReason::PeerClosed)),
        ("idle", with(Box::new(plain("x")), GET), closed(CloseReason::PeerClosed)),
        ("in a head", with(Box::new(plain("x")), &GET[..9]), BROKE_OFF),
        ("in a body", with(Box::new(collecting()), half), BROKE_OFF),
        ("in a body that is echoed", with(Box::new(echo()), half), BROKE_OFF),
        ("in chunks", with(Box::new(collecting()), &format!("{CHUNKED}5\r\nhe")), BROKE_OFF),
        ("in trailers", with(Box::new(collecting()), &format!("{CHUNKED}0\r\nA: b\r\n")), BROKE_OFF),
        ("in a drain", with(Box::new(plain("x")), half), BROKE_OFF),
        (
            "in a linger",
            with(Box::new(plain("x")), &GET.replace("Host", "Hose")),
            closed(CloseReason::BadRequest(polyserve_core::RequestError::Host("it is missing"))),
        ),
    ]
}

#[test]
fn the_end_of_the_peers_side_is_understood_in_every_phase() {
    for (phase, mut peer, expected) in reading() {
        assert_eq!(peer.close(), expected, "{phase}");
        assert_eq!(peer.connection.deadline(), None, "{phase}");
    }
}

#[test]
fn a_read_error_ends_the_connection_in_every_phase() {
    for (phase, mut peer, reason) in reading() {
        peer.received();
        peer.wire.read_error = Some(ErrorKind::ConnectionReset);
        // In a linger the answer is out, and the reset is only how this peer closes.
        assert_eq!(peer.run(), if phase == "in a linger" { reason } else { RESET }, "{phase}");
        assert_eq!(peer.received(), "", "{phase}");
        assert_eq!(peer.connection.deadline(), None, "{phase}");
    }
}

#[test]
fn a_timed_out_read_is_no_error() {
    // What a blocking socket with a timeout says on some systems.
    for kind in [ErrorKind::TimedOut, ErrorKind::WouldBlock] {
        let mut peer = Peer::new(plain("x"));
        peer.wire.read_error = Some(kind);
        peer.poll();
        peer.connection.read_from(&mut peer.wire);
        assert_eq!(peer.poll(), Want::Read);
    }
}

#[test]
fn a_write_error_ends_the_connection_in_every_phase() {
    let stream = || {
        handler_fn(|_| {
            Reply::Ready(Response::new(Body::stream(|mut out| async move {
                out.send("x").await;
                sleep(seconds(1)).await;
                Ok(())
            })))
        })
    };
    let expecting = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n";
    let rows: Vec<(&str, Box<dyn Handler>, &str)> = vec![
        ("an answer", Box::new(plain("x")), GET),
        ("a stream", Box::new(stream()), GET),
        ("100 Continue", Box::new(collecting()), expecting),
        ("a refusal", Box::new(plain("x")), "nonsense\r\n\r\n"),
    ];
    for (phase, handler, request) in rows {
        let mut peer = Peer::new(handler);
        peer.wire.write_error = Some(ErrorKind::ConnectionReset);
        assert_eq!(peer.send(request), RESET, "{phase}");
        assert_eq!(peer.connection.deadline(), None, "{phase}");
    }
}

#[test]
fn a_socket_that_takes_nothing_is_an_error() {
    struct Full;
    impl std::io::Write for Full {
        fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
            Ok(0)
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let mut peer = Peer::new(plain("x"));
    peer.queue(GET);
    peer.poll();
    peer.connection.read_from(&mut peer.wire);
    assert_eq!(peer.poll(), Want::Write);
    peer.connection.write_to(&mut Full);
    assert_eq!(peer.poll(), Want::Close(CloseReason::Io(ErrorKind::WriteZero)));
}

#[test]
fn an_interrupted_call_is_tried_again() {
    struct Interrupted<'p>(bool, &'p mut Wire);
    impl std::io::Read for Interrupted<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            if std::mem::take(&mut self.0) { Err(ErrorKind::Interrupted.into()) } else { self.1.read(buffer) }
        }
    }
    let mut peer = Peer::new(plain("x"));
    peer.queue(GET);
    peer.poll();
    peer.connection.read_from(&mut Interrupted(true, &mut peer.wire));
    assert_eq!(peer.poll(), Want::Write);
}

#[test]
fn requests_before_the_end_are_answered_first() {
    let (text, end) = converse(plain("x"), format!("{GET}{GET}{}", &GET[..5]));
    assert_eq!(text.matches("200 OK").count(), 2);
    assert_eq!(end, BROKE_OFF);
}

#[test]
fn a_body_that_breaks_off_reaches_the_handler_as_an_error() {
    let mut peer = Peer::new(collecting());
    peer.send(&post("hello")[..post("hello").len() - 2]);
    assert_eq!(peer.close(), BROKE_OFF);
    assert_eq!(peer.statuses(), [400], "its answer goes to a client that may still read");
}

#[test]
fn an_echo_that_breaks_off_is_no_whole_answer() {
    let mut peer = Peer::new(echo());
    peer.send(format!("{CHUNKED}2\r\nab\r\n"));
    assert_eq!(peer.close(), BROKE_OFF);
    let text = peer.received();
    assert!(text.ends_with("2\r\nab\r\n"), "no last chunk: {text}");
}
