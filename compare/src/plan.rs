//! What to compare and how: the whole input of [`run`](crate::run).

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use http::uri::PathAndQuery;
use http::{HeaderMap, HeaderName, Method, header};
use serde::{Deserialize, Serialize};

use crate::canned::Canned;
use crate::{Error, Placement, Shape};

mod budget;
mod contender;
mod pacing;

pub use contender::Contender;
pub(crate) use contender::{Source, Traceable};
pub use pacing::Pacing;

/// Most connections a plan may ask for: more than one client address has ports.
const MAX_CONNECTIONS: usize = 65_535;
/// Most requests in flight on a connection: one write has to take them, and wrk's scripts ask for 16.
const MAX_PIPELINE: usize = 1024;
/// Highest rate of an open loop: beyond what one thread sends, and far from where time arithmetic loses digits.
const MAX_RATE: f64 = 10e6;
/// Longest duration and timeout of a plan: far beyond any use, and far from where time arithmetic overflows.
const MAX_DURATION: Duration = Duration::from_secs(24 * 60 * 60);

/// Everything [`run`](crate::run) needs to know.
#[derive(Debug)]
pub struct Plan {
    /// Who takes part, in the order of the report's rows. At least one, each name once.
    pub contenders: Vec<Contender>,
    /// What every contender is asked, over and over.
    pub request: RequestSpec,
    /// Numbers of clients that each have at most one request in flight; each number is measured by itself. At least one,
    /// each once, from 1 to 65 535.
    pub connections: Vec<usize>,
    /// Requests in flight on each connection: that many go out in one write, and when all are answered, as many again. From
    /// 1, which is no pipelining, to 1024; above 1 only in a closed loop and with [`Mode::KeepAlive`].
    pub pipeline: usize,
    /// Requests a second that are begun whatever the server does (an open loop); `None` is a closed loop, in which each
    /// client begins its next request after its last answer.
    pub rate: Option<f64>,
    /// How often everybody is measured. At least 1; from 2 on there are intervals.
    pub rounds: usize,
    /// How long a contender is measured in each round. At most a day.
    pub bound: Bound,
    /// Load before the window of each round. A closed loop goes on until every client has been answered, for up
    /// to twice the window's length (1 s of a window bounded by requests). At most a day.
    pub warm_up: Duration,
    /// The connection modes to measure, in the order of the report's tables. At least one, each once.
    pub modes: Vec<Mode>,
    /// A request unanswered for this long counts as an error and its connection is replaced. At most a day.
    pub timeout: Duration,
    /// Whom the others are held against; `None` is the fastest of each table.
    pub baseline: Option<String>,
    /// Decides the order of the contenders.
    pub seed: u64,
    /// Which cores servers and load generator get.
    pub placement: Placement,
    /// Starts a server that answers at once, to find out what the load generator can do. `None` leaves it unknown, as does
    /// [`Placement::Together`], where the two slow each other down.
    pub canned: Option<Canned>,
    /// Whether a few requests of every contender that can be traced are looked at one by one, when all is measured.
    pub trace: bool,
    /// The command line, for the report.
    pub command: Vec<String>,
    /// Some clients send their requests slowly, in the traced run, too; `None` is nobody.
    pub pacing: Option<Pacing>,
    /// What this load shows, for the report.
    pub shape: Option<Shape>,
}

impl Plan {
    /// A closed loop of 10 connections, a new one for each request, 5 rounds of 0.6 s after 0.2 s of load, a timeout of
    /// 30 s, against the fastest, seed 1, with cores of their own.
    pub fn new(contenders: Vec<Contender>, request: RequestSpec) -> Self {
        Self {
            contenders,
            request,
            connections: vec![10],
            pipeline: 1,
            rate: None,
            rounds: 5,
            bound: Bound::Duration(Duration::from_millis(600)),
            warm_up: Duration::from_millis(200),
            modes: vec![Mode::NewConnection],
            timeout: Duration::from_secs(30),
            baseline: None,
            seed: 1,
            placement: Placement::Apart,
            canned: None,
            trace: true,
            command: Vec::new(),
            pacing: None,
            shape: None,
        }
    }

