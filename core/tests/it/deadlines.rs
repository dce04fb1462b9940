use crate::wire::*;
use futures_util::FutureExt;
use http_body_util::BodyExt;
use polyserve_core::{
    Body, CloseReason, Handler, IntoResponse, Reply, Response, Want, handler_fn,
    time::{sleep, timeout},
};
use std::{sync::mpsc, time::Duration};

const JUST: Duration = Duration::from_millis(1);

fn never() -> impl Handler {
    asynchronous(|request| async {
        let _held = request;
        std::future::pending().await
    })
}

fn collecting() -> impl Handler {
    asynchronous(|request| async { request.into_body().bytes().await.into_response() })
}

/// The peer waits until just before the deadline, sees that nothing happens, and then until it.
fn expire(peer: &mut Peer, after: Duration) -> Want {
    assert_eq!(peer.due_in(), Some(after));
    let want = peer.wait(after - JUST);
    assert!(!matches!(want, Want::Close(_)) && !peer.half_closed, "too early: {want:?}");
    peer.wait(JUST)
}

#[test]
fn a_connection_that_sends_nothing_is_closed_without_a_word() {
    let mut peer = Peer::new(plain("x"));
    assert_eq!(peer.run(), Want::Read);
    assert_eq!(expire(&mut peer, seconds(5)), Want::Close(CloseReason::HeadTimeout));
    assert_eq!(peer.received(), "");
    assert_eq!(peer.connection.deadline(), None);
}

#[test]
fn a_head_that_takes_too_long_is_408_however_it_trickles() {
    let mut peer = Peer::new(plain("x"));
    for byte in b"GET / " {
        peer.send([*byte]);
        peer.wait(JUST);
    }
    assert_eq!(expire(&mut peer, seconds(5) - 6 * JUST), Want::Read, "it lingers");
    let text = peer.received();
    assert!(text.starts_with("HTTP/1.1 408 Request Timeout") && text.contains("Connection: close"), "{text}");
    assert_eq!(peer.close(), Want::Close(CloseReason::HeadTimeout));
}

#[test]
fn a_later_head_is_measured_from_its_first_byte() {
    let mut peer = Peer::new(plain("x"));
    peer.send(GET);
    peer.wait(seconds(60));
    assert_eq!(peer.due_in(), Some(seconds(15)), "of the 75 it may be idle");
    peer.send("G");
    expire(&mut peer, seconds(5));
    assert_eq!(peer.statuses(), [200, 408]);
}

#[test]
fn an_idle_connection_is_closed_without_a_word() {
    let mut peer = Peer::new(plain("x"));
    peer.send(GET);
    peer.received();
    assert_eq!(expire(&mut peer, seconds(75)), Want::Close(CloseReason::IdleTimeout));
    assert_eq!(peer.received(), "");
}

#[test]
fn each_request_starts_the_idle_time_anew() {
    let mut peer = Peer::new(plain("x"));
    for _ in 0..5 {
        peer.wait(seconds(4));
        assert_eq!(peer.send(GET), Want::Read);
        assert_eq!(peer.due_in(), Some(seconds(75)));
        assert_eq!(peer.wait(seconds(70)), Want::Read);
    }
}

#[test]
fn a_request_that_a_busy_host_finds_late_was_still_in_time() {
    for first in ["", GET] {
        let mut peer = Peer::new(plain("x"));
        peer.send(first);
        peer.received();
        // The loop was held for an hour; the bytes were in the kernel.
        peer.clock.advance(seconds(3600));
        peer.queue(GET);
        peer.connection.read_from(&mut peer.wire);
        assert_eq!(peer.run(), Want::Read);
        assert_eq!(peer.statuses(), [200]);
    }
    let mut peer = Peer::new(collecting());
    peer.send(&post("hello")[..post("hello").len() - 2]);
    peer.clock.advance(seconds(59));
    peer.queue("lo");
    peer.connection.read_from(&mut peer.wire);
    peer.run();
    assert_eq!(peer.statuses(), [200], "a body, too");
}

#[test]
fn a_body_that_stops_is_408_and_what_came_buys_time_at_the_minimum_rate() {
    let mut peer = Peer::new(collecting());
    let body = "x".repeat(10_000);
    peer.send(&post(&body)[..post(&body).len() - 9_000]);
    assert_eq!(peer.due_in(), Some(seconds(30)));
    assert_eq!(peer.wait(seconds(20)), Want::Read);
    peer.send("x");
    assert_eq!(peer.due_in(), Some(seconds(10) + 2 * JUST), "a byte is worth 2 ms");
    peer.send(vec![b'x'; 500]);
    assert_eq!(peer.due_in(), Some(seconds(11) + 2 * JUST), "500 bytes are worth a second");
    peer.send(vec![b'x'; 8_000]);
    assert_eq!(peer.due_in(), Some(seconds(27) + 2 * JUST));
    peer.wait(seconds(20));
    peer.send(vec![b'x'; 400]);
    expire(&mut peer, Duration::from_millis(7_802));
    assert_eq!(peer.statuses(), [408]);
    assert_eq!(peer.close(), Want::Close(CloseReason::BodyTimeout));
}

