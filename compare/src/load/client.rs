//! One closed-loop client: its connection and the request in flight on it, or the batch of them when it pipelines.
//!
//! ```text
//!            begin                      written              answered
//!   Idle ────────────▶ Sending ──────────────▶ Receiving ──────────────▶ Kept ──begin──▶ Sending
//!    ▲                    │                        │        └─(closes)─▶ Closing
//!    └──── failed ────────┴────────────────────────┘                        │
//!    └──────────────────────── the server closed, or 100 ms ────────────────┘
//! ```
//!
//! A batch goes out in one write and is over with its last answer; the next one follows then, as wrk's pipelines do.
//!
//! Sockets are edge-triggered: each is read until a read comes back short, and registered only after the first write,
//! which on loopback mostly succeeds at once.

use std::io::{self, Read, Write};
use std::mem;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use mio::net::TcpStream;
use mio::{Interest, Registry, Token};

use crate::response::{Progress, ResponseReader};
use crate::{Mode, Pacing};

/// What all clients of a measurement share.
pub(super) struct Shared<'a> {
    pub(super) addr: SocketAddr,
    pub(super) mode: Mode,
    /// The requests of a batch as they go over the wire.
    pub(super) wire: &'a [u8],
    /// How many these are.
    pub(super) pipeline: usize,
    /// The status of a good answer.
    pub(super) status: u16,
    pub(super) pacing: Option<Pacing>,
    pub(super) registry: &'a Registry,
    /// Every client reads into this.
    pub(super) buffer: &'a mut [u8],
}

/// Why a request has no usable answer.
#[derive(Debug)]
pub(super) enum Failure {
    /// No connection.
    Connect(io::Error),
    /// The connection was closed or reset before the answer was complete.
    Read,
    /// No complete answer in time.
    Timeout,
    /// The answer is not HTTP.
    Malformed,
    /// The answer has another status than the check's.
    Status,
}

/// Where a client stands when it hands control back.
#[derive(Debug)]
pub(super) enum Step {
    /// It waits for its socket.
    Pending,
    /// It has sent a piece of its request, and the next one until then.
    Paused { until: Instant },
    /// Last bytes of answers are here.
    Answered { answers: Answers, latency: Duration, at: Instant, then: Then },
    /// Its connection is gone as it should, and the next request needs a new one.
    Closed,
    /// The request failed and so the connection is gone.
    Failed(Failure),
    /// The server had closed the kept connection before the request arrived: it has to be sent again on a fresh one.
    Stale,
}

/// How many answers have come at once: more than one only of a pipeline.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Answers {
    /// With the status of the check.
    pub(super) good: usize,
    /// With another.
    pub(super) other: usize,
}

/// What comes after answers.
#[derive(Debug)]
pub(super) enum Then {
    /// More of them: the batch is not over.
    More,
    /// The batch is over, or the server has closed in the middle of it, as it may: what it has not answered is asked again
    /// in the next. The client is in `Kept` or `Closing` or, if the server closed, `Idle`.
    Settle,
    /// An answer that is none; the connection is gone.
    Fail(Failure),
}

#[derive(Debug)]
struct Socket {
    stream: TcpStream,
    /// What the readiness queue reports for it.
    registered: Option<Interest>,
    /// Whether it has carried an answer already.
    used: bool,
}

#[derive(Debug)]
enum State {
    Idle,
    Sending {
        socket: Socket,
        connected: bool,
        written: usize,
    },
    /// Between two pieces of a request.
    Pausing {
        socket: Socket,
        written: usize,
        until: Instant,
    },
    Receiving {
        socket: Socket,
    },
    /// Answered, and ready for the next request.
    Kept {
        socket: Socket,
    },
    /// Answered; the server is to close first.
    Closing {
        socket: Socket,
        since: Instant,
    },
}

#[derive(Debug)]
pub(super) struct Client {
    token: Token,
    state: State,
    reader: ResponseReader,
    /// Answers of the batch that have not come.
    owed: usize,
    /// Latency counts from here.
    started: Instant,
    /// Since when there has been no answer and no failure.
    pub(super) since: Instant,
}

impl Client {
    pub(super) fn new(index: usize, head_request: bool, now: Instant) -> Self {
        Self {
            token: Token(index),
            state: State::Idle,
            reader: ResponseReader::counting(head_request),
            owed: 0,
            started: now,
            since: now,
        }
    }

    /// Whether a request waits for its answer.
    pub(super) fn is_in_flight(&self) -> bool {
        matches!(self.state, State::Sending { .. } | State::Pausing { .. } | State::Receiving { .. })
    }

    /// Requests that wait for their answers.
    pub(super) fn unanswered(&self) -> usize {
        if self.is_in_flight() { self.owed } else { 0 }
    }

    /// Since when the client has waited for the server to close, if it does.
    pub(super) fn closing_since(&self) -> Option<Instant> {
        match self.state {
            State::Closing { since, .. } => Some(since),
            _ => None,
        }
    }

