//! What every connection of a server shares: the handler, its bounds, and what the host lends.

use crate::{
    Handler, IntoResponse, Meta, RawRequest, Rejection, Reply, Request, ambient,
    body::DEFAULT_COLLECT_LIMIT,
    detector::Detector,
    observer::{Event, Observer},
    offload::Pool,
    time::Clock,
};
use bytes::Bytes;
use core::net::SocketAddr;
use http::StatusCode;
use std::{
    any::Any,
    fmt,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    time::{Duration, Instant},
};

/// How much a peer may send before it is refused. All of them are on by default.
///
/// Requests that are sent ahead (pipelined) need no limit of their own: while a handler runs, the connection reads
/// nothing. What came in the same read, 64 KiB at the most, waits in memory; the rest waits in the kernel.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Bytes of a request head, request line and empty line included, and of a trailer section; above it 431
    /// (or 414 when it is the request line that is too long). Default 16 KiB: nginx takes 4 × 8 KiB, Apache 8 KiB a line,
    /// hyper about 400 KiB.
    pub head: usize,
    /// Header fields of a request, and fields of a trailer section; above it 431. Default 100, as Apache and hyper. A
    /// request has no more than 24,000 in any case, which is about what an [`http::HeaderMap`] takes.
    pub headers: usize,
    /// Bytes of the request target; above it 414. Default 8 KiB, as nginx and Apache; RFC 9112
    /// section 3 asks for at least 8000.
    pub target: usize,
    /// Bytes that [`Body::bytes`](crate::Body::bytes), and so every extractor that needs a whole body,
    /// collects; above it 413. Default 8 MiB. A handler that reads the [`Body`](crate::Body) piece by
    /// piece is not bounded: it holds one piece at a time.
    pub body: u64,
    /// Bytes of a request body that nobody read, thrown away so that the connection can go on; above it
    /// the connection is closed. Default 64 KiB.
    pub drain: u64,
    /// Requests on one connection; the last one is answered with `Connection: close`. Default: no bound.
    pub requests: u64,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            head: 16 * 1024,
            headers: 100,
            target: 8 * 1024,
            body: DEFAULT_COLLECT_LIMIT,
            drain: 64 * 1024,
            requests: u64::MAX,
        }
    }
}

/// How long a peer, or the handler, may take. All of them are on by default.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Timeouts {
    /// From a connection's start, or from a later request's first byte, to the end of the request head;
    /// then 408, or a silent close when not one byte came. Default 5 s; nginx 60 s, Apache 20 s, hyper
    /// 30 s. A head is one packet or two: who needs longer is holding the connection.
    pub head: Duration,
    /// Between two requests of a connection; then it is closed. Default 75 s, as nginx: longer than the
    /// 60 s of the usual load balancers, which would otherwise reuse a connection that is being closed.
    pub idle: Duration,
    /// For a request body that the handler asked for and that does not arrive; then 408, or the end of an answer
    /// that has begun. Bytes that do arrive buy new time, at [`body_rate`](Timeouts::body_rate), up to the whole
    /// of it again; the time in which the handler asks for nothing does not count. Also for the whole of a
    /// body that is thrown away unread; then a silent close. Default 30 s; nginx 60 s, Apache 20 s.
    pub body: Duration,
    /// Bytes of a request body that buy a second of [`body`](Timeouts::body): who sends more slowly for longer
    /// than that is cut off, however regularly the bytes drip. 0 is no minimum: then every byte buys the whole
    /// time. Default 500 bytes per second, as Apache (mod_reqtimeout's `MinRate`); nginx and hyper have none.
    pub body_rate: u32,
    /// Without the peer taking one byte of the answer; then the connection is dropped. Default 30 s;
    /// nginx 60 s. Sockets are told to be writable when a good part of the kernel's buffer is free, so that a
    /// slow reader may go longer without a word: when the time is up, one more write is tried before the end.
    pub write: Duration,
    /// From the request head, or the last piece of the request body that the handler waited for, to the response
    /// head; then the handler is dropped and the answer is 503. A plain `fn` cannot be stopped: its overrun is
    /// logged by name and line. Default 60 s; nginx waits as long for an upstream, Apache too.
    pub handler: Duration,
    /// After the last answer of a connection, to throw away what the peer still sends (RFC 9112 section
    /// 9.6). Default 2 s; nginx 5 s, Apache 2 s.
    pub linger: Duration,
    /// From the start of a graceful stop to the end of the last exchange; then what is left is dropped.
    /// Default 30 s, as gunicorn and actix-web.
    pub grace: Duration,
}