    /// Sets `rounds`, `bound` and `warm_up` so that the whole takes about this long: rounds of a second for each
    /// contender, mode and number of connections, or as many rounds as are asked for. A server in front of which a queue
    /// has to fill and to drain takes longer.
    ///
    /// # Errors
    ///
    /// [`Error::Plan`] if less than 50 ms would be left for one measurement.
    pub fn fit(&mut self, budget: Duration, rounds: Option<usize>) -> Result<(), Error> {
        let measurements = self.contenders.len() * self.modes.len() * self.connections.len();
        let split = budget::split(budget, measurements, rounds)?;
        (self.rounds, self.bound, self.warm_up) = (split.rounds, split.window, split.warm_up);
        Ok(())
    }

    /// Divides a bound that is meant for all rounds of a contender, mode and number of connections.
    pub fn divide(&mut self, whole: Bound, rounds: usize) {
        self.rounds = rounds;
        self.bound = budget::part(whole, rounds);
        self.warm_up = budget::warm_up(self.bound);
    }

    /// Whether a contender's requests are looked at one by one.
    pub(crate) fn is_traced(&self, contender: &Contender) -> bool {
        self.trace && contender.can_be_traced()
    }

    /// Refuses what cannot be measured.
    pub(crate) fn check(&self) -> Result<(), Error> {
        let refuse = |why: &str| Err(Error::Plan(why.to_owned()));
        if self.contenders.is_empty() {
            return refuse("there is nothing to compare: name at least one contender");
        }
        for (at, contender) in self.contenders.iter().enumerate() {
            if self.contenders[..at].iter().any(|other| other.name == contender.name) {
                return Err(Error::Plan(format!(
                    "the contender {} is named twice: rows could not be told apart",
                    contender.name
                )));
            }
        }
        if self.connections.is_empty() || self.connections.contains(&0) {
            return refuse("0 connections would send nothing: use at least 1");
        }
        if self.connections.iter().any(|n| *n > MAX_CONNECTIONS) {
            return refuse("more than 65 535 connections: one client address has no more ports");
        }
        if self.connections.iter().enumerate().any(|(at, n)| self.connections[..at].contains(n)) {
            return refuse("a number of connections is named twice");
        }
        if self.pipeline == 0 || self.pipeline > MAX_PIPELINE {
            return refuse("a pipeline is 1 to 1024 requests in flight on each connection");
        }
        if self.pipeline > 1 && self.modes.contains(&Mode::NewConnection) {
            return refuse(
                "a new connection carries one request, so there is none to pipeline: use keep-alive",
            );
        }
        if self.pipeline > 1 && self.pacing.is_some() {
            return refuse(
                "slow clients send one request in pieces, and a pipeline several at once: leave one of both out",
            );
        }
        if self.pipeline > 1 && self.rate.is_some() {
            return refuse(
                "a pipeline sends when the last one is answered, so it has no rate: leave one of both out",
            );
        }
        if self.rate.is_some_and(|rate| !(rate > 0.0 && rate <= MAX_RATE)) {
            return refuse("a rate is above 0 and at most 10 000 000 requests a second");
        }
        if self.rounds == 0 {
            return refuse("0 rounds measure nothing: use at least 1, and 5 for an interval of use");
        }
        if let Some(baseline) = &self.baseline
            && !self.contenders.iter().any(|contender| contender.name == *baseline)
        {
            let names: Vec<&str> = self.contenders.iter().map(|contender| contender.name.as_str()).collect();
            return Err(Error::Plan(format!(
                "the baseline {baseline} is not measured: use one of {}",
                names.join(", ")
            )));
        }
        if self.timeout > MAX_DURATION
            || self.warm_up > MAX_DURATION
            || matches!(self.bound, Bound::Duration(d) if d > MAX_DURATION)
        {
            return refuse("a duration, warm-up or timeout of more than a day: use a shorter one");
        }
        if matches!(self.bound, Bound::Duration(Duration::ZERO) | Bound::Requests(0)) {
            return refuse("the measurement is empty: use a duration or a number of requests above 0");
        }
        if self.modes.is_empty() {
            return refuse("there is no connection mode to measure: use at least one");
        }
        if self.modes.iter().enumerate().any(|(at, mode)| self.modes[..at].contains(mode)) {
            return refuse("a connection mode is named twice");
        }
        if self.timeout.is_zero() {
            return refuse("a timeout of 0 would fail every request");
        }
        self.request.check()
    }
}