#[test]
fn a_body_below_the_minimum_rate_is_cut_off_when_it_is_its_time_behind() {
    for (bytes_a_second, cut_off) in [(1, Some(31)), (250, Some(59)), (500, None), (1000, None)] {
        let mut peer = Peer::new(collecting());
        let length = 200 * bytes_a_second;
        peer.send(format!("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: {length}\r\n\r\n"));
        let second = (1..=200).find(|_| {
            peer.wait(seconds(1));
            let gone = peer.wire.received.starts_with(b"HTTP/1.1 408 ");
            peer.send(vec![b'x'; bytes_a_second]);
            gone
        });
        assert_eq!(second, cut_off, "{bytes_a_second} bytes a second");
        assert_eq!(peer.statuses(), [if cut_off.is_some() { 408 } else { 200 }]);
    }
}

#[test]
fn without_a_minimum_rate_each_byte_starts_the_time_anew() {
    let mut peer = Peer::with(collecting(), |app| app.timeouts.body_rate = 0);
    peer.send(&post("hello")[..post("hello").len() - 4]);
    peer.wait(seconds(20));
    peer.send("e");
    expire(&mut peer, seconds(30));
    assert_eq!(peer.statuses(), [408]);
}

#[test]
fn an_upload_takes_none_of_the_handlers_time() {
    let mut peer = Peer::new(asynchronous(|request| async {
        let length = request.into_body().bytes().await.map_or(0, |body| body.len());
        sleep(seconds(50)).await;
        length.to_string().into_response()
    }));
    let body = "x".repeat(100_000);
    peer.send(&post(&body)[..post(&body).len() - 100_000]);
    for _ in 0..10 {
        // Ten times 20 s are more than the handler's 60.
        assert_eq!(peer.wait(seconds(20)), Want::Read);
        peer.send(vec![b'x'; 10_000]);
    }
    assert_eq!(peer.wait(seconds(50)), Want::Read);
    assert_eq!(peer.statuses(), [200]);
}

#[test]
fn a_body_that_nobody_asks_for_has_no_time() {
    let mut peer = Peer::new(asynchronous(|request| async {
        sleep(seconds(50)).await;
        request.into_body().bytes().await.into_response()
    }));
    assert_eq!(peer.send(&post("hello")[..post("hello").len() - 4]), Want::Wake);
    assert_eq!(peer.due_in(), Some(seconds(50)));
    assert_eq!(peer.wait(seconds(50)), Want::Read);
    assert_eq!(peer.due_in(), Some(seconds(30)), "now it is the client that is waited for");
    peer.send("ello");
    assert_eq!(peer.statuses(), [200]);
}

#[test]
fn a_reader_that_gave_up_is_not_waited_for() {
    let mut peer = Peer::new(asynchronous(|request| async {
        let mut body = Box::pin(request.into_body().bytes());
        let _ = timeout(seconds(1), body.as_mut()).await;
        drop(body);
        sleep(seconds(40)).await;
        "done".into_response()
    }));
    peer.send(&post("hello")[..post("hello").len() - 4]);
    assert_eq!(peer.wait(seconds(1)), Want::Wake);
    assert_eq!(peer.due_in(), Some(seconds(40)));
    peer.wait(seconds(40));
    assert_eq!(peer.statuses(), [200]);
}

#[test]
fn a_reader_elsewhere_that_gave_up_is_not_waited_for_either() {
    let (sender, receiver) = mpsc::channel();
    let mut peer = Peer::new(handler_fn(move |request| {
        sender.send(request.into_body()).unwrap();
        Reply::pending(async {
            sleep(seconds(50)).await;
            "done".into_response()
        })
    }));
    assert_eq!(peer.send(CHUNKED), Want::Wake);
    let mut body: Body = receiver.recv().unwrap();
    assert!(body.frame().now_or_never().is_none());
    assert_eq!(peer.run(), Want::Read, "somebody asked for the body");
    drop(body);
    assert_eq!(expire(&mut peer, seconds(30)), Want::Wake, "nobody does any more");
    peer.wait(seconds(20));
    assert_eq!(peer.statuses(), [200]);
}

#[test]
fn an_answer_that_waits_for_a_body_that_stops_is_cut_off() {
    let mut peer = Peer::new(handler_fn(|request| Reply::Ready(Response::new(request.into_body()))));
    peer.send(format!("{CHUNKED}1\r\na\r\n"));
    assert!(peer.received().ends_with("1\r\na\r\n"));
    assert_eq!(expire(&mut peer, seconds(30)), Want::Close(CloseReason::BodyTimeout));
    assert_eq!(peer.received(), "");
}

