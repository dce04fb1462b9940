//! A request head is complete: its body is opened and the handler called.

use super::{
    CloseReason, Connection, Phase, RequestBody,
    deadlines::after,
    exchange::{Answering, Exchange, Upload, Work},
};
use crate::{
    App, Body, ContentType, RawRequest, Reply, RequestError, ambient,
    body::incoming::Channel,
    proto::{
        chunked::Piece,
        framing::{BodyLength, Framing},
        head::Head,
    },
    time::Timer,
};
use bytes::Bytes;
use core::net::SocketAddr;
use http::Method;
use http_body::Frame;
use std::{
    any::Any,
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
        if framing.length != BodyLength::None {
            return self.begin_with_body(head, framing, answering, cx, now);
        }
        self.observe_body();
        // The head stays in the input until the handler has been called.
        let mut other = None;
        let full = call(&self.app, head, &self.input.bytes, &mut Body::empty(), &self.peer, &mut other);
        self.input.skip(head.length);
        self.ran.note(ambient::called());
        match full {
            Ok(Some((content_type, body))) => {
                self.answer_full(content_type, body, answering, Upload::default(), now)
            }
            full => self.called(full, &mut other, answering, Upload::default(), now),
        }
    }

    #[inline(never)]
    fn begin_with_body(
        &mut self,
        head: &mut Head,
        framing: Framing,
        answering: Answering,
        cx: &mut Context<'_>,
        now: Instant,
    ) -> Phase {
        let input = self.input.bytes.clone();
        self.input.skip(head.length);
        // A client that has begun to send its body does not wait (RFC 9110 section 10.1.1).
        let owes_continue = framing.expects_continue && self.input.bytes.is_empty();
        let (body, channel) = match self.open_body(framing.length, cx) {
            Ok(opened) => opened,
            Err(error) => return self.bad_request(error, answering.head_only, now),
        };
        self.observe_body();
        let mut body = body.with_collect_limit(self.app.limits.body);
        let mut other = None;
        let full = call(&self.app, head, &input, &mut body, &self.peer, &mut other);
        // Where no request was made of it, nobody is going to read it.
        drop(body);
        self.ran.note(ambient::called());
        self.called(full, &mut other, answering, Upload { owes_continue, channel }, now)
    }

    /// The handler was [`call`]ed, with this outcome.
    #[inline(never)]
    fn called(
        &mut self,
        full: Called,
        other: &mut Option<Reply>,
        answering: Answering,
        upload: Upload,
        now: Instant,
    ) -> Phase {
        let called = ambient::called();
        let reply = match full {
            Ok(Some((content_type, body))) => Some(Reply::Full(content_type, body)),
            Ok(None) => other.take(),
            Err(panic) => {
                self.app.report_panic(&*panic);
                None
            }
        };
        match reply {
            Some(Reply::Full(content_type, body)) => {
                self.answer_full(content_type, body, answering, upload, now)
            }
            Some(Reply::Ready(response)) => self.answer(response, answering, upload, called, now),
            Some(Reply::Pending(handler)) => {
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
            None => self.panicked(answering.head_only, now),
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

/// The parts of a [`Reply::Full`], if the handler has answered with one; or what it has panicked with.
type Called = Result<Option<(ContentType, Bytes)>, Box<dyn Any + Send>>;

/// Calls the handler. A [`Reply`] is large, and the smallest kind of it is what most handlers answer: only that one is moved,
/// and any other is put where it stays.
// Not inlined, for then the places for what is moved would be in the caller's frame, with all that it calls later below.
#[inline(never)]
fn call(
    app: &App,
    head: &mut Head,
    input: &Bytes,
    body: &mut Body,
    peer: &Option<SocketAddr>,
    other: &mut Option<Reply>,
) -> Called {
    let request = RawRequest { head, input, body, peer };
    catch_unwind(AssertUnwindSafe(|| match app.call_raw(request) {
        Reply::Full(content_type, body) => Some((content_type, body)),
        reply => {
            *other = Some(reply);
            None
        }
    }))
}

/// Pieces as one slice, without a copy where there is only one.
fn joined(mut pieces: Vec<Bytes>) -> Bytes {
    match pieces.len() {
        0 => Bytes::new(),
        1 => pieces.swap_remove(0),
        _ => pieces.concat().into(),
    }
}
