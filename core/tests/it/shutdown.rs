use crate::wire::*;
use polyserve_core::{
    Body, CloseReason, Handler, IntoResponse, Reply, Response, Want, handler_fn, time::sleep,
};

const SHUTDOWN: Want = Want::Close(CloseReason::Shutdown);

fn sleeping() -> impl Handler {
    asynchronous(|_| async {
        sleep(seconds(1)).await;
        "slept".into_response()
    })
}

#[test]
fn an_idle_connection_closes_at_once() {
    for before in ["", GET] {
        let mut peer = Peer::new(plain("x"));
        peer.send(before);
        peer.received();
        assert!(peer.connection.is_idle());
        peer.connection.shut_down();
        assert_eq!(peer.run(), SHUTDOWN);
        assert_eq!(peer.received(), "");
    }
}

#[test]
fn a_head_that_has_begun_is_waited_for_and_answered() {
    let mut peer = Peer::new(plain("x"));
    peer.send(&GET[..10]);
    assert!(!peer.connection.is_idle());
    peer.connection.shut_down();
    assert_eq!(peer.run(), Want::Read);
    assert_eq!(peer.due_in(), Some(seconds(5)));
    peer.send(&GET[10..]);
    assert!(peer.received().contains("Connection: close"));
    assert_eq!(peer.close(), SHUTDOWN);
}

#[test]
fn a_request_that_arrived_just_before_is_answered() {
    let mut peer = Peer::new(plain("x"));
    peer.run();
    peer.queue(GET);
    // The host's one last read.
    peer.connection.read_from(&mut peer.wire);
    peer.connection.shut_down();
    peer.run();
    assert!(peer.received().contains("200 OK"));
}

#[test]
fn a_handler_at_work_finishes_and_what_is_pipelined_behind_it_is_not_begun() {
    let mut peer = Peer::new(sleeping());
    assert_eq!(peer.send(format!("{GET}{GET}")), Want::Wake);
    peer.connection.shut_down();
    assert_eq!(peer.run(), Want::Wake);
    assert_eq!(peer.wait(seconds(1)), Want::Read, "it lingers");
    let text = peer.received();
    assert!(text.contains("Connection: close") && text.matches("200 OK").count() == 1, "{text}");
    assert!(peer.half_closed);
    assert_eq!(peer.close(), SHUTDOWN);
}

#[test]
fn a_stream_runs_to_its_end() {
    let mut peer = Peer::new(handler_fn(|_| {
        Reply::Ready(Response::new(Body::stream(|mut out| async move {
            for part in ["one", "two"] {
                out.send(part).await;
                sleep(seconds(1)).await;
            }
            Ok(())
        })))
    }));
    peer.send(format!("{GET}{GET}"));
    peer.connection.shut_down();
    peer.wait(seconds(1));
    peer.wait(seconds(1));
    let text = peer.received();
    assert!(text.ends_with("0\r\n\r\n") && text.matches("200 OK").count() == 1, "{text}");
    assert_eq!(peer.close(), SHUTDOWN);
}

#[test]
fn answers_that_are_on_their_way_out_still_arrive() {
    let mut peer = Peer::new(plain("x"));
    peer.wire.room = 10;
    assert_eq!(peer.send(GET), Want::Write);
    assert!(!peer.connection.is_idle());
    peer.connection.shut_down();
    assert_eq!(peer.run(), Want::Write);
    peer.wire.room = usize::MAX;
    assert_eq!(peer.run(), SHUTDOWN);
    assert_eq!(peer.statuses(), [200]);
}

#[test]
fn a_body_that_nobody_reads_is_not_waited_for() {
    let mut peer = Peer::new(plain("x"));
    assert_eq!(peer.send(CHUNKED), Want::Read);
    peer.connection.shut_down();
    peer.run();
    assert!(peer.half_closed);
    assert_eq!(peer.close(), SHUTDOWN);
}

#[test]
fn an_upload_in_flight_is_read_to_its_end() {
    let mut peer =
        Peer::new(asynchronous(|request| async { request.into_body().bytes().await.into_response() }));
    peer.send(&post("hello")[..post("hello").len() - 2]);
    peer.connection.shut_down();
    assert_eq!(peer.run(), Want::Read);
    peer.send("lo");
    assert!(peer.received().ends_with("hello"));
}

#[test]
fn the_last_answer_is_followed_by_a_half_close_and_a_linger() {
    let mut peer = Peer::new(plain("x"));
    peer.queue("nonsense\r\n\r\n");
    peer.queue(vec![b'x'; 100_000]);
    let mut order = Vec::new();
    let end = loop {
        let want = peer.poll();
        order.push(want);
        match want {
            Want::Read if peer.wire.unread() > 0 => {
                peer.connection.read_from(&mut peer.wire);
            }
            Want::Read => {
                peer.wire.ended = true;
                peer.connection.read_from(&mut peer.wire);
            }
            Want::Write => {
                peer.connection.write_to(&mut peer.wire);
            }
            Want::HalfClose => {}
            want => break want,
        }
    };
    order.dedup();
    assert_eq!(order, [Want::Read, Want::Write, Want::HalfClose, Want::Read, end]);
    assert_eq!(peer.wire.unread(), 0, "all was read, so nothing resets the answer");
    assert!(matches!(end, Want::Close(CloseReason::BadRequest(_))));
}

#[test]
fn a_peer_that_has_closed_its_side_already_is_not_lingered_for() {
    let (text, end) = converse(plain("x"), "nonsense\r\n\r\n");
    assert!(text.starts_with("HTTP/1.1 400"));
    assert!(matches!(end, Want::Close(CloseReason::BadRequest(_))));
    let mut peer = Peer::new(sleeping());
    peer.queue(GET.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n"));
    peer.wire.ended = true;
    peer.run();
    assert_eq!(peer.wait(seconds(1)), Want::Close(CloseReason::PeerAsked));
    assert!(peer.received().ends_with("slept"), "a half-closed client gets its answer");
}
