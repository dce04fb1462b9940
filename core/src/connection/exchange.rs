//! One request and its answer, while the handler is at work or its answer is being streamed.

use super::deadlines::after;
use crate::{
    App, Body, BodyError, CloseReason, ContentType, Meta, Reply, RequestError, Response, Timeouts, ambient,
    body::incoming::Channel,
    proto::{encode::ConnectionField, framing::AnswerBody},
    time::Timer,
};
use bytes::Bytes;
use core::net::SocketAddr;
use http::Version;
use http_body::{Body as _, Frame};
use std::{
    ops::ControlFlow::{self, Break, Continue},
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, Waker, ready},
    time::Instant,
};

/// What the answer must know of its request.
#[derive(Debug, Clone, Copy)]
pub(super) struct Answering {
    pub(super) version: Version,
    /// The method was `HEAD`: the answer's head says what `GET` would, and no body follows.
    pub(super) head_only: bool,
    /// Why this is the connection's last exchange, if it is.
    pub(super) last: Option<CloseReason>,
}

impl Answering {
    pub(super) fn connection_field(self) -> ConnectionField {
        match self.last {
            Some(_) => ConnectionField::Close,
            None if self.version < Version::HTTP_11 => ConnectionField::KeepAlive,
            None => ConnectionField::Unsaid,
        }
    }
}

/// An exchange that did not end in the poll that began it.
pub(super) struct Exchange {
    pub(super) answering: Answering,
    pub(super) upload: Upload,
    pub(super) timer: Timer,
    pub(super) work: Work,
    /// Until when the handler must have answered; none while it waits for the client.
    pub(super) deadline: Option<Instant>,
    pub(super) called: Option<&'static Meta>,
}

/// The request body's way to the handler. When it is dropped, whoever still reads is told that no more comes.
#[derive(Default)]
pub(super) struct Upload {
    /// Where decoded pieces go; `None` when the body was whole, or empty, from the start.
    pub(super) channel: Option<Arc<Channel>>,
    /// The client waits for `100 Continue` and has not got it.
    pub(super) owes_continue: bool,
}

impl Upload {
    /// Whether nobody is going to read what is still on the wire.
    pub(super) fn is_abandoned(&self) -> bool {
        self.channel.as_ref().is_none_or(|channel| channel.is_abandoned())
    }
}

impl Drop for Upload {
    fn drop(&mut self) {
        if let Some(channel) = &self.channel {
            channel.finish(Err(BodyError::abandoned()), Waker::noop());
        }
    }
}

pub(super) enum Work {
    /// The handler has not answered yet.
    Handler(Pin<Box<dyn Future<Output = Reply> + Send>>),
    /// The answer's head is out, its body is on its way.
    Stream {
        body: Body,
        framing: AnswerBody,
        /// Bytes that `Content-Length` still promises.
        left: Option<u64>,
    },
}

/// What ends the work of an exchange.
pub(super) enum Ended {
    /// The handler has answered.
    Answered(Response),
    /// The same with a body of a content type, and nothing else.
    AnsweredFull(ContentType, Bytes),
    /// The answer's body has been polled to its end.
    Streamed,
    /// The answer's body cannot be sent to its end.
    Failed(BodyError),
    Panicked,
    /// The handler has had its time.
    Overdue,
    /// The rest of the request is not a request.
    BadRequest(RequestError),
}

impl Exchange {
    /// Polls the handler, or its answer's body for one frame more.
    pub(super) fn poll(
        &mut self,
        around: (&Arc<App>, Option<SocketAddr>),
        cx: &mut Context<'_>,
        now: Instant,
    ) -> Poll<ControlFlow<Ended, Frame<Bytes>>> {
        let Exchange { timer, work, called, .. } = self;
        let (waker, app) = (cx.waker(), around.0);
        let poll = || {
            app.poll_in_turn(called, || match work {
                Work::Handler(handler) => loop {
                    match ready!(handler.as_mut().poll(cx)) {
                        Reply::Full(content_type, body) => {
                            return Poll::Ready(Break(Ended::AnsweredFull(content_type, body)));
                        }
                        Reply::Ready(response) => return Poll::Ready(Break(Ended::Answered(response))),
                        Reply::Pending(next) => *handler = next,
                    }
                },
                Work::Stream { body, .. } => match Pin::new(body).poll_frame(cx) {
                    Poll::Ready(Some(Ok(frame))) => Poll::Ready(Continue(frame)),
                    Poll::Ready(Some(Err(error))) => Poll::Ready(Break(Ended::Failed(error))),
                    Poll::Ready(None) => Poll::Ready(Break(Ended::Streamed)),
                    Poll::Pending => Poll::Pending,
                },
            })
        };
        catch_unwind(AssertUnwindSafe(|| ambient::enter(around, timer, now, waker, poll))).unwrap_or_else(
            |panic| {
                app.report_panic(&*panic);
                Poll::Ready(Break(Ended::Panicked))
            },
        )
    }

    /// Gives the handler its whole time, if it has not answered yet.
    pub(super) fn resume(&mut self, timeouts: &Timeouts, now: Instant) {
        if !self.has_answered() {
            self.deadline = after(now, timeouts.handler);
        }
    }

    pub(super) fn has_answered(&self) -> bool {
        matches!(self.work, Work::Stream { .. })
    }
}
