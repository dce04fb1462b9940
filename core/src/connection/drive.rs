//! The exchange in flight: its request body goes in, its handler is polled, its answer comes out.

use super::{
    Bound, CloseReason, Connection, Phase, RequestBody, Step, Then, Want, discard,
    exchange::{Ended, Exchange},
};
use crate::{
    BodyError,
    app::Named,
    proto::{chunked::Piece, encode},
};
use http::StatusCode;
use http_body::Frame;
use std::{
    ops::ControlFlow::{self, Break, Continue},
    task::{Context, Poll},
    time::Instant,
};

impl Connection {
    /// The handler is at work, or its answer is being streamed.
    pub(super) fn exchange(
        &mut self,
        mut exchange: Box<Exchange>,
        cx: &mut Context<'_>,
        now: Instant,
    ) -> Step {
        let ended = match self.drive(&mut exchange, cx, now) {
            Continue(want) => return (Phase::Exchange(exchange), Some(want)),
            Break(ended) => ended,
        };
        let head_only = exchange.answering.head_only;
        match ended {
            Ended::Answered(response) => {
                let Exchange { answering, upload, work, called, .. } = *exchange;
                discard(work);
                (self.answer(response, answering, upload, called, now), None)
            }
            Ended::AnsweredFull(content_type, body) => {
                let Exchange { answering, upload, work, .. } = *exchange;
                discard(work);
                (self.answer_full(content_type, body, answering, upload, now), None)
            }
            Ended::Streamed => self.end_stream(exchange),
            Ended::Failed(error) => self.break_off(exchange, &error),
            Ended::Panicked if exchange.has_answered() => {
                discard(exchange);
                (Phase::Flush { reason: CloseReason::HandlerPanicked, then: Then::CutOff }, None)
            }
            Ended::Panicked => {
                discard(exchange);
                (self.panicked(head_only, now), None)
            }
            Ended::Overdue => {
                log::warn!("{} took too long and was dropped", Named(exchange.called));
                discard(exchange);
                let (status, reason) = (StatusCode::SERVICE_UNAVAILABLE, CloseReason::HandlerTimeout);
                (self.refuse(status, "the handler took too long", head_only, reason, now), None)
            }
            Ended::BadRequest(error) => {
                discard(exchange);
                (self.bad_request(error, head_only, now), None)
            }
        }
    }

    /// Until the exchange waits or has ended.
    fn drive(
        &mut self,
        exchange: &mut Exchange,
        cx: &mut Context<'_>,
        now: Instant,
    ) -> ControlFlow<Ended, Want> {
        loop {
            if self.output.is_full() {
                return Continue(self.want_write(now));
            }
            if self.feed(exchange, cx)? {
                exchange.resume(&self.app.timeouts, now);
            }
            let polled = exchange.poll((&self.app, self.peer), cx, now);
            self.ran.note(exchange.called);
            if let Poll::Ready(frame) = polled {
                if let Err(error) = self.send(&mut exchange.work, frame?) {
                    return Break(Ended::Failed(error));
                }
                continue;
            }
            // Polled first: a handler that is ready at its deadline has made it.
            if exchange.deadline.is_some_and(|deadline| now >= deadline) {
                return Break(Ended::Overdue);
            }
            // What is here of the body goes through first, so that a write has much in it; then the next of it is waited for.
            if self.feed(exchange, cx)? {
                exchange.resume(&self.app.timeouts, now);
                continue;
            }
            if !self.output.is_empty() {
                return Continue(self.want_write(now));
            }
            let channel = exchange.upload.channel.as_ref().filter(|_| !self.body.is_over());
            if !channel.is_some_and(|channel| channel.wanted_or_wake(cx.waker())) {
                // Whoever waited for the body has gone: the handler's time runs again.
                if exchange.deadline.is_none() {
                    exchange.resume(&self.app.timeouts, now);
                }
                self.deadline.clear();
                self.input.let_go();
                return Continue(Want::Wake);
            }
            if self.feed(exchange, cx)? {
                exchange.resume(&self.app.timeouts, now);
                continue;
            }
            if let Some(want) = self.wait_for_body(exchange, cx, now) {
                return Continue(want);
            }
        }
    }

    /// Decodes what is here of the request body, if somebody waits for it. Whether there was news for them.
    fn feed(&mut self, exchange: &mut Exchange, cx: &Context<'_>) -> ControlFlow<Ended, bool> {
        let Some(channel) = &exchange.upload.channel else { return Continue(false) };
        let mut fed = false;
        while !self.body.is_over() && channel.is_wanted() {
            match self.body.next(&mut self.input.bytes) {
                Ok(Piece::Data(data)) => channel.push(Frame::data(data), cx.waker()),
                Ok(Piece::Trailers(trailers)) => channel.push(Frame::trailers(trailers), cx.waker()),
                Ok(Piece::End) => {}
                Ok(Piece::Incomplete) => break,
                Err(error) => {
                    channel.finish(Err(BodyError::malformed()), cx.waker());
                    if !exchange.has_answered() {
                        return Break(Ended::BadRequest(error));
                    }
                    exchange.answering.last = Some(CloseReason::BadRequest(error));
                }
            }
            fed = true;
            if matches!(self.body, RequestBody::Done) {
                channel.finish(Ok(()), cx.waker());
                self.observe_body();
            }
        }
        Continue(fed)
    }

    /// Somebody waits for the body, and nothing of it is here. `None`: it ended, which is news for them.
    fn wait_for_body(&mut self, exchange: &mut Exchange, cx: &Context<'_>, now: Instant) -> Option<Want> {
        if self.input.ended {
            self.body = RequestBody::Broken;
            exchange.answering.last = Some(CloseReason::PeerBrokeOff);
            if let Some(channel) = &exchange.upload.channel {
                channel.finish(Err(BodyError::truncated()), cx.waker());
            }
            return None;
        }
        if std::mem::take(&mut exchange.upload.owes_continue) {
            self.output.text().extend_from_slice(encode::CONTINUE);
            return Some(self.want_write(now));
        }
        // Now it is the client that takes its time.
        exchange.deadline = None;
        self.deadline.keep(Bound::Body, &self.app.timeouts, now);
        self.input.let_go();
        Some(Want::Read)
    }
}
