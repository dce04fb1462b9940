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
//!                              └─ cut off, and the client could not tell ─▶ Reset ──┘
//! ```
//!
//! Transitions are decided here and, for the way into, through and out of an exchange, in `begin`, `drive`,
//! `answer` and `ending`; bytes are read and written in `input`, `output` and `proto`.

mod answer;
mod begin;
mod close;
mod deadlines;
mod drive;
mod ending;
mod exchange;
mod input;
mod output;
mod request_body;

use crate::{App, BodyError, app::Ran, observer::Event, proto::head};
use core::net::SocketAddr;
use deadlines::{Bound, Deadline};
use exchange::Exchange;
use http::StatusCode;
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
    /// A close that the peer cannot take for the end of the answer: set the socket to reset when it is closed
    /// (`SO_LINGER` with zero seconds) and poll again. An answer to HTTP/1.0 that is cut off would look whole
    /// otherwise, because there the end of the connection is the end of the body (RFC 9112 section 6.3).
    Reset,
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
    peer: Option<SocketAddr>,
    input: Input,
    output: Output,
    phase: Phase,
    body: RequestBody,
    deadline: Deadline,
    served: u64,
    stopping: bool,
    /// The answer on its way ends where the connection does.
    until_close: bool,
    /// What has run in this poll.
    ran: Ran,
}

enum Phase {
    /// Between two requests, or inside a request's head.
    Head,
    Exchange(Box<Exchange>),
    /// The answer is out; so many bytes of the request body are thrown away at the most.
    Drain(u64),
    /// The last answer is on its way out.
    Flush {
        reason: CloseReason,
        then: Then,
    },
    Linger(CloseReason),
    /// The answer was cut off in a way that the peer cannot see.
    Reset(CloseReason),
    Closed(CloseReason),
}

/// What follows the last byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Then {
    Close,
    /// The peer may still be sending.
    Linger,
    /// The answer is not whole.
    CutOff,
}

/// What a phase made of a poll: the next phase, and what the host must do first.
type Step = (Phase, Option<Want>);

impl Connection {
    /// A conversation that starts `now`, with [`Timeouts::head`](crate::Timeouts::head) for its first
    /// request.
    // Inlined with the next, so that it is made where it stays: a host's thread has one on its stack, and no room for copies.
    #[inline]
    #[must_use]
    pub fn new(app: Arc<App>, now: Instant) -> Connection {
        let mut deadline = Deadline::default();
        deadline.restart(Bound::Head, &app.timeouts, now);
        Connection {
            app,
            peer: None,
            input: Input::default(),
            output: Output::default(),
            phase: Phase::Head,
            body: RequestBody::Done,
            deadline,
            served: 0,
            stopping: false,
            until_close: false,
            ran: Ran::Nothing,
        }
    }

    /// Tells the handlers who is at the other end ([`ConnectInfo`](crate::ConnectInfo)).
    #[inline]
    #[must_use]
    pub fn with_peer(mut self, peer: SocketAddr) -> Connection {
        self.peer = Some(peer);
        self
    }

    /// Goes on as far as possible: parses, calls and polls the handler, encodes its answer.
    ///
    /// `now` must not be older than the last call's. After [`Want::Close`] every further call answers the
    /// same.
    pub fn poll(&mut self, cx: &mut Context<'_>, now: Instant) -> Want {
        self.note_progress(now);
        self.expire(now);
        let want = self.go_on(cx, now);
        self.app.turn_ended(now, std::mem::take(&mut self.ran));
        want
    }

    fn go_on(&mut self, cx: &mut Context<'_>, now: Instant) -> Want {
        loop {
            // Most polls begin and end between two requests: nothing is moved for them.
            let want = match self.phase {
                Phase::Head => self.head(cx, now),
                _ => self.in_between(cx, now),
            };
            if let Some(want) = want {
                return want;
            }
        }
    }