/// The request that every contender is asked.
#[derive(Clone, Debug)]
pub struct RequestSpec {
    /// Any method but `CONNECT`.
    pub method: Method,
    /// Path and query as they go on the request line.
    pub path: PathAndQuery,
    /// Sent beside `Host` (unless given here), `Content-Length` and `Connection`, of which the last two and
    /// `Transfer-Encoding` may not be given here.
    pub headers: HeaderMap,
    /// Sent with `Content-Length`; empty means no body.
    pub body: Bytes,
}

impl RequestSpec {
    /// `GET path` without further headers.
    pub fn get(path: PathAndQuery) -> Self {
        Self { method: Method::GET, path, headers: HeaderMap::new(), body: Bytes::new() }
    }

    fn check(&self) -> Result<(), Error> {
        const OURS: [HeaderName; 3] = [header::CONNECTION, header::CONTENT_LENGTH, header::TRANSFER_ENCODING];
        if self.method == Method::CONNECT {
            return Err(Error::Plan("CONNECT opens a tunnel: use another method".to_owned()));
        }
        match OURS.iter().find(|name| self.headers.contains_key(*name)) {
            Some(name) => Err(Error::Plan(format!(
                "the header {name} follows from the body and the connection mode: leave it out"
            ))),
            None => Ok(()),
        }
    }

    /// Whether the response has no body whatever its headers say.
    pub(crate) fn is_head(&self) -> bool {
        self.method == Method::HEAD
    }

    /// The bytes on the wire. `host` is the authority for the `Host` header.
    pub(crate) fn to_bytes(&self, host: &str, mode: Mode) -> Vec<u8> {
        let mut wire = Vec::with_capacity(256 + self.body.len());
        let mut line = |name: &[u8], value: &[u8]| {
            wire.extend_from_slice(name);
            wire.extend_from_slice(value);
            wire.extend_from_slice(b"\r\n");
        };
        let request_line = format!("{} {} HTTP/1.1", self.method, self.path);
        line(request_line.as_bytes(), b"");
        if !self.headers.contains_key(header::HOST) {
            line(b"host: ", host.as_bytes());
        }
        for (name, value) in &self.headers {
            line(format!("{name}: ").as_bytes(), value.as_bytes());
        }
        let expects_body = [Method::POST, Method::PUT, Method::PATCH].contains(&self.method);
        if !self.body.is_empty() || expects_body {
            line(b"content-length: ", self.body.len().to_string().as_bytes());
        }
        if mode == Mode::NewConnection {
            line(b"connection: close", b"");
        }
        line(b"", b"");
        wire.extend_from_slice(&self.body);
        wire
    }
}

/// When a measurement ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Bound {
    /// After this long.
    #[serde(rename = "duration_ns", with = "nanoseconds")]
    Duration(Duration),
    /// After this many requests were answered or have failed.
    #[serde(rename = "requests")]
    Requests(u64),
}