impl Timeouts {
    /// What is left of the [`body`](Timeouts::body) time when `got` bytes have come `now`, to somebody who would
    /// have waited for them until `deadline`. For hosts without a [`Connection`](crate::Connection).
    #[must_use]
    pub fn body_left(&self, deadline: Instant, got: usize, now: Instant) -> Duration {
        // A host that looks late has been held: that was not the client's time.
        let left = deadline.saturating_duration_since(now) + now.saturating_duration_since(deadline);
        let bought = match self.body_rate {
            0 => self.body,
            rate => Duration::from_secs_f64(got as f64 / f64::from(rate)),
        };
        left.saturating_add(bought).min(self.body)
    }
}

impl Default for Timeouts {
    fn default() -> Timeouts {
        Timeouts {
            head: Duration::from_secs(5),
            idle: Duration::from_secs(75),
            body: Duration::from_secs(30),
            body_rate: 500,
            write: Duration::from_secs(30),
            handler: Duration::from_secs(60),
            linger: Duration::from_secs(2),
            grace: Duration::from_secs(30),
        }
    }
}

/// What to do about a panic, by its message.
type PanicAdvice = dyn Fn(&str) -> Option<String> + Send + Sync;

/// A handler, ready to be hosted: what all connections of one server share.
pub struct App {
    handler: Arc<dyn Handler>,
    /// The handler's own.
    meta: Option<&'static Meta>,
    clock: Box<dyn Clock>,
    pool: Option<Arc<dyn Pool>>,
    /// Reports handlers that hold the thread that all of them are served by, where there is such a thread.
    detector: Option<Detector>,
    panic_advice: Option<Box<PanicAdvice>>,
    observer: Option<Arc<dyn Observer>>,
    /// The bounds on what a peer may send.
    pub limits: Limits,
    /// The bounds on time.
    pub timeouts: Timeouts,
}

impl App {
    /// An app with the default bounds, whose blocking handlers run where they are.
    pub fn new(handler: impl Handler, clock: impl Clock) -> App {
        App {
            meta: handler.meta(),
            handler: Arc::new(handler),
            clock: Box::new(clock),
            pool: None,
            detector: None,
            panic_advice: None,
            observer: None,
            limits: Limits::default(),
            timeouts: Timeouts::default(),
        }
    }

    /// Moves `#[handler(blocking)]` functions to `pool`.
    #[must_use]
    pub fn with_pool(mut self, pool: Arc<dyn Pool>) -> App {
        self.pool = Some(pool);
        self
    }

    /// Logs a warning when a handler holds `what` (`"poll loop"`) for longer than `bound` without giving it
    /// back: the first time, and then every 10 s at the most, with the number of times in between.
    #[must_use]
    pub fn with_stall_warning(mut self, what: &'static str, bound: Duration) -> App {
        self.detector = Some(Detector::new(what, bound));
        self
    }

    /// Lets the host explain panics that come of how *it* runs handlers: `advice` is given a panic's message,
    /// and what it answers is logged beside the handler's name.
    #[must_use]
    pub fn with_panic_advice(
        mut self,
        advice: impl Fn(&str) -> Option<String> + Send + Sync + 'static,
    ) -> App {
        self.panic_advice = Some(Box::new(advice));
        self
    }

