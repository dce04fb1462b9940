//! One client's HTTP/1.1 conversation, without I/O.
//!
//! ```text
//!              ┌────────────── a request without a waiting handler ◀──────────────┐
//!              ▼                                                                  │
//!   ──▶ Head ──┴─ request ─▶ Exchange ── answer out ─▶ Drain ── body read away ───┤
//!         │                     │                        │                        │
//!         │ refused, or          │ last answer            │ too much             Head
//!         │ peer gone            ▼                        ▼
//!         └────────────────▶ Flush ── all written ─▶ HalfClose ─▶ Linger ─▶ Closed
//! ```
//!
//! This file decides transitions; bytes are read and written in `input`, `output` and `proto`.

mod answer;
mod close;
mod deadlines;
mod exchange;
mod input;
mod output;
mod request_body;

use crate::{
    App, Body, Reply, Request, RequestError,
    ambient::{self, Task},
    app::Named,
    body::{BodyError, incoming::Channel},
    proto::{
        chunked::Piece,
        encode,
        framing::{self, BodyLength},
        head,
    },
};
use bytes::Bytes;
use deadlines::{Bound, Deadline, after};
use exchange::{Answering, Exchange, Polled, Upload, Work};
use http::{Method, StatusCode};
use http_body::Frame;
use input::Input;
use output::Output;
use request_body::RequestBody;
use std::{
    fmt,
    io::{Read, Write},
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    task::{Context, Waker},
    time::Instant,
};

pub use close::CloseReason;

/// Answers are gathered up to here before they are written; a stream that is ahead of its reader by as
/// much is not polled.
const OUTPUT_FULL: usize = 64 * 1024;

/// What the connection needs from its host before it can go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Want {
    /// Bytes: wait until the socket is readable and call [`Connection::read_from`]. A handler may be
    /// waiting too, so its waker and [`Connection::deadline`] count as well.
    Read,
    /// Room: call [`Connection::write_to`], and wait until the socket is writable if it takes no more.
    Write,
    /// The handler: it wakes the waker that `poll` was given, or sleeps until [`Connection::wake_at`].
    Wake,
    /// Everything is written: shut the socket's write side down and poll again (RFC 9112 section 9.6).
    HalfClose,
    /// Nothing any more: drop the socket.
    Close(CloseReason),
}

/// How a read or a write ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Readiness {
    /// The socket may well be ready for more at once.
    More,
    /// The read took less than it had room for: the socket is empty until it says otherwise.
    Exhausted,
    /// The socket took or gave nothing.
    Blocked,
}

/// One client's conversation, and the handler at work for it.
///
/// It reads no socket, starts no thread and asks no clock. A runtime is a loop around it: [`poll`], do
/// what it [`Want`]s, poll again, no later than [`deadline`]. Dropping it drops the handler in flight.
///
/// [`poll`]: Connection::poll
/// [`deadline`]: Connection::deadline
pub struct Connection {
    app: Arc<App>,
    input: Input,
    output: Output,
    phase: Phase,
    body: RequestBody,
    deadline: Deadline,
    served: u64,
    stopping: bool,
}

enum Phase {
    /// Between two requests, or inside a request's head.
    Head,
    Exchange(Box<Exchange>),
    /// The answer is out; so many bytes of the request body are thrown away at the most.
    Drain(u64),
    /// The last answer is on its way out. `linger`: the peer may still be sending.
    Flush {
        reason: CloseReason,
        linger: bool,
    },
    Linger(CloseReason),
    Closed(CloseReason),
}

/// What a phase made of a poll: the next phase, and what the host must do first.
type Step = (Phase, Option<Want>);

impl Connection {
    /// A conversation that starts `now`, with [`Timeouts::head`](crate::Timeouts::head) for its first
    /// request.
    #[must_use]
    pub fn new(app: Arc<App>, now: Instant) -> Connection {
        let mut deadline = Deadline::default();
        deadline.restart(Bound::Head, &app.timeouts, now);
        Connection {
            app,
            input: Input::default(),
            output: Output::default(),
            phase: Phase::Head,
            body: RequestBody::Done,
            deadline,
            served: 0,
            stopping: false,
        }
    }

