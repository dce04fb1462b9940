//! Bodies that something else produces: an async function, a stream, or another `http_body::Body`.

use super::{BodyError, wake};
use crate::sync::Mutex;
use bytes::Bytes;
use futures_core::Stream;
use http_body::{Body as HttpBody, Frame, SizeHint};
use std::{
    error::Error,
    future::poll_fn,
    pin::Pin,
    sync::{Arc, PoisonError},
    task::{Context, Poll, Waker, ready},
};

/// Where the function behind [`Body::stream`](super::Body::stream) puts the pieces of its body.
#[derive(Debug)]
pub struct BodySink(Arc<Mutex<Slot>>);

/// One piece at a time: the second `send` waits until the first piece was taken.
#[derive(Debug, Default)]
struct Slot {
    piece: Option<Bytes>,
    writer: Option<Waker>,
    /// Whoever polls the body, for a sink that was handed to another task or thread.
    reader: Option<Waker>,
}

impl BodySink {
    /// Sends one piece, and waits until the one before it is on its way. An empty piece is skipped.
    pub async fn send(&mut self, piece: impl Into<Bytes>) {
        let mut piece = Some(piece.into()).filter(|piece| !piece.is_empty());
        poll_fn(|cx| {
            if piece.is_none() {
                return Poll::Ready(());
            }
            let mut slot = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            if slot.piece.is_some() {
                slot.writer = Some(cx.waker().clone());
                return Poll::Pending;
            }
            slot.piece = piece.take();
            let reader = slot.reader.take();
            drop(slot);
            wake(reader, cx.waker());
            Poll::Ready(())
        })
        .await;
    }
}

type Writing = dyn Future<Output = Result<(), Box<dyn Error + Send + Sync>>> + Send;

/// The reader's end of a [`BodySink`].
pub(super) struct Inlet(Arc<Mutex<Slot>>);

impl Inlet {
    pub(super) fn new() -> (Inlet, BodySink) {
        let slot = Arc::<Mutex<Slot>>::default();
        (Inlet(slot.clone()), BodySink(slot))
    }

    /// The piece in the slot; without one, the reader is woken when one is put there.
    pub(super) fn take(&self, reader: &Waker) -> Option<Bytes> {
        let mut slot = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let piece = slot.piece.take();
        let writer = match piece {
            Some(_) => slot.writer.take(),
            None => {
                slot.reader = Some(reader.clone());
                None
            }
        };
        drop(slot);
        wake(writer, reader);
        piece
    }
}

/// The function of `Body::stream` while it runs.
pub(super) struct Written {
    /// `None` once it has returned.
    writing: Option<Pin<Box<Writing>>>,
    inlet: Inlet,
}

impl Written {
    pub(super) fn new<F, W>(write: W) -> Written
    where
        W: FnOnce(BodySink) -> F,
        F: Future<Output = Result<(), Box<dyn Error + Send + Sync>>> + Send + 'static,
    {
        let (inlet, sink) = Inlet::new();
        Written { writing: Some(Box::pin(write(sink))), inlet }
    }
}

impl HttpBody for Written {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        // A piece that is already there goes first, so the function never runs ahead of the client.
        if let Some(piece) = self.inlet.take(cx.waker()) {
            return Poll::Ready(Some(Ok(Frame::data(piece))));
        }
        let ended = match self.writing.as_mut().map(|writing| writing.as_mut().poll(cx)) {
            None => return Poll::Ready(None),
            Some(Poll::Pending) => None,
            Some(Poll::Ready(end)) => Some(end),
        };
        if let Some(end) = ended {
            self.writing = None;
            if let Err(error) = end {
                return Poll::Ready(Some(Err(BodyError::source(error))));
            }
        }
        match self.inlet.take(cx.waker()) {
            Some(piece) => Poll::Ready(Some(Ok(Frame::data(piece)))),
            None if self.writing.is_none() => Poll::Ready(None),
            None => Poll::Pending,
        }
    }
}

/// A stream of pieces; `None` once it has ended, for then it must not be polled again.
pub(super) struct Pieces<S>(Option<Pin<Box<S>>>);

impl<S> Pieces<S> {
    pub(super) fn new(stream: S) -> Pieces<S> {
        Pieces(Some(Box::pin(stream)))
    }
}

impl<S, T, E> HttpBody for Pieces<S>
where
    S: Stream<Item = Result<T, E>>,
    T: Into<Bytes>,
    E: Into<Box<dyn Error + Send + Sync>>,
{
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        loop {
            let Some(stream) = &mut self.0 else { return Poll::Ready(None) };
            let end = match ready!(stream.as_mut().poll_next(cx)) {
                Some(Ok(piece)) => {
                    let piece = piece.into();
                    if piece.is_empty() {
                        continue;
                    }
                    return Poll::Ready(Some(Ok(Frame::data(piece))));
                }
                Some(Err(error)) => Some(Err(BodyError::source(error))),
                None => None,
            };
            self.0 = None;
            return Poll::Ready(end);
        }
    }
}

/// Any body, with its error made ours.
pub(super) struct Boxing<B>(pub(super) Pin<Box<B>>);

impl<B> HttpBody for Boxing<B>
where
    B: HttpBody<Data = Bytes>,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        self.0.as_mut().poll_frame(cx).map_err(BodyError::source)
    }

    fn is_end_stream(&self) -> bool {
        self.0.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.0.size_hint()
    }
}
