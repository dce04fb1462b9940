use crate::wire::*;
use polyserve_core::{
    Body, CloseReason, Handler, Reply, Response, Want, body::BodySink, handler_fn, time::sleep,
};
use std::{
    error::Error,
    sync::{Arc, Mutex},
    thread,
};

fn writing<F>(write: impl Fn(BodySink) -> F + Clone + Send + Sync + 'static) -> impl Handler
where
    F: Future<Output = Result<(), Box<dyn Error + Send + Sync>>> + Send + 'static,
{
    handler_fn(move |_| Reply::Ready(Response::new(Body::stream(write.clone()))))
}

#[test]
fn each_piece_leaves_before_the_next_is_waited_for() {
    let mut peer = Peer::new(writing(|mut out| async move {
        for piece in ["one", "two"] {
            out.send(piece).await;
            sleep(seconds(1)).await;
        }
        Ok(())
    }));
    assert_eq!(peer.send(GET), Want::Wake);
    assert!(peer.received().ends_with("\r\n\r\n3\r\none\r\n"));
    assert_eq!(peer.wait(seconds(1)), Want::Wake);
    assert_eq!(peer.received(), "3\r\ntwo\r\n");
    assert_eq!(peer.wait(seconds(1)), Want::Read);
    assert_eq!(peer.received(), "0\r\n\r\n");
    assert_eq!(peer.waker.count(), 0, "nobody but the clock had to wake the host");
}

#[test]
fn a_slow_reader_slows_the_writer_down() {
    let journal = Journal::default();
    let noted = journal.clone();
    let mut peer = Peer::new(writing(move |mut out| {
        let noted = noted.clone();
        async move {
            for _ in 0..100 {
                out.send(vec![b'x'; 10_000]).await;
                noted.note("sent");
            }
            Ok(())
        }
    }));
    peer.wire.room = 0;
    assert_eq!(peer.send(GET), Want::Write);
    assert!(journal.take().len() <= 8, "64 KiB are gathered, not a megabyte");
    peer.wire.room = 100_000;
    assert_eq!(peer.run(), Want::Write);
    assert!(
        journal.take().len() <= 30,
        "a reader that has taken 64 KiB at once may have 256 KiB ahead of it"
    );
    peer.wire.room = 30_000;
    assert_eq!(peer.run(), Want::Write);
    assert_eq!(journal.take(), [""; 0], "one that has stopped gets nothing more until it has taken that");
    peer.wire.room = usize::MAX;
    assert_eq!(peer.run(), Want::Read);
    assert_eq!(peer.received().matches('x').count(), 1_000_000);
}

#[test]
fn pieces_in_a_row_need_no_wake() {
    let mut peer = Peer::new(writing(|mut out| async move {
        for _ in 0..100 {
            out.send("piece").await;
        }
        Ok(())
    }));
    assert_eq!(peer.send(GET), Want::Read);
    assert_eq!(peer.waker.count(), 0);
    assert_eq!(peer.received().matches("5\r\npiece\r\n").count(), 100);
}

#[test]
fn a_stream_that_fails_breaks_the_answer_off() {
    let mut peer = Peer::new(writing(|mut out| async move {
        out.send("half").await;
        sleep(seconds(1)).await;
        out.send("lost").await;
        Err("the disk is gone".into())
    }));
    peer.send(format!("{GET}{GET}"));
    assert_eq!(peer.wait(seconds(1)), Want::Close(CloseReason::AnswerFailed));
    let text = peer.received();
    assert!(text.ends_with("4\r\nhalf\r\n"), "no last chunk: {text}");
    assert_eq!(text.matches("200 OK").count(), 1);
    assert!(!peer.half_closed);
}

#[test]
fn an_answer_that_ends_with_the_connection_is_reset_when_it_is_cut_off() {
    fn halved(fails: bool) -> impl Handler {
        writing(move |mut out| async move {
            out.send("half").await;
            sleep(seconds(1)).await;
            assert!(!fails, "the handler panics");
            Err("the disk is gone".into())
        })
    }
    let old = "GET / HTTP/1.0\r\n\r\n";
    for (request, fails, reset) in
        [(old, false, true), (old, true, true), (GET, false, false), (GET, true, false)]
    {
        let mut peer = Peer::new(halved(fails));
        peer.send(request);
        assert!(matches!(peer.wait(seconds(1)), Want::Close(_)));
        assert!(peer.received().contains("half"));
        assert_eq!(peer.reset, reset, "chunked coding shows that its end is missing");
    }
    // Nobody takes the answer.
    let mut peer = Peer::new(writing(|mut out| async move {
        out.send(vec![b'x'; 100_000]).await;
        Ok(())
    }));
    peer.wire.room = 10;
    peer.send(old);
    assert_eq!(peer.wait(seconds(30)), Want::Close(CloseReason::WriteTimeout));
    assert!(peer.reset);
    // A whole one is closed as it should be.
    let mut peer = Peer::new(writing(|mut out| async move {
        out.send("whole").await;
        Ok(())
    }));
    peer.send(old);
    peer.close();
    assert!(peer.received().ends_with("whole") && !peer.reset);
}

#[test]
fn a_sink_may_be_filled_from_another_thread() {
    // The function waits for its helper, and only the helper fills the sink.
    let mut peer = Peer::new(writing(|mut out| async move {
        let (done, finished) = flag();
        let mut helper = Some(move || {
            let waker = std::task::Waker::noop();
            let mut cx = std::task::Context::from_waker(waker);
            for piece in ["one", "two", "three"] {
                let mut send = std::pin::pin!(out.send(piece));
                while send.as_mut().poll(&mut cx).is_pending() {
                    thread::yield_now();
                }
            }
            done.send();
        });
        thread::spawn(helper.take().unwrap());
        finished.await;
        Ok(())
    }));
    peer.queue(GET);
    let mut seen = 0;
    while peer.run() != Want::Read {
        while peer.waker.count() == seen {
            thread::yield_now();
        }
        seen = peer.waker.count();
    }
    let text = peer.received();
    assert!(text.ends_with("3\r\none\r\n3\r\ntwo\r\n5\r\nthree\r\n0\r\n\r\n"), "{text}");
}

/// A flag that wakes whoever awaits it.
#[derive(Clone, Default)]
struct Done(Arc<Mutex<(bool, Option<std::task::Waker>)>>);

impl Done {
    fn send(&self) {
        let mut state = self.0.lock().unwrap();
        state.0 = true;
        if let Some(waker) = state.1.take() {
            waker.wake();
        }
    }
}

fn flag() -> (Done, impl Future<Output = ()>) {
    let done = Done::default();
    let finished = done.clone();
    let wait = std::future::poll_fn(move |cx| {
        let mut state = finished.0.lock().unwrap();
        state.1 = Some(cx.waker().clone());
        if state.0 { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
    });
    (done, wait)
}