    /// Goes on as far as possible: parses, calls and polls the handler, encodes its answer.
    ///
    /// `now` must not be older than the last call's. After [`Want::Close`] every further call answers the
    /// same.
    pub fn poll(&mut self, cx: &mut Context<'_>, now: Instant) -> Want {
        self.note_progress();
        self.expire(now);
        loop {
            if self.output.len() >= OUTPUT_FULL && !matches!(self.phase, Phase::Closed(_)) {
                return self.want_write(now);
            }
            // By value: a phase that is left behind cannot be half used.
            let phase = std::mem::replace(&mut self.phase, Phase::Head);
            let (next, want) = match phase {
                Phase::Head => self.head(cx, now),
                Phase::Exchange(exchange) => self.exchange(exchange, cx, now),
                Phase::Drain(budget) => self.drain(budget, now),
                Phase::Flush { reason, linger } => self.flush(reason, linger, now),
                Phase::Linger(reason) => self.linger(reason, now),
                Phase::Closed(reason) => (Phase::Closed(reason), Some(Want::Close(reason))),
            };
            self.phase = next;
            if let Some(want) = want {
                return want;
            }
        }
    }

    /// Reads once from the peer. An end of stream and an error are remembered and decided on by the next
    /// [`poll`](Connection::poll).
    pub fn read_from(&mut self, source: &mut impl Read) -> Readiness {
        let readiness = self.input.read_from(source);
        if matches!(self.phase, Phase::Linger(_)) {
            self.input.clear();
        }
        readiness
    }

    /// Writes what waits for the peer, until all is written or the socket takes no more.
    pub fn write_to(&mut self, sink: &mut impl Write) -> Readiness {
        self.output.write_to(sink)
    }

    /// When [`poll`](Connection::poll) must be called next at the latest: the earliest of the timeouts in
    /// force and of what the handler sleeps for.
    #[must_use]
    pub fn deadline(&self) -> Option<Instant> {
        let handler = match &self.phase {
            Phase::Exchange(exchange) => earlier(exchange.deadline, exchange.task.wake_at()),
            _ => None,
        };
        earlier(self.deadline.at(), handler)
    }

    /// The earliest instant that the handler sleeps until, if it sleeps.
    #[must_use]
    pub fn wake_at(&self) -> Option<Instant> {
        match &self.phase {
            Phase::Exchange(exchange) => exchange.task.wake_at(),
            _ => None,
        }
    }

