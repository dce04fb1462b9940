//! The request body that is still on the wire: a hand-over between the connection, which decodes, and
//! the handler, which reads, possibly on another thread.

use super::{BodyError, wake};
use crate::sync::{Mutex, MutexGuard};
use bytes::Bytes;
use http_body::{Frame, SizeHint};
use std::{
    collections::VecDeque,
    sync::{Arc, PoisonError},
    task::{Context, Poll, Waker},
};

/// The handler's end. Dropping it tells the connection that nobody reads any more.
pub(crate) struct Incoming(Arc<Channel>);

/// What both ends share. The connection keeps this end.
#[derive(Default)]
pub(crate) struct Channel(Mutex<State>);

#[derive(Default)]
struct State {
    frames: VecDeque<Frame<Bytes>>,
    end: Option<Result<(), BodyError>>,
    /// Bytes that `Content-Length` still promises to the reader; `None` for chunked.
    remaining: Option<u64>,
    /// The reader polled and found nothing: this is what lets the connection read the socket.
    wanted: bool,
    abandoned: bool,
    reader: Option<Waker>,
    /// The connection's own waker, left here while it has nothing else to wait for.
    host: Option<Waker>,
}

impl Channel {
    pub(crate) fn new(length: Option<u64>) -> (Arc<Channel>, Incoming) {
        let channel = Arc::new(Channel(Mutex::new(State { remaining: length, ..State::default() })));
        (channel.clone(), Incoming(channel))
    }

    /// A panic while the lock was held cannot leave the state half changed: no user code runs under it.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether the reader waits for bytes and has none.
    pub(crate) fn is_wanted(&self) -> bool {
        let state = self.lock();
        state.wanted
    }

    /// Whether the reader is gone.
    pub(crate) fn is_abandoned(&self) -> bool {
        self.lock().abandoned
    }

    /// Hands a decoded frame over. `current` is the task that polls the handler next anyway.
    pub(crate) fn push(&self, frame: Frame<Bytes>, current: &Waker) {
        let mut state = self.lock();
        if state.abandoned {
            return;
        }
        state.frames.push_back(frame);
        state.wanted = false;
        let reader = state.reader.take();
        drop(state);
        wake(reader, current);
    }

    /// No frame follows: the body ended, or broke. Only the first end counts.
    pub(crate) fn finish(&self, end: Result<(), BodyError>, current: &Waker) {
        let mut state = self.lock();
        state.end.get_or_insert(end);
        state.wanted = false;
        let reader = state.reader.take();
        drop(state);
        wake(reader, current);
    }

    /// Whether the reader waits for bytes; if not, `host` is woken when it does, or when it is gone.
    pub(crate) fn wanted_or_wake(&self, host: &Waker) -> bool {
        let mut state = self.lock();
        if !state.wanted && !state.abandoned {
            state.host = Some(host.clone());
        }
        state.wanted
    }
}

impl Incoming {
    pub(crate) fn poll_frame(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        let mut state = self.0.lock();
        if let Some(frame) = state.frames.pop_front() {
            let length = frame.data_ref().map_or(0, Bytes::len) as u64;
            state.remaining = state.remaining.map(|remaining| remaining.saturating_sub(length));
            return Poll::Ready(Some(Ok(frame)));
        }
        match &mut state.end {
            Some(Ok(())) => Poll::Ready(None),
            // The error is told once; after it the body has ended.
            Some(end) => match std::mem::replace(end, Ok(())) {
                Err(error) => Poll::Ready(Some(Err(error))),
                Ok(()) => Poll::Ready(None),
            },
            None => {
                state.wanted = true;
                state.reader = Some(cx.waker().clone());
                let host = state.host.take();
                drop(state);
                wake(host, cx.waker());
                Poll::Pending
            }
        }
    }

    pub(crate) fn is_end_stream(&self) -> bool {
        let state = self.0.lock();
        state.frames.is_empty() && matches!(state.end, Some(Ok(())))
    }

    pub(crate) fn size_hint(&self) -> SizeHint {
        self.0.lock().remaining.map_or_else(SizeHint::default, SizeHint::with_exact)
    }
}

impl Drop for Incoming {
    fn drop(&mut self) {
        let mut state = self.0.lock();
        state.abandoned = true;
        state.wanted = false;
        state.frames.clear();
        let host = state.host.take();
        drop(state);
        wake(host, Waker::noop());
    }
}
