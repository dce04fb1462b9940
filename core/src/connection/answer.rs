//! Answers: the handler's, and the connection's own; and what becomes of the connection after them.

use super::{
    Bound, CloseReason, Connection, Phase, RequestBody, Step, Want, discard,
    exchange::{Answering, Exchange, Upload, Work},
};
use crate::{
    Body, BodyError, IntoResponse, Meta, RequestError, Response,
    ambient::Task,
    app::Named,
    proto::{
        chunked::Piece,
        encode::{self, ConnectionField},
        framing::{self, AnswerBody},
    },
};
use bytes::Bytes;
use http::{HeaderMap, StatusCode, header};
use http_body::{Body as _, Frame};
use std::{task::Waker, time::Instant};

impl Connection {
    /// Encodes the handler's answer, as far as it is there.
    pub(super) fn answer(
        &mut self,
        response: Response,
        mut answering: Answering,
        mut upload: Upload,
        called: Option<&'static Meta>,
        now: Instant,
    ) -> Step {
        let (head, mut body) = response.into_parts();
        // The reader is gone or never was: what it left is known well enough to say how this ends. A
        // client that still waits for `100 Continue` may or may not send the body after another answer.
        let unread = upload.is_abandoned() && self.body.at_least() > self.app.limits.drain;
        if unread || upload.owes_continue && upload.is_abandoned() || matches!(self.body, RequestBody::Broken)
        {
            answering.last.get_or_insert(CloseReason::UnreadBody);
        }
        if self.stopping {
            answering.last.get_or_insert(CloseReason::Shutdown);
        }
        // An interim answer is not an answer: nothing would follow it (RFC 9110 section 15.2).
        if head.status.is_informational() {
            log::error!("{} answered with the interim status {}", Named(called), head.status);
            discard(body);
            return (self.internal_error(answering.head_only, CloseReason::AnswerFailed, now), None);
        }
        let length = announced(&head.headers, &body, answering.head_only, called);
        let framing = framing::answer_body(answering.version, head.status, length);
        if framing == AnswerBody::UntilClose && !answering.head_only {
            answering.last.get_or_insert(CloseReason::PeerAsked);
        }
        // The answer's stream still reads the request: the interim answer cannot follow the final one.
        if std::mem::take(&mut upload.owes_continue) && !upload.is_abandoned() {
            self.output.text().extend_from_slice(encode::CONTINUE);
        }
        let field = answering.connection_field();
        encode::head(self.output.text(), head.status, &head.headers, framing, field, now);

        if answering.head_only || framing == AnswerBody::None {
            discard(body);
            return (self.finish(answering, &upload), None);
        }
        if let Some(whole) = body.take_whole() {
            self.output.body(whole);
            return (self.finish(answering, &upload), None);
        }
        let left = match framing {
            AnswerBody::Exact(length) => Some(length),
            AnswerBody::None | AnswerBody::Chunked | AnswerBody::UntilClose => None,
        };
        let exchange = Exchange {
            answering,
            upload,
            task: Task::new(self.app.clone()),
            work: Work::Stream { body, framing, left },
            deadline: None,
            called,
        };
        (Phase::Exchange(Box::new(exchange)), None)
    }

    /// Encodes one frame of a streamed answer.
    pub(super) fn send(&mut self, work: &mut Work, frame: Frame<Bytes>) -> Result<(), BodyError> {
        let Work::Stream { framing, left, .. } = work else { return Ok(()) };
        let data = match frame.into_data() {
            Ok(data) => data,
            // Trailers end the body; only chunked coding has a place for them.
            Err(frame) => {
                if let (AnswerBody::Chunked, Ok(trailers)) = (*framing, frame.into_trailers()) {
                    encode::last_chunk(self.output.text(), Some(&trailers));
                    *framing = AnswerBody::None;
                }
                return Ok(());
            }
        };
        if data.is_empty() {
            return Ok(());
        }
        match (*framing, left) {
            // An empty chunk would end the body; one after the trailers would follow it.
            (AnswerBody::None, _) => return Err(BodyError::source("data after the trailers")),
            (AnswerBody::Chunked, _) => {
                encode::chunk_size(self.output.text(), data.len());
                self.output.body(data);
                self.output.text().extend_from_slice(b"\r\n");
            }
            (AnswerBody::Exact(length), Some(left)) => {
                *left = left.checked_sub(data.len() as u64).ok_or_else(|| {
                    BodyError::source(format!("it is longer than the {length} bytes announced"))
                })?;
                self.output.body(data);
            }
            (AnswerBody::Exact(_) | AnswerBody::UntilClose, _) => self.output.body(data),
        }
        Ok(())
    }

    /// A streamed answer is complete, unless it is shorter than announced.
    pub(super) fn end_stream(&mut self, exchange: Box<Exchange>) -> Step {
        let (framing, left) = match &exchange.work {
            Work::Stream { framing, left, .. } => (*framing, left.unwrap_or(0)),
            Work::Handler(_) => (AnswerBody::None, 0),
        };
        if left > 0 {
            let error = BodyError::source(format!("it ended {left} bytes before its announced length"));
            return self.break_off(exchange, &error);
        }
        if framing == AnswerBody::Chunked {
            encode::last_chunk(self.output.text(), None);
        }
        let Exchange { answering, upload, work, .. } = *exchange;
        discard(work);
        (self.finish(answering, &upload), None)
    }