    /// Goes on in any other phase, to the next phase or until the host must do something first.
    #[inline(never)]
    fn in_between(&mut self, cx: &mut Context<'_>, now: Instant) -> Option<Want> {
        if self.output.is_full() && !matches!(self.phase, Phase::Reset(_) | Phase::Closed(_)) {
            return Some(self.want_write(now));
        }
        // By value: a phase that is left behind cannot be half used.
        let phase = std::mem::replace(&mut self.phase, Phase::Head);
        let (next, want) = match phase {
            Phase::Head => (Phase::Head, None),
            Phase::Exchange(exchange) => self.exchange(exchange, cx, now),
            Phase::Drain(budget) => self.drain(budget, now),
            Phase::Flush { reason, then } => self.flush(reason, then, now),
            Phase::Linger(reason) => self.linger(reason, now),
            Phase::Reset(reason) => (Phase::Closed(reason), Some(Want::Reset)),
            Phase::Closed(reason) => {
                self.deadline.clear();
                (Phase::Closed(reason), Some(Want::Close(reason)))
            }
        };
        self.phase = next;
        want
    }

    /// Reads once from the peer. An end of stream and an error are remembered and decided on by the next
    /// [`poll`](Connection::poll).
    pub fn read_from(&mut self, source: &mut impl Read) -> Readiness {
        let before = self.input.progressed;
        let readiness = self.input.read_from(source, self.body.is_long());
        if self.input.progressed > before {
            self.observe(Event::Read);
        }
        if matches!(self.phase, Phase::Linger(_)) {
            self.input.clear();
        }
        readiness
    }

    /// Writes what waits for the peer, until all is written or the socket takes no more.
    pub fn write_to(&mut self, sink: &mut impl Write) -> Readiness {
        let before = self.output.len();
        let readiness = self.output.write_to(sink);
        if self.output.len() < before {
            self.observe(Event::Written);
        }
        readiness
    }

    /// When [`poll`](Connection::poll) must be called next at the latest, because of a timeout in force. The
    /// handler's own sleeps come on top: [`wake_at`](Connection::wake_at).
    #[must_use]
    pub fn deadline(&self) -> Option<Instant> {
        let handler = match &self.phase {
            // Until the peer takes some of what is encoded, nothing is polled.
            Phase::Exchange(exchange) if !self.output.is_full() => exchange.deadline,
            _ => None,
        };
        earlier(self.deadline.at(), handler)
    }

    /// The earliest instant that the handler sleeps until, if it sleeps: another time to call
    /// [`poll`](Connection::poll). Who waits for it, and what cannot go on meanwhile, is the runtime's choice.
    #[must_use]
    pub fn wake_at(&self) -> Option<Instant> {
        match &self.phase {
            Phase::Exchange(exchange) if !self.output.is_full() => exchange.timer.earliest(),
            _ => None,
        }
    }

    /// An instant not before `now`, by the clock's [coarse](crate::time::Clock::coarse) look: for a host in the middle of a
    /// turn that has begun `now`, where a handler may have taken its time. What a host has waited for it must look at
    /// anew.
    #[must_use]
    pub fn later(&self, now: Instant) -> Instant {
        self.app.coarse().max(now)
    }

    /// Gives back what the calling thread's buffers have grown to. All connections that a thread drives share them, so this
    /// is for a host whose thread has one client, who has been silent for a while, or has gone: ten thousand threads would
    /// keep a large buffer each, for uploads that are over. A later request is read into a small one again.
    pub fn release_buffers() {
        input::release_buffers();
        output::release_buffer();
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
    }

    #[inline]
    fn observe(&self, event: Event) {
        if self.app.is_observed()
            && let Some(peer) = self.peer
        {
            self.app.observe(peer, event);
        }
    }

    /// Tells when the request is here to its last byte.
    fn observe_body(&self) {
        if matches!(self.body, RequestBody::Done) {
            self.observe(Event::Complete);
        }
    }

    fn note_progress(&mut self, now: Instant) {
        if std::mem::take(&mut self.output.progressed) {
            self.deadline.clear();
        }
        let got = std::mem::take(&mut self.input.progressed);
        if got > 0 {
            self.deadline.body_came(got, &self.app.timeouts, now);
        }
        if let Some(kind) = self.input.failed.or(self.output.failed) {
            self.abort(match self.phase {
                // It has had its answer, and does not care to close politely.
                Phase::Linger(reason) => reason,
                _ => CloseReason::Io(kind),
            });
        }
    }

    /// The end without another byte.
    fn abort(&mut self, reason: CloseReason) {
        let end = match self.phase {
            Phase::Reset(_) | Phase::Closed(_) => return,
            Phase::Exchange(_) | Phase::Flush { .. } if self.until_close => Phase::Reset(reason),
            _ => Phase::Closed(reason),
        };
        self.output.clear();
        self.input.clear();
        discard(std::mem::replace(&mut self.phase, end));
    }

