//! What a client shares with the others, and what it tells whoever drives it.

use std::io;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use mio::Registry;

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

impl Answers {
    pub(super) fn add(&mut self, good: bool) {
        *if good { &mut self.good } else { &mut self.other } += 1;
    }
}

/// What [`Client::settle`](super::client::Client::settle) found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Settled {
    /// The connection is kept.
    Kept,
    /// The server has still to close it.
    Closing,
    /// It is gone.
    Closed,
}
