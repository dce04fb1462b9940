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

use std::io::{self, Write};
use std::mem;
use std::net::SocketAddr;
use std::time::Instant;

use mio::net::TcpStream;
use mio::{Interest, Registry, Token};

use super::step::{Answers, Failure, Shared, Step};
use crate::Mode;
use crate::response::ResponseReader;

mod receive;

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
