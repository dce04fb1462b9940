//! A request head is complete: its body is opened and the handler called.

use super::{
    CloseReason, Connection, Phase, RequestBody,
    deadlines::after,
    exchange::{Answering, Exchange, Upload, Work},
};
use crate::{
    Body, RawRequest, Reply, RequestError, ambient,
    body::incoming::Channel,
    proto::{chunked::Piece, framing::BodyLength, head::Head},
    time::Timer,
};
use bytes::Bytes;
use http::Method;
use http_body::Frame;
use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    task::Context,
    time::Instant,
};

impl Connection {
    pub(super) fn begin(&mut self, head: &mut Head, cx: &mut Context<'_>, now: Instant) -> Phase {
        self.deadline.begin();
        self.served += 1;
        self.until_close = false;
        let head_only = head.method == Method::HEAD;
        let framing = match head.framing {
            Ok(framing) => framing,
            Err(error) => {
                self.input.skip(head.length);
                return self.bad_request(error, head_only, now);
            }
        };
        let last = if !framing.persists {
            Some(CloseReason::PeerAsked)
        } else if self.served >= self.app.limits.requests {
            Some(CloseReason::RequestLimit)
        } else {
            None
        };
        let answering = Answering { version: head.version, head_only, last };
        let mut upload = Upload::default();
        let mut body = Body::empty();
        // The head stays in the input until the handler has been called, unless there is something behind it.
        let mut head_bytes = None;
        if framing.length != BodyLength::None {
            head_bytes = Some(self.input.bytes.clone());
            self.input.skip(head.length);
            // A client that has begun to send its body does not wait (RFC 9110 section 10.1.1).
            let waits = framing.expects_continue && self.input.bytes.is_empty();
            match self.open_body(framing.length, cx) {
                Ok((opened, channel)) => {
                    body = opened.with_collect_limit(self.app.limits.body);
                    upload = Upload { owes_continue: waits, channel };
                }
                Err(error) => return self.bad_request(error, head_only, now),
            }
        }
        self.observe_body();
        let app = &*self.app;
        let input = head_bytes.as_ref().unwrap_or(&self.input.bytes);
        let length = head.length;
        let request = RawRequest { head, input, body: &mut body, peer: &self.peer };
        let reply = catch_unwind(AssertUnwindSafe(move || app.call_raw(request)));
        // Where no request was made of it, nobody is going to read it.
        drop(body);
        if head_bytes.is_none() {
            self.input.skip(length);
        }
        let called = ambient::called();
        self.ran.note(called);
        let reply = match reply {
            Ok(reply) => reply,
            Err(panic) => {
                self.app.report_panic(&*panic);
                return self.panicked(head_only, now);
            }
        };
        match reply {
            Reply::Full(content_type, body) => self.answer_full(content_type, body, answering, upload, now),
            Reply::Ready(response) => self.answer(response, answering, upload, called, now),
            Reply::Pending(handler) => {
                let exchange = Exchange {
                    answering,
                    upload,
                    timer: Timer::default(),
                    work: Work::Handler(handler),
                    deadline: after(now, self.app.timeouts.handler),
                    called,
                };
                Phase::Exchange(Box::new(exchange))
            }
        }
    }

    /// The body for the handler: whole if all of it is here already, else fed through a channel.
    #[inline(never)]
    fn open_body(
        &mut self,
        length: BodyLength,
        cx: &Context<'_>,
    ) -> Result<(Body, Option<Arc<Channel>>), RequestError> {
        self.body = RequestBody::new(length, &self.app.limits);
        let exact = match length {
            BodyLength::Exact(length) => Some(length),
            BodyLength::None | BodyLength::Chunked => None,
        };
        if exact.is_some_and(|length| length <= self.input.bytes.len() as u64) {
            return match self.body.next(&mut self.input.bytes)? {
                Piece::Data(data) => Ok((Body::full(data), None)),
                _ => Ok((Body::empty(), None)),
            };
        }
        let mut pieces = Vec::new();
        let trailers = loop {
            match self.body.next(&mut self.input.bytes)? {
                Piece::Data(data) => pieces.push(data),
                Piece::Trailers(trailers) => break Some(trailers),
                Piece::End | Piece::Incomplete => break None,
            }
        };
        if trailers.is_none() && self.body.is_over() {
            return Ok((Body::full(joined(pieces)), None));
        }
        let (channel, incoming) = Channel::new(exact);
        for data in pieces {
            channel.push(Frame::data(data), cx.waker());
        }
        if let Some(trailers) = trailers {
            channel.push(Frame::trailers(trailers), cx.waker());
            channel.finish(Ok(()), cx.waker());
        }
        Ok((Body::incoming(incoming), Some(channel)))
    }
}

/// Pieces as one slice, without a copy where there is only one.
fn joined(mut pieces: Vec<Bytes>) -> Bytes {
    match pieces.len() {
        0 => Bytes::new(),
        1 => pieces.swap_remove(0),
        _ => pieces.concat().into(),
    }
}
