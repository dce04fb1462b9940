use crate::wire::*;
use bytes::Bytes;
use http_body::{Body as HttpBody, Frame, SizeHint};
use polyserve_core::{
    Body, CloseReason, Handler, IntoResponse, Reply, Request, Response, Want, handler_fn, time::sleep,
};
use std::{
    convert::Infallible,
    panic,
    pin::Pin,
    task::{Context, Poll},
};

/// Panics when it is dropped, unless something panics already.
struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            panic!("dropped");
        }
    }
}

/// A body that panics where it is told to.
struct Mine(&'static str, Bomb);

impl HttpBody for Mine {
    type Data = Bytes;
    type Error = Infallible;
    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        assert_ne!(self.0, "frame");
        Poll::Ready(None)
    }
    fn size_hint(&self) -> SizeHint {
        assert_ne!(self.0, "size");
        SizeHint::default()
    }
}

struct BombFuture(Bomb, Option<Response>);

impl Future for BombFuture {
    type Output = Response;
    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Response> {
        self.1.take().map_or(Poll::Pending, Poll::Ready)
    }
}

fn answered(handler: impl Handler, request: &str) -> (Vec<u16>, Want) {
    let mut peer = Peer::new(handler);
    peer.send(request);
    let end = peer.close();
    (peer.statuses(), end)
}

const PANICKED: Want = Want::Close(CloseReason::HandlerPanicked);

#[test]
fn a_panic_before_the_answer_is_500_and_the_last_answer() {
    let twice = &format!("{GET}{GET}");
    let in_call = handler_fn(|_| panic!("in the call"));
    assert_eq!(answered(in_call, twice), (vec![500], PANICKED));
    let in_future = asynchronous(|_| async {
        std::future::ready(()).await;
        panic!("in the future")
    });
    assert_eq!(answered(in_future, twice), (vec![500], PANICKED));
    let in_size = handler_fn(|_| Reply::Ready(Response::new(Body::new(Mine("size", Bomb)))));
    assert_eq!(answered(in_size, twice), (vec![500], PANICKED));
}

#[test]
fn a_panic_after_a_wait_is_500_too() {
    let mut peer = Peer::new(asynchronous(|_: Request| async {
        sleep(seconds(1)).await;
        panic!("later")
    }));
    peer.send(GET);
    peer.wait(seconds(1));
    assert_eq!(peer.statuses(), [500]);
    assert_eq!(peer.close(), PANICKED);
}

#[test]
fn a_panic_in_a_stream_breaks_the_answer_off() {
    let handler = handler_fn(|_| {
        Reply::Ready(Response::new(Body::stream(|mut out| async move {
            out.send("half").await;
            sleep(seconds(1)).await;
            panic!("in the stream")
        })))
    });
    let mut peer = Peer::new(handler);
    peer.send(format!("{GET}{GET}"));
    assert_eq!(peer.wait(seconds(1)), PANICKED);
    let text = peer.received();
    assert!(text.ends_with("4\r\nhalf\r\n"), "{text}");
    let in_frame = handler_fn(|_| Reply::Ready(Response::new(Body::new(Mine("frame", Bomb)))));
    assert_eq!(answered(in_frame, GET), (vec![200], PANICKED));
}

#[test]
fn a_panic_in_a_destructor_does_not_reach_the_host() {
    let closed = Want::Close(CloseReason::PeerClosed);
    // What is dropped once the answer is out: a body nobody polls, an extension, a future that is ready.
    let head = GET.replace("GET", "HEAD");
    let body = handler_fn(|_| Reply::Ready(Response::new(Body::new(Mine("", Bomb)))));
    assert_eq!(answered(body, &head), (vec![200], closed));
    let stream = handler_fn(|_| Reply::Ready(Response::new(Body::new(Mine("", Bomb)))));
    assert_eq!(answered(stream, GET), (vec![200], closed));
    let extension = handler_fn(|_| {
        let mut response = "x".into_response();
        response.extensions_mut().insert(std::sync::Arc::new(Bomb));
        Reply::Ready(response)
    });
    assert_eq!(answered(extension, GET), (vec![200], closed));
    let future = handler_fn(|_| Reply::pending(BombFuture(Bomb, Some("x".into_response()))));
    assert_eq!(answered(future, GET), (vec![200], closed));
}

#[test]
fn a_handler_that_is_dropped_in_flight_may_panic_in_its_destructor() {
    let handler = || handler_fn(|_| Reply::pending(BombFuture(Bomb, None)));
    let mut overdue = Peer::new(handler());
    overdue.send(GET);
    overdue.wait(seconds(60));
    assert_eq!(overdue.statuses(), [503]);
    let mut reset = Peer::new(handler());
    reset.send(GET);
    reset.wire.read_error = Some(std::io::ErrorKind::ConnectionReset);
    reset.connection.read_from(&mut reset.wire);
    assert_eq!(reset.run(), Want::Close(CloseReason::Io(std::io::ErrorKind::ConnectionReset)));
    let mut dropped = Peer::new(handler());
    dropped.send(GET);
    assert!(panic::catch_unwind(panic::AssertUnwindSafe(move || drop(dropped))).is_ok());
}

#[test]
fn a_panic_in_one_handler_leaves_the_ambient_of_the_next_intact() {
    let (statuses, _) = answered(
        asynchronous(|_| async {
            sleep(seconds(0)).await;
            panic!("under the ambient")
        }),
        GET,
    );
    assert_eq!(statuses, [500]);
    let outside = panic::catch_unwind(|| {
        let _ = std::pin::pin!(sleep(seconds(1))).poll(&mut Context::from_waker(std::task::Waker::noop()));
    });
    let message = *outside.unwrap_err().downcast::<&str>().unwrap();
    assert!(message.contains("outside a polyserve host"), "{message}");
}
