//! The ways out of an exchange: the next request, a drain before it, or the end of the connection.

use super::{
    Bound, CloseReason, Connection, Phase, RequestBody, Step, Then, Want, discard,
    exchange::{Answering, Exchange, Upload},
};
use crate::{
    BodyError, RequestError,
    app::Named,
    proto::{
        chunked::Piece,
        encode::{self, ConnectionField},
        framing::AnswerBody,
    },
};
use http::StatusCode;
use std::time::Instant;

impl Connection {
    /// The answer cannot be completed: the client must see that, so the connection ends without the end
    /// of the body. What is encoded already still goes out.
    pub(super) fn break_off(&mut self, exchange: Box<Exchange>, error: &BodyError) -> Step {
        let reason = match exchange.answering.last {
            // An answer that is made of the request's body ends with it.
            Some(peer @ (CloseReason::PeerBrokeOff | CloseReason::BadRequest(_))) => peer,
            _ => {
                log::error!("{}: the answer was broken off: {error}", Named(exchange.called));
                CloseReason::AnswerFailed
            }
        };
        discard(exchange);
        (Phase::Flush { reason, then: Then::CutOff }, None)
    }

    /// The answer is encoded; what comes next?
    pub(super) fn finish(&mut self, answering: Answering, upload: Upload) -> Phase {
        // What is left of the body belongs to nobody now.
        drop(upload);
        let last = answering.last.or(self.stopping.then_some(CloseReason::Shutdown));
        match last {
            None if self.body.is_over() => Phase::Head,
            None => Phase::Drain(self.app.limits.drain),
            // A peer that asked for the end and was read to the end has nothing more to say.
            Some(reason) => {
                let all_read = matches!(self.body, RequestBody::Done) && self.input.bytes.is_empty();
                let then =
                    if all_read && reason == CloseReason::PeerAsked { Then::Close } else { Then::Linger };
                Phase::Flush { reason, then }
            }
        }
    }

    /// Throws the unread rest of a request body away, so that the next request can be found.
    pub(super) fn drain(&mut self, mut budget: u64, now: Instant) -> Step {
        if self.stopping {
            return (Phase::Flush { reason: CloseReason::Shutdown, then: Then::Linger }, None);
        }
        loop {
            match self.body.next(&mut self.input.bytes) {
                Ok(Piece::Data(data)) => match budget.checked_sub(data.len() as u64) {
                    Some(left) => budget = left,
                    None => {
                        let reason = CloseReason::UnreadBody;
                        return (Phase::Flush { reason, then: Then::Linger }, None);
                    }
                },
                Ok(Piece::Trailers(_) | Piece::End) => {}
                // The answer is out, so there is nobody to tell but by closing.
                Err(error) => {
                    return (
                        Phase::Flush { reason: CloseReason::BadRequest(error), then: Then::Linger },
                        None,
                    );
                }
                Ok(Piece::Incomplete) => break,
            }
            if self.body.is_over() {
                self.observe_body();
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
        self.deadline.keep(Bound::Drain, &self.app.timeouts, now);
        self.input.let_go();
        (Phase::Drain(budget), Some(Want::Read))
    }

    pub(super) fn flush(&mut self, reason: CloseReason, then: Then, now: Instant) -> Step {
        if !self.output.is_empty() {
            let want = self.want_write(now);
            return (Phase::Flush { reason, then }, Some(want));
        }
        self.input.clear();
        match then {
            Then::CutOff if self.until_close => (Phase::Reset(reason), None),
            Then::Linger if !self.input.ended => {
                self.deadline.restart(Bound::Linger, &self.app.timeouts, now);
                (Phase::Linger(reason), Some(Want::HalfClose))
            }
            _ => (Phase::Closed(reason), None),
        }
    }

    /// Reads on until the peer closes, so that no reset overtakes the answer (RFC 9112 section 9.6).
    pub(super) fn linger(&mut self, reason: CloseReason, now: Instant) -> Step {
        if self.input.ended {
            return (Phase::Closed(reason), None);
        }
        self.deadline.keep(Bound::Linger, &self.app.timeouts, now);
        (Phase::Linger(reason), Some(Want::Read))
    }

    #[cold]
    pub(super) fn bad_request(&mut self, error: RequestError, head_only: bool, now: Instant) -> Phase {
        let message = error.to_string();
        self.refuse(error.status(), &message, head_only, CloseReason::BadRequest(error), now)
    }

    #[cold]
    pub(super) fn panicked(&mut self, head_only: bool, now: Instant) -> Phase {
        self.internal_error(head_only, CloseReason::HandlerPanicked, now)
    }

    pub(super) fn internal_error(&mut self, head_only: bool, reason: CloseReason, now: Instant) -> Phase {
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
        let (head, body) = self.app.reject(status, message).into_parts();
        let framing = AnswerBody::Exact(body.len() as u64);
        encode::head(self.output.text(), head.status, &head.headers, framing, ConnectionField::Close, now);
        if !head_only {
            self.output.body(body);
        }
        Phase::Flush { reason, then: Then::Linger }
    }
}
