//! The handler's answer, whole or streamed, into bytes.

use super::{
    CloseReason, Connection, Phase, RequestBody, Step, discard,
    exchange::{Answering, Exchange, Upload, Work},
};
use crate::{
    Body, BodyError, ContentType, Meta, Response,
    app::Named,
    proto::{
        encode,
        framing::{self, AnswerBody},
        spare,
    },
    time::Timer,
};
use bytes::Bytes;
use http::{HeaderMap, header};
use http_body::{Body as _, Frame};
use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    time::Instant,
};

impl Connection {
    /// Encodes the handler's answer, as far as it is there.
    #[inline(never)]
    pub(super) fn answer(
        &mut self,
        response: Response,
        mut answering: Answering,
        mut upload: Upload,
        called: Option<&'static Meta>,
        now: Instant,
    ) -> Phase {
        let (mut head, mut body) = response.into_parts();
        // A handler may leave values of its own types here.
        discard(std::mem::take(&mut head.extensions));
        // An interim answer is not an answer: nothing would follow it (RFC 9110 section 15.2).
        if head.status.is_informational() {
            log::error!("{} answered with the interim status {}", Named(called), head.status);
            discard(body);
            return self.internal_error(answering.head_only, CloseReason::AnswerFailed, now);
        }
        let announced = || announced(&head.headers, &body, answering.head_only, called);
        let Ok(length) = catch_unwind(AssertUnwindSafe(announced)) else {
            log::error!("{} panicked", Named(called));
            discard(body);
            return self.panicked(answering.head_only, now);
        };
        let framing = framing::answer_body(answering.version, head.status, length);
        if answering.head_only || framing::has_no_content(head.status) {
            discard(std::mem::take(&mut body));
        } else if framing == AnswerBody::UntilClose {
            answering.last.get_or_insert(CloseReason::PeerAsked);
            self.until_close = true;
        }
        let whole = body.take_whole();
        self.decide_end(&mut answering, &mut upload, whole.is_some());
        let field = answering.connection_field();
        encode::head(self.output.text(), head.status, &head.headers, framing, field, now);
        spare::keep(head.headers);

        if let Some(whole) = whole {
            self.output.body(whole);
            return self.finish(answering, upload);
        }
        let left = match framing {
            AnswerBody::Exact(length) => Some(length),
            AnswerBody::None | AnswerBody::Chunked | AnswerBody::UntilClose => None,
        };
        let exchange = Exchange {
            answering,
            upload,
            timer: Timer::default(),
            work: Work::Stream { body, framing, left },
            deadline: None,
            called,
        };
        Phase::Exchange(Box::new(exchange))
    }

    /// Encodes an answer that is a body with its content type.
    pub(super) fn answer_full(
        &mut self,
        content_type: ContentType,
        body: Bytes,
        mut answering: Answering,
        mut upload: Upload,
        now: Instant,
    ) -> Phase {
        self.decide_end(&mut answering, &mut upload, true);
        let (length, field) = (body.len() as u64, answering.connection_field());
        encode::full_head(self.output.text(), content_type, length, field, now);
        if !answering.head_only {
            self.output.body(body);
        }
        self.finish(answering, upload)
    }

    /// The head of an answer tells whether the connection ends, so it is decided now what becomes of an unread body.
    fn decide_end(&mut self, answering: &mut Answering, upload: &mut Upload, is_whole: bool) {
        // A client that still waits for `100 Continue` may or may not send it after another answer.
        let nobody_reads = is_whole || upload.is_abandoned();
        let too_much = upload.owes_continue || self.body.at_least() > self.app.limits.drain;
        if nobody_reads && too_much || matches!(self.body, RequestBody::Broken) {
            answering.last.get_or_insert(CloseReason::UnreadBody);
        }
        if self.stopping {
            answering.last.get_or_insert(CloseReason::Shutdown);
        }
        // The answer's stream still reads the request: the interim answer cannot follow the final one.
        if std::mem::take(&mut upload.owes_continue) && !nobody_reads {
            self.output.text().extend_from_slice(encode::CONTINUE);
        }
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
        (self.finish(answering, upload), None)
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
        .and_then(|length| framing::content_length(length.as_bytes()).ok());
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
