//! Comments in between, so that nobody on the way takes a silent stream for a dead one.

use crate::{
    Body, BodyError, ambient,
    time::{Sleep, sleep},
};
use bytes::Bytes;
use http_body::{Body as HttpBody, Frame};
use std::{
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

/// Events, and a comment whenever there is none for so long.
pub(super) struct KeepAlive {
    events: Body,
    after: Duration,
    /// Until the next comment; `None` where an event may be waiting already.
    silence: Option<Sleep>,
}

impl KeepAlive {
    pub(super) fn new(events: Body, after: Duration) -> KeepAlive {
        KeepAlive { events, after, silence: None }
    }
}

impl HttpBody for KeepAlive {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        if let Poll::Ready(frame) = Pin::new(&mut self.events).poll_frame(cx) {
            self.silence = None;
            return Poll::Ready(frame);
        }
        // Nobody could wake a sleep without a host, in a unit test for instance.
        if ambient::now().is_none() {
            return Poll::Pending;
        }
        let after = self.after;
        let silence = self.silence.get_or_insert_with(|| sleep(after));
        ready!(Pin::new(silence).poll(cx));
        self.silence = None;
        Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(b":\n\n")))))
    }
}