    /// The answer cannot be completed: the client must see that, so the connection ends without the end
    /// of the body. What is encoded already still goes out.
    pub(super) fn break_off(&mut self, exchange: Box<Exchange>, error: &BodyError) -> Step {
        log::error!("{}: the answer was broken off: {error}", Named(exchange.called));
        discard(exchange);
        (Phase::Flush { reason: CloseReason::AnswerFailed, linger: false }, None)
    }

    /// The answer is encoded; what comes next?
    fn finish(&mut self, answering: Answering, upload: &Upload) -> Phase {
        if let Some(channel) = &upload.channel {
            channel.finish(Err(BodyError::abandoned()), Waker::noop());
        }
        let last = answering.last.or(self.stopping.then_some(CloseReason::Shutdown));
        match last {
            None if self.body.is_over() => Phase::Head,
            None => Phase::Drain(self.app.limits.drain),
            // A peer that asked for the end and was read to the end has nothing more to say.
            Some(reason) => {
                let all_read = matches!(self.body, RequestBody::Done) && self.input.bytes.is_empty();
                Phase::Flush { reason, linger: !(all_read && reason == CloseReason::PeerAsked) }
            }
        }
    }

    /// Throws the unread rest of a request body away, so that the next request can be found.
    pub(super) fn drain(&mut self, mut budget: u64, now: Instant) -> Step {
        loop {
            match self.body.next(&mut self.input.bytes) {
                Ok(Piece::Data(data)) => {
                    self.deadline.clear();
                    match budget.checked_sub(data.len() as u64) {
                        Some(left) => budget = left,
                        None => {
                            let reason = CloseReason::UnreadBody;
                            return (Phase::Flush { reason, linger: true }, None);
                        }
                    }
                }
                Ok(Piece::Trailers(_)) => {}
                Ok(Piece::End) => {
                    self.deadline.clear();
                    return (Phase::Head, None);
                }
                // The answer is out, so there is nobody to tell but by closing.
                Err(error) => {
                    return (Phase::Flush { reason: CloseReason::BadRequest(error), linger: true }, None);
                }
                Ok(Piece::Incomplete) => break,
            }
            if self.body.is_over() {
                self.deadline.clear();
                return (Phase::Head, None);
            }
        }
        if !self.output.is_empty() {
            let want = self.want_write(now);
            return (Phase::Drain(budget), Some(want));
        }
        if self.input.ended {
            return (Phase::Closed(CloseReason::PeerBrokeOff), None);
        }
        self.deadline.keep(Bound::Body, &self.app.timeouts, now);
        self.input.let_go();
        (Phase::Drain(budget), Some(Want::Read))
    }

    pub(super) fn flush(&mut self, reason: CloseReason, linger: bool, now: Instant) -> Step {
        if !self.output.is_empty() {
            let want = self.want_write(now);
            return (Phase::Flush { reason, linger }, Some(want));
        }
        self.input.clear();
        if !linger || self.input.ended {
            self.deadline.clear();
            return (Phase::Closed(reason), None);
        }
        self.deadline.restart(Bound::Linger, &self.app.timeouts, now);
        (Phase::Linger(reason), Some(Want::HalfClose))
    }

    /// Reads on until the peer closes, so that no reset overtakes the answer (RFC 9112 section 9.6).
    pub(super) fn linger(&mut self, reason: CloseReason, now: Instant) -> Step {
        if self.input.ended {
            self.deadline.clear();
            return (Phase::Closed(reason), None);
        }
        self.deadline.keep(Bound::Linger, &self.app.timeouts, now);
        (Phase::Linger(reason), Some(Want::Read))
    }

    pub(super) fn bad_request(&mut self, error: RequestError, head_only: bool, now: Instant) -> Phase {
        let message = error.to_string();
        self.refuse(error.status(), &message, head_only, CloseReason::BadRequest(error), now)
    }

    pub(super) fn panicked(&mut self, head_only: bool, now: Instant) -> Phase {
        self.internal_error(head_only, CloseReason::HandlerPanicked, now)
    }

    fn internal_error(&mut self, head_only: bool, reason: CloseReason, now: Instant) -> Phase {
        self.refuse(StatusCode::INTERNAL_SERVER_ERROR, "the handler failed", head_only, reason, now)
    }

    /// The connection's own answer, which is always its last.
    pub(super) fn refuse(
        &mut self,
        status: StatusCode,
        message: &str,
        head_only: bool,
        reason: CloseReason,
        now: Instant,
    ) -> Phase {
        self.deadline.clear();
        let response = (status, format!("{status}: {message}\n")).into_response();
        let (head, mut body) = response.into_parts();
        let body = body.take_whole().unwrap_or_default();
        let framing = AnswerBody::Exact(body.len() as u64);
        encode::head(self.output.text(), status, &head.headers, framing, ConnectionField::Close, now);
        if !head_only {
            self.output.body(body);
        }
        Phase::Flush { reason, linger: true }
    }
}

/// The length that the answer's head tells: the body's own, or else the handler's `Content-Length`, which
/// is all there is when the handler answers `HEAD` itself or streams a file.
fn announced(
    headers: &HeaderMap,
    body: &Body,
    head_only: bool,
    called: Option<&'static Meta>,
) -> Option<u64> {
    let exact = body.size_hint().exact();
    let told = headers
        .get(header::CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok())
        .and_then(|length| length.parse().ok());
    match (exact, told) {
        (Some(0), Some(told)) if head_only => Some(told),
        (Some(exact), Some(told)) => {
            if exact != told {
                log::error!("{} announced {told} bytes for a body of {exact}", Named(called));
            }
            Some(exact)
        }
        (exact, told) => exact.or(told),
    }
}