/// One number in the report's JSON, as all its other times.
mod nanoseconds {
    use std::time::Duration;

    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(time: &Duration, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_u64(u64::try_from(time.as_nanos()).unwrap_or(u64::MAX))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Duration, D::Error> {
        u64::deserialize(from).map(Duration::from_nanos)
    }
}

/// What a client does with its connection after an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// A fresh connection for each request, as `ab` does by default: HTTP/1.1 with `Connection: close`. Latency counts
    /// from just before connecting. The client waits for the server to close first, as `ab` does, so that the wait for
    /// late packets (TIME_WAIT) uses up no client ports.
    NewConnection,
    /// The connection is used again for as long as the server allows. Latency counts from just before the request is
    /// written.
    KeepAlive,
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NewConnection => "new connection per request",
            Self::KeepAlive => "keep-alive",
        })
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroUsize;
    use std::process::Command;

    use super::*;

    fn plan() -> Plan {
        let contenders = ["a", "b"].map(|name| Contender::new(name, || Command::new("true")));
        let request = RequestSpec::get(PathAndQuery::from_static("/x?y=1"));
        Plan::new(contenders.into(), request)
    }

    #[test]
    fn the_defaults_can_be_measured() {
        plan().check().unwrap();
    }

    #[test]
    fn what_cannot_be_measured_is_refused_with_the_reason() {
        type Change = fn(&mut Plan);
        let cases: [(Change, &str); 20] = [
            (|plan| plan.contenders.clear(), "nothing to compare"),
            (|plan| plan.contenders[1].name = "a".to_owned(), "named twice"),
            (|plan| plan.connections = vec![10, 0], "0 connections"),
            (|plan| plan.connections.clear(), "0 connections"),
            (|plan| plan.connections = vec![usize::MAX], "65 535"),
            (|plan| plan.connections = vec![7, 7], "named twice"),
            (|plan| plan.rate = Some(f64::NAN), "a rate is above 0"),
            (|plan| plan.pipeline = 0, "1 to 1024"),
            (|plan| plan.pipeline = 2, "use keep-alive"),
            (
                |plan| {
                    (plan.pipeline, plan.rate) = (2, Some(1.0));
                    plan.modes = vec![Mode::KeepAlive];
                },
                "has no rate",
            ),
            (
                |plan| {
                    let one_in = NonZeroUsize::MIN;
                    plan.pacing = Some(Pacing { one_in, pieces: 2, pause: Duration::from_millis(1) });
                    (plan.pipeline, plan.modes) = (2, vec![Mode::KeepAlive]);
                },
                "slow clients send one request in pieces",
            ),
            (|plan| plan.rounds = 0, "0 rounds"),
            (|plan| plan.baseline = Some("c".to_owned()), "the baseline c is not measured: use one of a, b"),
            (|plan| plan.timeout = Duration::MAX, "more than a day"),
            (|plan| plan.bound = Bound::Duration(Duration::MAX), "more than a day"),
            (|plan| plan.bound = Bound::Requests(0), "empty"),
            (|plan| plan.modes.clear(), "no connection mode"),
            (|plan| plan.modes = vec![Mode::KeepAlive; 2], "named twice"),
            (|plan| plan.timeout = Duration::ZERO, "timeout of 0"),
            (
                |plan| {
                    let value = header::HeaderValue::from_static("close");
                    plan.request.headers.insert(header::CONNECTION, value);
                },
                "the header connection",
            ),
        ];
        for (change, reason) in cases {
            let mut plan = plan();
            change(&mut plan);
            let error = plan.check().unwrap_err().to_string();
            assert!(error.contains(reason), "{error}");
        }
    }

    #[test]
    fn the_request_is_serialised_once_for_each_mode() {
        let mut request = RequestSpec::get(PathAndQuery::from_static("/x?y=1"));
        assert_eq!(request.to_bytes("h:1", Mode::KeepAlive), b"GET /x?y=1 HTTP/1.1\r\nhost: h:1\r\n\r\n");
        request.method = Method::POST;
        request.headers.insert(header::HOST, header::HeaderValue::from_static("own"));
        request.body = Bytes::from_static(b"abc");
        assert_eq!(
            request.to_bytes("h:1", Mode::NewConnection),
            b"POST /x?y=1 HTTP/1.1\r\nhost: own\r\ncontent-length: 3\r\nconnection: close\r\n\r\nabc"
        );
    }
}