    /// Whether nothing would be lost by closing now: no byte of a request has come since the last answer.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        matches!(self.phase, Phase::Head) && self.input.bytes.is_empty() && self.output.is_empty()
    }

    /// Begins the graceful end: the request in flight is answered, with `Connection: close`, and an idle
    /// connection closes at the next [`poll`](Connection::poll). A host that finds the connection
    /// [idle](Connection::is_idle) tries one last read before it calls this, because a request may have
    /// arrived that nobody has looked at yet.
    pub fn shut_down(&mut self) {
        self.stopping = true;
        if let Phase::Exchange(exchange) = &mut self.phase {
            exchange.answering.last.get_or_insert(CloseReason::Shutdown);
        }
    }

    fn note_progress(&mut self) {
        if std::mem::take(&mut self.output.progressed) {
            self.deadline.clear();
        }
        if let Some(kind) = self.input.failed.or(self.output.failed) {
            self.abort(CloseReason::Io(kind));
        }
    }

    /// The end without another byte.
    fn abort(&mut self, reason: CloseReason) {
        if matches!(self.phase, Phase::Closed(_)) {
            return;
        }
        self.deadline.clear();
        self.output.clear();
        self.input.clear();
        discard(std::mem::replace(&mut self.phase, Phase::Closed(reason)));
    }

    /// What each timer's expiry does.
    fn expire(&mut self, now: Instant) {
        if let Phase::Exchange(exchange) = &self.phase
            && matches!(exchange.work, Work::Handler(_))
            && exchange.deadline.is_some_and(|deadline| now >= deadline)
        {
            log::warn!("{} took too long and was dropped", Named(exchange.called));
            let reason = CloseReason::HandlerTimeout;
            return self.give_up(StatusCode::SERVICE_UNAVAILABLE, "the handler took too long", reason, now);
        }
        match self.deadline.expired(now) {
            None => {}
            Some(Bound::Head) if self.input.bytes.is_empty() => self.abort(CloseReason::HeadTimeout),
            Some(Bound::Head) => {
                let reason = CloseReason::HeadTimeout;
                self.give_up(StatusCode::REQUEST_TIMEOUT, "the request head took too long", reason, now);
            }
            Some(Bound::Idle) => self.abort(CloseReason::IdleTimeout),
            Some(Bound::Body) => self.expire_body(now),
            Some(Bound::Write) => self.abort(CloseReason::WriteTimeout),
            Some(Bound::Linger) => {
                let reason = match self.phase {
                    Phase::Linger(reason) => reason,
                    _ => CloseReason::Shutdown,
                };
                self.abort(reason);
            }
        }
    }

    fn expire_body(&mut self, now: Instant) {
        let reason = CloseReason::BodyTimeout;
        match &self.phase {
            Phase::Exchange(exchange) if matches!(exchange.work, Work::Handler(_)) => {
                if let Some(channel) = &exchange.upload.channel {
                    channel.finish(Err(BodyError::timed_out()), Waker::noop());
                }
                self.give_up(StatusCode::REQUEST_TIMEOUT, "the request body stopped arriving", reason, now);
            }
            _ => self.abort(reason),
        }
    }

    /// Drops the exchange in flight and ends with an answer of the connection's own.
    fn give_up(&mut self, status: StatusCode, message: &str, reason: CloseReason, now: Instant) {
        let dropped = std::mem::replace(&mut self.phase, Phase::Head);
        let head_only = match &dropped {
            Phase::Exchange(exchange) => exchange.answering.head_only,
            _ => false,
        };
        discard(dropped);
        self.phase = self.refuse(status, message, head_only, reason, now);
    }

    fn head(&mut self, cx: &mut Context<'_>, now: Instant) -> Step {
        if self.input.bytes.is_empty() {
            return self.await_request(now);
        }
        match head::parse(&self.input.bytes, &self.app.limits) {
            Ok(Some(head)) => {
                self.input.skip(head.length);
                self.begin(head.request, cx, now)
            }
            Ok(None) => self.await_request(now),
            Err(error) => (self.bad_request(error, false, now), None),
        }
    }

    fn await_request(&mut self, now: Instant) -> Step {
        if !self.output.is_empty() {
            return (Phase::Head, Some(self.want_write(now)));
        }
        let idle = self.input.bytes.is_empty();
        let end = match (self.input.ended, idle) {
            (true, true) => Some(CloseReason::PeerClosed),
            (true, false) => Some(CloseReason::PeerBrokeOff),
            (false, true) if self.stopping => Some(CloseReason::Shutdown),
            (false, _) => None,
        };
        if let Some(reason) = end {
            self.deadline.clear();
            return (Phase::Closed(reason), None);
        }
        let bound = if idle && self.served > 0 { Bound::Idle } else { Bound::Head };
        self.deadline.keep(bound, &self.app.timeouts, now);
        self.input.let_go();
        (Phase::Head, Some(Want::Read))
    }

    /// A request head is complete.
    fn begin(&mut self, mut request: Request, cx: &mut Context<'_>, now: Instant) -> Step {
        self.deadline.clear();
        self.served += 1;
        let version = request.version();
        let head_only = *request.method() == Method::HEAD;
        let (length, expects_continue) = match framing::request_body(version, request.headers())
            .and_then(|length| Ok((length, framing::expects_continue(version, request.headers())?)))
        {
            Ok(framed) => framed,
            Err(error) => return (self.bad_request(error, head_only, now), None),
        };
        let last = if self.stopping {
            Some(CloseReason::Shutdown)
        } else if !framing::persists(version, request.headers()) {
            Some(CloseReason::PeerAsked)
        } else if self.served >= self.app.limits.requests {
            Some(CloseReason::RequestLimit)
        } else {
            None
        };
        let answering = Answering { version, head_only, last };
        let mut upload = Upload::default();
        if length != BodyLength::None {
            match self.open_body(length, cx) {
                Ok((body, channel)) => {
                    *request.body_mut() = body.with_collect_limit(self.app.limits.body);
                    upload = Upload { owes_continue: expects_continue && channel.is_some(), channel };
                }
                Err(error) => return (self.bad_request(error, head_only, now), None),
            }
        }
        let app = &*self.app;
        let (reply, called) = match catch_unwind(AssertUnwindSafe(|| app.call(request))) {
            Ok(answered) => answered,
            Err(_) => {
                log::error!("{} panicked", Named(ambient::called()));
                return (self.panicked(head_only, now), None);
            }
        };
        match reply {
            Reply::Ready(response) => self.answer(response, answering, upload, called, now),
            Reply::Pending(handler) => {
                let exchange = Exchange {
                    answering,
                    upload,
                    task: Task::new(self.app.clone()),
                    work: Work::Handler(handler),
                    deadline: after(now, self.app.timeouts.handler),
                    called,
                };
                (Phase::Exchange(Box::new(exchange)), None)
            }
        }
    }

    /// The body for the handler: whole if all of it is here already, else fed through a channel.
    fn open_body(
        &mut self,
        length: BodyLength,
        cx: &Context<'_>,
    ) -> Result<(Body, Option<Arc<Channel>>), RequestError> {
        self.body = RequestBody::new(length);
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

    /// The handler is at work, or its answer is being streamed.
    fn exchange(&mut self, mut exchange: Box<Exchange>, cx: &mut Context<'_>, now: Instant) -> Step {
        loop {
            if self.output.len() >= OUTPUT_FULL {
                let want = self.want_write(now);
                return (Phase::Exchange(exchange), Some(want));
            }
            match self.feed(&exchange.upload, cx) {
                Err(error) if matches!(exchange.work, Work::Handler(_)) => {
                    let head_only = exchange.answering.head_only;
                    discard(exchange);
                    return (self.bad_request(error, head_only, now), None);
                }
                Err(error) => exchange.answering.last = Some(CloseReason::BadRequest(error)),
                Ok(_) => {}
            }
            match exchange.poll(cx, now) {
                Polled::Answer(response) => {
                    let Exchange { answering, upload, called, .. } = *exchange;
                    return self.answer(response, answering, upload, called, now);
                }
                Polled::Frame(frame) => {
                    if let Err(error) = self.send(&mut exchange.work, frame) {
                        return self.break_off(exchange, &error);
                    }
                    continue;
                }
                Polled::End => return self.end_stream(exchange),
                Polled::Failed(error) => return self.break_off(exchange, &error),
                Polled::Panicked if matches!(exchange.work, Work::Handler(_)) => {
                    let head_only = exchange.answering.head_only;
                    discard(exchange);
                    return (self.panicked(head_only, now), None);
                }
                Polled::Panicked => {
                    let reason = CloseReason::HandlerPanicked;
                    discard(exchange);
                    return (Phase::Flush { reason, linger: false }, None);
                }
                Polled::Pending => {}
            }
            // The handler waits. What is ready goes out first, then its body comes in.
            if !self.output.is_empty() {
                let want = self.want_write(now);
                return (Phase::Exchange(exchange), Some(want));
            }
            match self.wait_for_body(&mut exchange, cx, now) {
                Some(Some(want)) => return (Phase::Exchange(exchange), Some(want)),
                Some(None) => continue,
                None => {
                    self.deadline.clear();
                    return (Phase::Exchange(exchange), Some(Want::Wake));
                }
            }
        }
    }

    /// Decodes what is here of the request body, if the handler waits for it. Whether it got anything.
    fn feed(&mut self, upload: &Upload, cx: &Context<'_>) -> Result<bool, RequestError> {
        let Some(channel) = &upload.channel else { return Ok(false) };
        let mut fed = false;
        while !self.body.is_over() && channel.is_wanted() {
            match self.body.next(&mut self.input.bytes) {
                Ok(Piece::Data(data)) => channel.push(Frame::data(data), cx.waker()),
                Ok(Piece::Trailers(trailers)) => channel.push(Frame::trailers(trailers), cx.waker()),
                Ok(Piece::End) => {}
                Ok(Piece::Incomplete) => break,
                Err(error) => {
                    channel.finish(Err(BodyError::malformed()), cx.waker());
                    return Err(error);
                }
            }
            fed = true;
            self.deadline.clear();
            if self.body.is_over() {
                channel.finish(Ok(()), cx.waker());
            }
        }
        Ok(fed)
    }

    /// `None`: the handler does not wait for its body. `Some(None)`: poll it again.
    fn wait_for_body(
        &mut self,
        exchange: &mut Exchange,
        cx: &Context<'_>,
        now: Instant,
    ) -> Option<Option<Want>> {
        let channel = exchange.upload.channel.as_ref().filter(|_| !self.body.is_over())?;
        if !channel.wanted_or_wake(cx.waker()) {
            return None;
        }
        match self.feed(&exchange.upload, cx) {
            Ok(false) => {}
            // An error is in the channel too, and the next round decides on it.
            Ok(true) | Err(_) => return Some(None),
        }
        if self.input.ended {
            self.body = RequestBody::Broken;
            exchange.answering.last = Some(CloseReason::PeerBrokeOff);
            channel.finish(Err(BodyError::truncated()), cx.waker());
            return Some(None);
        }
        if std::mem::take(&mut exchange.upload.owes_continue) {
            self.output.text().extend_from_slice(encode::CONTINUE);
            return Some(Some(self.want_write(now)));
        }
        self.deadline.keep(Bound::Body, &self.app.timeouts, now);
        self.input.let_go();
        Some(Some(Want::Read))
    }

    fn want_write(&mut self, now: Instant) -> Want {
        self.deadline.keep(Bound::Write, &self.app.timeouts, now);
        Want::Write
    }
}

/// Dropping the connection drops a handler in flight, whose destructors may panic as well.
impl Drop for Connection {
    fn drop(&mut self) {
        discard(std::mem::replace(&mut self.phase, Phase::Closed(CloseReason::GivenUp)));
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let phase = match &self.phase {
            Phase::Head => "Head",
            Phase::Exchange(_) => "Exchange",
            Phase::Drain(_) => "Drain",
            Phase::Flush { .. } => "Flush",
            Phase::Linger(_) => "Linger",
            Phase::Closed(_) => "Closed",
        };
        f.debug_struct("Connection")
            .field("phase", &phase)
            .field("unread", &self.input.bytes.len())
            .field("unwritten", &self.output.len())
            .field("deadline", &self.deadline())
            .finish_non_exhaustive()
    }
}

/// Drops what may hold user code, so that a panic in its destructor does not take the host down.
fn discard<T>(dropped: T) {
    if catch_unwind(AssertUnwindSafe(move || drop(dropped))).is_err() {
        log::error!("a handler panicked while it was dropped");
    }
}

fn earlier(one: Option<Instant>, other: Option<Instant>) -> Option<Instant> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
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
