//! What to compare and how: the whole input of [`run`](crate::run).

use std::fmt;
use std::process::Command;
use std::time::Duration;

use bytes::Bytes;
use http::uri::PathAndQuery;
use http::{HeaderMap, HeaderName, Method, header};
use serde::{Deserialize, Serialize};

use crate::Error;

/// Most connections a plan may ask for: more than one client address has ports.
const MAX_CONNECTIONS: usize = 65_535;
/// Longest duration and timeout of a plan: far beyond any use, and far from where time arithmetic overflows.
const MAX_DURATION: Duration = Duration::from_secs(24 * 60 * 60);

/// Everything [`run`](crate::run) needs to know.
#[derive(Debug)]
pub struct Plan {
    /// Who takes part, in the order of the report's rows. At least one, each name once.
    pub contenders: Vec<Contender>,
    /// What every contender is asked, over and over.
    pub request: RequestSpec,
    /// Clients that each keep one request in flight. From 1 to 65 535.
    pub connections: usize,
    /// How long each contender is measured in each connection mode. At most a day.
    pub bound: Bound,
    /// The connection modes to measure, in the order of the report's tables. At least one, each once.
    pub modes: Vec<Mode>,
    /// A request unanswered for this long counts as an error and its connection is replaced. At most a day.
    pub timeout: Duration,
}

impl Plan {
    /// 10 connections, 3 s per contender and mode, both modes, a timeout of 30 s.
    pub fn new(contenders: Vec<Contender>, request: RequestSpec) -> Self {
        Self {
            contenders,
            request,
            connections: 10,
            bound: Bound::Duration(Duration::from_secs(3)),
            modes: vec![Mode::NewConnection, Mode::KeepAlive],
            timeout: Duration::from_secs(30),
        }
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
        if self.connections == 0 {
            return refuse("0 connections would send nothing: use at least 1");
        }
        if self.connections > MAX_CONNECTIONS {
            return refuse("more than 65 535 connections: one client address has no more ports");
        }
        if self.timeout > MAX_DURATION || matches!(self.bound, Bound::Duration(d) if d > MAX_DURATION) {
            return refuse("a duration or timeout of more than a day: use a shorter one");
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

/// One server under comparison.
pub struct Contender {
    /// Its name in the report.
    pub name: String,
    command: Box<dyn Fn() -> Command>,
}

impl Contender {
    /// A contender that `command` starts. It is called once for the check and once per connection mode, so that every
    /// measurement has a fresh process.
    ///
    /// The process prints `listening on http://HOST:PORT` as a line of its standard output within 10 s, and stops when
    /// its standard input ends. Standard input, output and error of the command are set by this crate.
    pub fn new(name: impl Into<String>, command: impl Fn() -> Command + 'static) -> Self {
        Self { name: name.into(), command: Box::new(command) }
    }

    pub(crate) fn command(&self) -> Command {
        (self.command)()
    }
}

impl fmt::Debug for Contender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Contender").field("name", &self.name).field("command", &self.command()).finish()
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

/// When a measurement ends, for each contender and connection mode.
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
        let cases: [(Change, &str); 11] = [
            (|plan| plan.contenders.clear(), "nothing to compare"),
            (|plan| plan.contenders[1].name = "a".to_owned(), "named twice"),
            (|plan| plan.connections = 0, "0 connections"),
            (|plan| plan.connections = usize::MAX, "65 535"),
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
