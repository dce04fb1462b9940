//! The request body, as hyper reads it, with what hyper leaves open: how long it may take, and whose fault it is
//! when it breaks.

use bytes::Bytes;
use http_body::{Body as HttpBody, Frame, SizeHint};
use hyper::body::Incoming;
use polyserve_async::{Alarm, Told, Turn};
use polyserve_core::{App, BodyError, observer::Event};
use std::{
    error::Error,
    io::{self, ErrorKind},
    net::SocketAddr,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
    time::{Duration, Instant},
};

/// hyper's body with a deadline.
pub(crate) struct Upload {
    incoming: Incoming,
    peer: SocketAddr,
    /// Its end has come, and was told.
    complete: bool,
    app: Arc<App>,
    alarm: Alarm,
    /// What is left of the time, while nobody waits.
    left: Duration,
    /// Until when the next piece must come, while somebody waits.
    deadline: Option<Instant>,
    told: Told,
}

impl Upload {
    pub(crate) fn new(incoming: Incoming, peer: SocketAddr, app: Arc<App>, told: Told) -> Upload {
        let (left, complete) = (app.timeouts.body, incoming.is_end_stream());
        Upload { incoming, peer, complete, app, alarm: Alarm::default(), left, deadline: None, told }
    }

    /// A piece of `length` bytes is here, or the end.
    fn came(&mut self, length: usize) {
        if let Some(deadline) = self.deadline.take() {
            self.left = self.app.timeouts.body_left(deadline, length, Instant::now());
            *self.told.lock() = Turn::Delivered;
        }
    }

    fn broken(&mut self, error: BodyError) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        self.deadline = None;
        *self.told.lock() = Turn::Broken;
        Poll::Ready(Some(Err(error)))
    }
}

impl HttpBody for Upload {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        match Pin::new(&mut self.incoming).poll_frame(cx) {
            Poll::Ready(Some(Err(error))) => self.broken(blame(&error)),
            Poll::Ready(frame) => {
                let frame = frame.and_then(Result::ok);
                self.came(frame.as_ref().and_then(Frame::data_ref).map_or(0, Bytes::len));
                let ended = frame.is_none() || self.incoming.is_end_stream();
                if ended && !std::mem::replace(&mut self.complete, true) {
                    self.app.observe(self.peer, Event::Complete);
                }
                Poll::Ready(frame.map(Ok))
            }
            Poll::Pending => {
                let left = self.left;
                if self.deadline.is_none() {
                    self.deadline = Instant::now().checked_add(left);
                    *self.told.lock() = Turn::Client;
                }
                let deadline = self.deadline;
                loop {
                    ready!(self.alarm.poll(deadline, Instant::now(), cx));
                    if deadline.is_some_and(|deadline| Instant::now() >= deadline) {
                        return self.broken(BodyError::timed_out());
                    }
                }
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.incoming.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.incoming.size_hint()
    }
}

/// Whoever waited does not wait any more.
impl Drop for Upload {
    fn drop(&mut self) {
        if self.deadline.is_some() {
            *self.told.lock() = Turn::Delivered;
        }
    }
}

/// hyper tells malformed chunks from a broken connection by the kind of the error within.
fn blame(error: &hyper::Error) -> BodyError {
    match error.source().and_then(|source| source.downcast_ref::<io::Error>()).map(io::Error::kind) {
        Some(ErrorKind::InvalidData | ErrorKind::InvalidInput) => BodyError::malformed(),
        _ => BodyError::truncated(),
    }
}