    /// What each timer's expiry does. Two kinds are decided on where they are waited for, after what came
    /// just in time was looked at: the request head's, and the handler's.
    fn expire(&mut self, now: Instant) {
        match self.deadline.expired(now) {
            None | Some(Bound::Head | Bound::Idle) => {}
            Some(Bound::Body) => self.expire_body(now),
            Some(Bound::Drain) => self.abort(CloseReason::BodyTimeout),
            // A socket is reported as writable only when much of its buffer is free: one more write may
            // find that the peer is slow, but there.
            Some(Bound::Write) if !std::mem::replace(&mut self.deadline.retried, true) => {}
            Some(Bound::Write) => self.abort(CloseReason::WriteTimeout),
            Some(Bound::Linger) => {
                if let Phase::Linger(reason) = self.phase {
                    self.abort(reason);
                }
            }
        }
    }

    fn expire_body(&mut self, now: Instant) {
        let reason = CloseReason::BodyTimeout;
        let Phase::Exchange(exchange) = &self.phase else { return self.abort(reason) };
        let Some(channel) = exchange.upload.channel.as_ref().filter(|channel| channel.is_wanted()) else {
            // The reader has gone meanwhile, without a word to the handler.
            return self.deadline.clear();
        };
        channel.finish(Err(BodyError::timed_out()), Waker::noop());
        if exchange.has_answered() {
            return self.abort(reason);
        }
        let head_only = exchange.answering.head_only;
        discard(std::mem::replace(&mut self.phase, Phase::Head));
        let message = "the request body stopped arriving";
        self.phase = self.refuse(StatusCode::REQUEST_TIMEOUT, message, head_only, reason, now);
    }

    /// Goes on from between two requests, to another phase or to the next request. What the host must do first, if that
    /// is so.
    fn head(&mut self, cx: &mut Context<'_>, now: Instant) -> Option<Want> {
        if self.output.is_full() {
            return Some(self.want_write(now));
        }
        // Empty lines before a request are passed over, and are no beginning of one (RFC 9112 section 2.2).
        while self.input.bytes.starts_with(b"\r\n") {
            self.input.skip(2);
        }
        if self.input.bytes.is_empty() { self.await_request(now) } else { self.request(cx, now) }
    }

    /// Begins the request that starts the input, if its head is whole.
    #[inline(never)]
    fn request(&mut self, cx: &mut Context<'_>, now: Instant) -> Option<Want> {
        let next = match head::parse(&self.input.bytes, self.input.seen, &self.app.limits) {
            Ok(Some(ref mut head)) => self.begin(head, cx, now),
            Ok(None) => {
                self.input.seen = self.input.bytes.len();
                return self.await_request(now);
            }
            Err(error) => {
                // The head is not read to its end, but HEAD is answered without a body all the same.
                let head_only = self.input.bytes.starts_with(b"HEAD ");
                self.bad_request(error, head_only, now)
            }
        };
        if !matches!(next, Phase::Head) {
            self.phase = next;
        }
        None
    }

    fn await_request(&mut self, now: Instant) -> Option<Want> {
        if !self.output.is_empty() {
            return Some(self.want_write(now));
        }
        let idle = self.input.bytes.is_empty();
        let end = match (self.input.ended, idle) {
            (true, true) => Some(CloseReason::PeerClosed),
            (true, false) => Some(CloseReason::PeerBrokeOff),
            (false, true) if self.stopping => Some(CloseReason::Shutdown),
            (false, _) => None,
        };
        if let Some(reason) = end {
            self.phase = Phase::Closed(reason);
            return None;
        }
        let bound = if idle && self.served > 0 { Bound::Idle } else { Bound::Head };
        self.deadline.keep(bound, &self.app.timeouts, now);
        if self.deadline.expired(now).is_some() {
            self.phase = self.no_request_came(bound, now);
            return None;
        }
        self.input.let_go();
        Some(Want::Read)
    }

    fn no_request_came(&mut self, bound: Bound, now: Instant) -> Phase {
        if bound == Bound::Idle {
            return Phase::Closed(CloseReason::IdleTimeout);
        }
        let reason = CloseReason::HeadTimeout;
        if self.input.bytes.is_empty() {
            return Phase::Closed(reason);
        }
        self.refuse(StatusCode::REQUEST_TIMEOUT, "the request head took too long", false, reason, now)
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
        self.observe(Event::Closed);
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
            Phase::Reset(_) => "Reset",
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