    /// Tells `observer` what happens to connections.
    #[must_use]
    pub fn with_observer(mut self, observer: Arc<dyn Observer>) -> App {
        self.observer = Some(observer);
        self
    }

    pub(crate) fn is_observed(&self) -> bool {
        self.observer.is_some()
    }

    /// Tells the observer, if there is one. A host says who was [`Event::Accepted`]; the rest is told by
    /// [`Connection`](crate::Connection), or by the host where it has none.
    #[inline]
    pub fn observe(&self, peer: SocketAddr, event: Event) {
        if let Some(observer) = &self.observer {
            observer.observe(peer, event);
        }
    }

    /// The handler that answers every request.
    #[must_use]
    pub fn handler(&self) -> &dyn Handler {
        &*self.handler
    }

    /// The server's own answer to a request that its handler does not answer, shaped by
    /// [`Handler::reject`]. For hosts without a [`Connection`](crate::Connection).
    #[must_use]
    pub fn reject(&self, status: StatusCode, message: &str) -> http::Response<Bytes> {
        let rejection = || Rejection::new(status, message);
        let shaped = catch_unwind(AssertUnwindSafe(|| {
            let (head, mut body) = self.handler.reject(rejection()).into_parts();
            body.take_whole().map(|whole| http::Response::from_parts(head, whole))
        }));
        shaped.ok().flatten().unwrap_or_else(|| {
            log::error!(
                "`Handler::reject` panicked or answered with a stream; {status} is sent as plain text"
            );
            rejection().into_response().map(|mut body| body.take_whole().unwrap_or_default())
        })
    }

    pub(crate) fn now(&self) -> Instant {
        self.clock.now()
    }

    pub(crate) fn coarse(&self) -> Instant {
        self.clock.coarse()
    }

    pub(crate) fn pool(&self) -> Option<Arc<dyn Pool>> {
        self.pool.clone()
    }

    /// Calls the handler, and tells which one it was once a router had found it. One that keeps its thread for
    /// too long is reported in the log. For hosts without a [`Connection`](crate::Connection), which does this.
    ///
    /// # Panics
    /// With the handler's own panic.
    pub fn call(&self, request: Request) -> (Reply, Option<&'static Meta>) {
        let began = self.now();
        ambient::set_called(self.meta);
        let reply = self.watched(|| self.handler.call(request));
        let called = ambient::called();
        self.turn_ended(began, Ran::One(called));
        (reply, called)
    }

    /// [`call`](App::call) for a host that tells when its [turn](App::turn_ended) ends. Which handler it was
    /// is ambient, also when it has panicked.
    pub(crate) fn call_raw(&self, request: RawRequest<'_>) -> Reply {
        ambient::set_called(self.meta);
        self.watched(|| self.handler.call_raw(request))
    }

    /// Runs `poll` on what the handler `called` left pending, and reports it as [`call`](App::call) does. What
    /// is around a handler (a layer, say) may call it only now; then `called` becomes that handler.
    ///
    /// # Panics
    /// With the handler's own panic.
    pub fn poll<T>(&self, called: &mut Option<&'static Meta>, poll: impl FnOnce() -> T) -> T {
        let began = self.now();
        let polled = self.poll_in_turn(called, poll);
        self.turn_ended(began, Ran::One(*called));
        polled
    }

    /// [`poll`](App::poll) for a host that tells when its [turn](App::turn_ended) ends.
    pub(crate) fn poll_in_turn<T>(&self, called: &mut Option<&'static Meta>, poll: impl FnOnce() -> T) -> T {
        ambient::set_called(*called);
        let called = Called(called);
        let polled = self.watched(poll);
        drop(called);
        polled
    }