    /// Gives up whatever is going on.
    pub(super) fn abandon(&mut self) {
        self.state = State::Idle;
    }

    /// Sends the next request, on a new connection if there is none.
    pub(super) fn begin(&mut self, shared: &mut Shared<'_>) -> io::Result<Step> {
        self.started = Instant::now();
        self.send_afresh(shared)
    }

    /// Sends the request again after [`Step::Stale`]. Its latency counts from the first attempt.
    pub(super) fn begin_again(&mut self, shared: &mut Shared<'_>) -> io::Result<Step> {
        let started = self.started;
        let step = self.send_afresh(shared);
        self.started = started;
        step
    }

    fn send_afresh(&mut self, shared: &mut Shared<'_>) -> io::Result<Step> {
        self.reader.reset();
        self.owed = shared.pipeline;
        let (socket, connected) = match mem::replace(&mut self.state, State::Idle) {
            State::Kept { socket } => (socket, true),
            _ => match connect(shared.addr) {
                Ok(stream) => {
                    let socket = Socket { stream, registered: None, used: false };
                    (socket, false)
                }
                Err(error) => return Ok(Step::Failed(Failure::Connect(error))),
            },
        };
        self.send(socket, connected, 0, shared)
    }

    /// Goes on after the readiness queue named this client.
    pub(super) fn ready(&mut self, event: &mio::event::Event, shared: &mut Shared<'_>) -> io::Result<Step> {
        let readable = event.is_readable() || event.is_read_closed() || event.is_error();
        match mem::replace(&mut self.state, State::Idle) {
            State::Sending { socket, connected, written } => self.send(socket, connected, written, shared),
            State::Receiving { socket } if readable => self.receive(socket, event.is_read_closed(), shared),
            // The server closed between two requests: `Kept` never lasts, a parked client's socket is dropped.
            State::Closing { socket, since } if readable => Ok(self.await_close(socket, since, shared)),
            state => {
                self.state = state;
                Ok(Step::Pending)
            }
        }
    }

    fn send(
        &mut self,
        mut socket: Socket,
        mut connected: bool,
        mut written: usize,
        shared: &mut Shared<'_>,
    ) -> io::Result<Step> {
        let pacing = shared.pacing.filter(|pacing| pacing.is_slow(self.token.0));
        let whole = shared.wire.len();
        let end = pacing.map_or(whole, |pacing| pacing.piece_end(written, whole));
        while written < whole {
            if written == end
                && let Some(pacing) = pacing
            {
                let until = Instant::now() + pacing.pause;
                self.state = State::Pausing { socket, written, until };
                return Ok(Step::Paused { until });
            }
            if !connected && shared.mode == Mode::KeepAlive {
                self.started = Instant::now();
            }
            match socket.stream.write(&shared.wire[written..end]) {
                Ok(more) => {
                    connected = true;
                    written += more;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error)
                    if error.kind() == io::ErrorKind::WouldBlock
                        || (!connected && error.kind() == io::ErrorKind::NotConnected) =>
                {
                    let both = Interest::READABLE | Interest::WRITABLE;
                    socket.register(both, self.token, shared.registry)?;
                    self.state = State::Sending { socket, connected, written };
                    return Ok(Step::Pending);
                }
                Err(error) if !connected => return Ok(Step::Failed(Failure::Connect(error))),
                Err(_) => return Ok(self.broken(&socket, Answers::default())),
            }
        }
        socket.register(Interest::READABLE, self.token, shared.registry)?;
        if pacing.is_some() {
            // Whatever was announced in a pause is not announced again.
            return self.receive(socket, false, shared);
        }
        self.state = State::Receiving { socket };
        Ok(Step::Pending)
    }

    /// Goes on with the next piece. Whoever has given up meanwhile, and perhaps begun anew, is left alone.
    pub(super) fn resume(&mut self, now: Instant, shared: &mut Shared<'_>) -> io::Result<Step> {
        match mem::replace(&mut self.state, State::Idle) {
            State::Pausing { socket, written, until } if until <= now => {
                self.send(socket, true, written, shared)
            }
            state => {
                self.state = state;
                Ok(Step::Pending)
            }
        }
    }

    fn receive(&mut self, mut socket: Socket, closed: bool, shared: &mut Shared<'_>) -> io::Result<Step> {
        let mut answers = Answers::default();
        loop {
            match socket.stream.read(shared.buffer) {
                Ok(0) if self.reader.is_untouched() => return Ok(self.broken(&socket, answers)),
                Ok(0) => {
                    return Ok(match self.reader.end() {
                        Ok(()) => {
                            answers.add(self.reader.status() == shared.status);
                            self.answered(answers, Then::Settle)
                        }
                        Err(_) => self.answered(answers, Then::Fail(Failure::Read)),
                    });
                }
                Ok(read) => match self.push(read, &mut answers, shared) {
                    Pushed::Last => return Ok(self.batch_over(socket, closed, answers, shared.mode)),
                    Pushed::Malformed => {
                        return Ok(self.answered(answers, Then::Fail(Failure::Malformed)));
                    }
                    // A short read has emptied the socket; what comes later is announced, unless the end already was.
                    Pushed::Partial if read < shared.buffer.len() && !closed => break,
                    Pushed::Partial => {}
                },
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                Err(_) => return Ok(self.broken(&socket, answers)),
            }
            socket.used |= answers != Answers::default();
        }
        socket.used |= answers != Answers::default();
        self.state = State::Receiving { socket };
        Ok(self.answered(answers, Then::More))
    }

