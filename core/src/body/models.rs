//! Both hand-overs of bodies in every interleaving. A wake-up that is lost leaves its model waiting, which loom
//! reports as a deadlock.

use super::{BodyError, incoming::Channel, written::Inlet};
use bytes::Bytes;
use http_body::Frame;
use loom::{future::block_on, thread};
use std::{future::poll_fn, task::Poll};

/// The connection's side: a piece whenever one is asked for, then the end.
async fn upload(channel: &Channel, pieces: &[&'static str]) {
    for piece in pieces {
        let wanted = poll_fn(|cx| match channel.wanted_or_wake(cx.waker()) {
            true => Poll::Ready(true),
            false if channel.is_abandoned() => Poll::Ready(false),
            false => Poll::Pending,
        });
        if !wanted.await {
            return;
        }
        poll_fn(|cx| {
            channel.push(Frame::data(Bytes::from_static(piece.as_bytes())), cx.waker());
            Poll::Ready(())
        })
        .await;
    }
    poll_fn(|cx| Poll::Ready(channel.finish(Ok(()), cx.waker()))).await;
}

#[test]
fn an_upload_reaches_its_reader_to_the_end() {
    loom::model(|| {
        let (channel, mut incoming) = Channel::new(None);
        let reader = thread::spawn(move || {
            let mut got = Vec::new();
            while let Some(frame) = block_on(poll_fn(|cx| incoming.poll_frame(cx))) {
                got.extend_from_slice(&frame.unwrap().into_data().unwrap());
            }
            got
        });
        block_on(upload(&channel, &["a", "b"]));
        assert_eq!(reader.join().unwrap(), b"ab");
    });
}

#[test]
fn a_reader_that_leaves_is_not_waited_for() {
    loom::model(|| {
        let (channel, mut incoming) = Channel::new(None);
        let reader = thread::spawn(move || {
            let first = block_on(poll_fn(|cx| incoming.poll_frame(cx)));
            assert_eq!(first.unwrap().unwrap().into_data().unwrap(), "a");
        });
        block_on(upload(&channel, &["a", "b", "c"]));
        reader.join().unwrap();
        assert!(channel.is_abandoned());
    });
}

#[test]
fn a_connection_that_ends_is_told_to_its_reader() {
    loom::model(|| {
        let (channel, mut incoming) = Channel::new(None);
        let reader = thread::spawn(move || block_on(poll_fn(|cx| incoming.poll_frame(cx))));
        block_on(poll_fn(|cx| Poll::Ready(channel.finish(Err(BodyError::abandoned()), cx.waker()))));
        assert!(reader.join().unwrap().unwrap().is_err());
    });
}

#[test]
fn a_sink_on_another_thread_fills_its_body() {
    loom::model(|| {
        let (inlet, mut sink) = Inlet::new();
        let writer = thread::spawn(move || {
            block_on(async {
                sink.send("a").await;
                sink.send("b").await;
            });
        });
        let taken = || block_on(poll_fn(|cx| inlet.take(cx.waker()).map_or(Poll::Pending, Poll::Ready)));
        assert_eq!(taken(), "a");
        assert_eq!(taken(), "b");
        writer.join().unwrap();
    });
}