#[test]
fn an_answer_that_nobody_takes_ends_the_connection() {
    let mut peer = Peer::new(plain("hello"));
    peer.wire.room = 10;
    assert_eq!(peer.send(GET), Want::Write);
    assert_eq!(peer.due_in(), Some(seconds(30)));
    peer.wait(seconds(20));
    peer.wire.room = 1;
    assert_eq!(peer.run(), Want::Write);
    assert_eq!(expire(&mut peer, seconds(30)), Want::Close(CloseReason::WriteTimeout));
    assert_eq!(peer.wire.received.len(), 11);
}

/// A kernel says that a socket is writable when much of its buffer is free, not when a little is.
#[test]
fn a_slow_reader_is_found_by_one_more_write_when_its_time_is_up() {
    let mut peer = Peer::new(plain("x"));
    peer.wire.room = 10;
    peer.send(GET);
    for _ in 0..3 {
        assert_eq!(peer.due_in(), Some(seconds(30)));
        peer.wire.room = 10;
        assert_eq!(peer.wait(seconds(30)), Want::Write, "it took ten bytes");
    }
    assert_eq!(peer.wait(seconds(30)), Want::Close(CloseReason::WriteTimeout));
}

#[test]
fn a_handler_that_takes_too_long_is_dropped_and_answered_503() {
    let mut peer = Peer::new(never());
    assert_eq!(peer.send(GET), Want::Wake);
    expire(&mut peer, seconds(60));
    let text = peer.received();
    assert!(text.starts_with("HTTP/1.1 503") && text.contains("Connection: close"), "{text}");
    assert_eq!(peer.close(), Want::Close(CloseReason::HandlerTimeout));
}

#[test]
fn a_handler_that_is_ready_at_its_deadline_has_made_it() {
    let mut peer = Peer::new(asynchronous(|_| async {
        sleep(seconds(60)).await;
        "made it".into_response()
    }));
    peer.send(GET);
    peer.wait(seconds(60));
    assert_eq!(peer.statuses(), [200]);
}

#[test]
fn a_stream_may_take_its_time_once_the_head_is_out() {
    let mut peer = Peer::new(handler_fn(|_| {
        Reply::Ready(Response::new(Body::stream(|mut out| async move {
            for _ in 0..3 {
                sleep(seconds(1000)).await;
                out.send("tick").await;
            }
            Ok(())
        })))
    }));
    for _ in 0..3 {
        peer.send(if peer.wire.reads == 0 { GET } else { "" });
        assert_eq!(peer.due_in(), Some(seconds(1000)));
        assert_eq!(peer.wakes_in(), Some(seconds(1000)));
        peer.wait(seconds(1000));
    }
    assert!(peer.received().ends_with("0\r\n\r\n"));
}

#[test]
fn a_sleep_behind_a_full_output_does_not_make_the_host_spin() {
    let mut peer = Peer::new(handler_fn(|_| {
        Reply::Ready(Response::new(Body::stream(|mut out| async move {
            let heartbeat = sleep(seconds(1));
            let _ = futures_util::future::join(heartbeat, async {
                loop {
                    out.send(vec![b'x'; 9000]).await;
                }
            })
            .await;
            Ok(())
        })))
    }));
    peer.wire.room = 100;
    assert_eq!(peer.send(GET), Want::Write);
    assert_eq!(peer.due_in(), Some(seconds(30)), "nothing is polled before the peer takes some");
    assert_eq!(peer.wait(seconds(2)), Want::Write);
}

#[test]
fn a_drain_has_one_deadline_for_all_of_it() {
    let mut peer = Peer::new(plain("x"));
    peer.send(CHUNKED);
    for _ in 0..2 {
        assert_eq!(peer.wait(seconds(10)), Want::Read);
        peer.send("1\r\na\r\n");
    }
    assert_eq!(expire(&mut peer, seconds(10)), Want::Close(CloseReason::BodyTimeout));
    assert_eq!(peer.statuses(), [200]);
}

#[test]
fn a_peer_that_goes_on_sending_after_the_last_answer_is_dropped_in_the_end() {
    let mut peer = Peer::new(plain("x"));
    peer.send("nonsense\r\n\r\n");
    assert!(peer.half_closed);
    assert_eq!(peer.due_in(), Some(seconds(2)));
    peer.wait(seconds(1));
    assert_eq!(peer.send(vec![b'x'; 200_000]), Want::Read);
    assert_eq!(peer.due_in(), Some(seconds(1)), "what is thrown away is no progress");
    assert!(matches!(peer.wait(seconds(1)), Want::Close(CloseReason::BadRequest(_))));
}

#[test]
fn a_timeout_beyond_time_is_none() {
    let mut peer = Peer::with(never(), |app| {
        app.timeouts.head = Duration::MAX;
        app.timeouts.handler = Duration::MAX;
    });
    assert_eq!(peer.run(), Want::Read);
    assert_eq!(peer.due_in(), None);
    peer.send(GET);
    assert_eq!(peer.due_in(), None);
}
