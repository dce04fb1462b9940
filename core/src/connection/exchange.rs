//! One request and its answer, while the handler is at work or its answer is being streamed.

use crate::{
    Body, BodyError, CloseReason, Meta, Response,
    ambient::Task,
    app::Named,
    body::incoming::Channel,
    proto::{encode::ConnectionField, framing::AnswerBody},
};
use bytes::Bytes;
use http::Version;
use http_body::{Body as _, Frame};
use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
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
    pub(super) task: Task,
    pub(super) work: Work,
    /// Until when the handler must have answered.
    pub(super) deadline: Option<Instant>,
    pub(super) called: Option<&'static Meta>,
}

/// The request body's way to the handler.
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

pub(super) enum Work {
    /// The handler has not answered yet.
    Handler(Pin<Box<dyn Future<Output = Response> + Send>>),
    /// The answer's head is out, its body is on its way.
    Stream {
        body: Body,
        framing: AnswerBody,
        /// Bytes that `Content-Length` still promises.
        left: Option<u64>,
    },
}

/// How a poll of the handler, or of its answer's body, ended.
pub(super) enum Polled {
    Answer(Response),
    Frame(Frame<Bytes>),
    End,
    Failed(BodyError),
    Panicked,
    Pending,
}

impl Exchange {
    pub(super) fn poll(&mut self, cx: &mut Context<'_>, now: Instant) -> Polled {
        let Exchange { task, work, called, .. } = self;
        let waker = cx.waker();
        let app = task.app().clone();
        let poll = || {
            app.poll(*called, || match work {
                Work::Handler(handler) => match handler.as_mut().poll(cx) {
                    Poll::Ready(response) => Polled::Answer(response),
                    Poll::Pending => Polled::Pending,
                },
                Work::Stream { body, .. } => match Pin::new(body).poll_frame(cx) {
                    Poll::Ready(Some(Ok(frame))) => Polled::Frame(frame),
                    Poll::Ready(Some(Err(error))) => Polled::Failed(error),
                    Poll::Ready(None) => Polled::End,
                    Poll::Pending => Polled::Pending,
                },
            })
        };
        catch_unwind(AssertUnwindSafe(|| task.enter(now, waker, poll))).unwrap_or_else(|_| {
            log::error!("{} panicked", Named(*called));
            Polled::Panicked
        })
    }
}