    /// Logs that the handler which [`call`](App::call) or [`poll`](App::poll) has just run on this thread has
    /// panicked, and what the host knows about it. `panic` is what `catch_unwind` caught.
    #[cold]
    pub fn report_panic(&self, panic: &(dyn Any + Send)) {
        let handler = Named(ambient::called());
        let message = panic.downcast_ref::<&str>().copied();
        let message = message.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
        match self.panic_advice.as_ref().and_then(|advice| advice(message?)) {
            Some(advice) => log::error!("{handler} panicked: {advice}"),
            None => log::error!("{handler} panicked"),
        }
    }

    /// Runs a handler. Only where somebody counts each one's milliseconds is the clock looked at for each: the handler
    /// timeout is longer than a turn, and looks at the clock are a good part of what a small request costs.
    fn watched<T>(&self, run: impl FnOnce() -> T) -> T {
        match &self.detector {
            None => run(),
            Some(detector) => self.watched_by(detector, run),
        }
    }

    // Not inlined, for then a place for what `run` makes would stand in every caller's frame.
    #[inline(never)]
    fn watched_by<T>(&self, detector: &Detector, run: impl FnOnce() -> T) -> T {
        let began = self.now();
        let out = run();
        let (now, called) = (self.now(), ambient::called());
        let held = now.saturating_duration_since(began);
        if held > self.timeouts.handler {
            self.report_late(Ran::One(called), held);
        } else {
            detector.note(called, held, now, self.pool.is_some());
        }
        out
    }

    /// A host has done all that one connection could do at `turn`, when it last looked at the clock, or later.
    pub(crate) fn turn_ended(&self, turn: Instant, ran: Ran) {
        if ran == Ran::Nothing || self.detector.is_some() {
            return;
        }
        let now = self.coarse();
        if now <= turn {
            return;
        }
        // What other connections have held of the turn is theirs.
        let before = ambient::turn_ended(now).map_or(turn, |last| last.max(turn));
        let held = now.saturating_duration_since(before);
        if held > self.timeouts.handler {
            self.report_late(ran, held);
        }
    }

    /// A function that does not wait cannot be stopped: if it ran for too long, that is all there is to say.
    fn report_late(&self, ran: Ran, held: Duration) {
        log::warn!(
            "{ran} ran for {} ms without a wait in which it could have been stopped; the handler timeout is {} ms",
            held.as_millis(),
            self.timeouts.handler.as_millis()
        );
    }
}

/// Which handlers have run in a turn.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Ran {
    #[default]
    Nothing,
    One(Option<&'static Meta>),
    /// Pipelined requests have called several; this one last.
    Several(Option<&'static Meta>),
}

impl Ran {
    pub(crate) fn note(&mut self, called: Option<&'static Meta>) {
        let is_same = |last: Option<&Meta>| match (last, called) {
            (Some(last), Some(called)) => std::ptr::eq(last, called),
            (last, called) => last.is_none() && called.is_none(),
        };
        *self = match *self {
            Ran::Nothing => Ran::One(called),
            Ran::One(last) if is_same(last) => return,
            Ran::One(_) | Ran::Several(_) => Ran::Several(called),
        };
    }
}

impl fmt::Display for Ran {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Ran::Nothing => f.write_str("nothing"),
            Ran::One(called) => Named(called).fmt(f),
            Ran::Several(last) => write!(f, "pipelined requests, the last of them for {},", Named(last)),
        }
    }
}

/// Learns which handler was called last, also when it panicked.
struct Called<'a>(&'a mut Option<&'static Meta>);

impl Drop for Called<'_> {
    fn drop(&mut self) {
        *self.0 = ambient::called();
    }
}

/// A handler in a log line.
pub(crate) struct Named(pub(crate) Option<&'static Meta>);

impl fmt::Display for Named {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(meta) => meta.fmt(f),
            None => f.write_str("a handler"),
        }
    }
}

impl fmt::Debug for App {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("App")
            .field("limits", &self.limits)
            .field("timeouts", &self.timeouts)
            .finish_non_exhaustive()
    }
}