    /// Gives the reader what was read, answer by answer.
    fn push(&mut self, read: usize, answers: &mut Answers, shared: &Shared<'_>) -> Pushed {
        let mut bytes = &shared.buffer[..read];
        loop {
            let unused = match self.reader.push(bytes) {
                Ok(Progress::Partial) => return Pushed::Partial,
                Ok(Progress::Done { unused }) => unused,
                Err(_) => return Pushed::Malformed,
            };
            let last = self.owed == 1 || self.reader.closes();
            if last && unused > 0 {
                return Pushed::Malformed;
            }
            answers.add(self.reader.status() == shared.status);
            self.owed -= 1;
            if last {
                return Pushed::Last;
            }
            self.reader.reset();
            bytes = &bytes[bytes.len() - unused..];
            if bytes.is_empty() {
                return Pushed::Partial;
            }
        }
    }

    /// The connection ended between two answers: the server's right on a connection it kept, a failure on a fresh one.
    fn broken(&mut self, socket: &Socket, answers: Answers) -> Step {
        let between = self.reader.is_untouched();
        if between && answers != Answers::default() {
            self.answered(answers, Then::Settle)
        } else if between && socket.used {
            Step::Stale
        } else {
            self.answered(answers, Then::Fail(Failure::Read))
        }
    }

    /// The last answer of the batch, or of the connection; `closed` is whether its end is already announced.
    fn batch_over(&mut self, mut socket: Socket, closed: bool, answers: Answers, mode: Mode) -> Step {
        let step = self.answered(answers, Then::Settle);
        socket.used = true;
        self.state = if mode == Mode::NewConnection || closed || self.reader.closes() {
            State::Closing { socket, since: self.since }
        } else {
            State::Kept { socket }
        };
        step
    }

    fn answered(&mut self, answers: Answers, then: Then) -> Step {
        if answers == Answers::default() {
            return match then {
                Then::Fail(failure) => Step::Failed(failure),
                Then::More | Then::Settle => Step::Pending,
            };
        }
        let at = Instant::now();
        self.since = at;
        Step::Answered { answers, latency: at.saturating_duration_since(self.started), at, then }
    }

    /// After [`Step::Answered`]: whether the connection can carry the next request, or how far its close has come.
    pub(super) fn settle(&mut self, shared: &mut Shared<'_>) -> Settled {
        match mem::replace(&mut self.state, State::Idle) {
            State::Kept { socket } => {
                self.state = State::Kept { socket };
                Settled::Kept
            }
            State::Closing { socket, since } => match self.await_close(socket, since, shared) {
                Step::Pending => Settled::Closing,
                _ => Settled::Closed,
            },
            _ => Settled::Closed,
        }
    }

    /// Looks for the server's end of the connection; what it still sends is nobody's.
    fn await_close(&mut self, mut socket: Socket, since: Instant, shared: &mut Shared<'_>) -> Step {
        loop {
            match socket.stream.read(shared.buffer) {
                Ok(1..) => {}
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    self.state = State::Closing { socket, since };
                    return Step::Pending;
                }
                Ok(0) | Err(_) => return Step::Closed,
            }
        }
    }
}

impl Answers {
    fn add(&mut self, good: bool) {
        *if good { &mut self.good } else { &mut self.other } += 1;
    }
}

/// What became of the bytes of one read.
enum Pushed {
    /// All are taken, and more answers are to come.
    Partial,
    /// They end with the last answer.
    Last,
    /// They are no answers, or go on after the last.
    Malformed,
}

/// What [`Client::settle`] found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Settled {
    /// The connection is kept.
    Kept,
    /// The server has still to close it.
    Closing,
    /// It is gone.
    Closed,
}

fn connect(addr: SocketAddr) -> io::Result<TcpStream> {
    let stream = TcpStream::connect(addr)?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

impl Socket {
    /// Makes the readiness queue report at least this.
    fn register(&mut self, interest: Interest, token: Token, registry: &Registry) -> io::Result<()> {
        match self.registered {
            None => registry.register(&mut self.stream, token, interest)?,
            Some(known) if known == interest || known.is_writable() => return Ok(()),
            Some(_) => registry.reregister(&mut self.stream, token, interest)?,
        }
        self.registered = Some(interest);
        Ok(())
    }
}
