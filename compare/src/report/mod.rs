//! What a comparison found, and its views. [`Report`] is the only source of all of them.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::stats::{Interval, Verdict};
use crate::{Bound, Cores, Mode, Simulated};

mod against;
mod chrome;
mod csv;
mod environment;
mod html;
mod json;
mod load;
mod markdown;
mod round;
mod rows;
mod run;
mod simulated;
mod text;
mod timeline;
mod traced;
mod units;
mod verdicts;
mod warnings;
mod why;

#[cfg(test)]
pub(crate) mod tests;

pub use against::against;
pub use chrome::chrome_trace;
pub use csv::csv;
pub use environment::Environment;
pub use html::html;
pub use json::{from_json, json};
pub use markdown::markdown;
pub use round::{Round, Sample, ServerCost};
pub use text::text;
pub use timeline::timeline;
pub use traced::{Moment, Poll, QueueDepth, Timeline, TraceCost, TracedRequest};

pub(crate) use load::overload;
pub(crate) use run::{Measured, hold_against};

/// The version of the JSON that [`json`] writes; it rises when a field changes its meaning or goes.
pub const SCHEMA: u32 = 2;

/// Waits shorter than this are lost in the cost of serving, so that no ideal rate follows from them.
const IDEAL_FROM_NS: u64 = 1_000_000;

/// Everything a comparison found. Times are nanoseconds, sizes bytes, rates per second.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// [`SCHEMA`] of the crate that wrote it.
    pub schema: u32,
    /// The command line that measured it; empty if it was none.
    pub command: Vec<String>,
    /// The request's method.
    pub method: String,
    /// The request's path and query.
    pub path: String,
    /// The status of every contender's answer.
    pub status: u16,
    /// The length of every contender's body, without transfer coding.
    pub body_bytes: u64,
    /// Who took part, in the order of the plan.
    pub contenders: Vec<String>,
    /// Numbers of clients, in the order of the plan. More than one is a sweep.
    pub connections: Vec<usize>,
    /// The connection modes, in the order of the plan.
    pub modes: Vec<Mode>,
    /// Requests in flight on each connection; 1 is no pipelining, as in all reports of before there was such a thing.
    #[serde(default = "one")]
    pub pipeline: usize,
    /// Requests a second of an open loop; `None` is a closed loop.
    pub rate_per_second: Option<f64>,
    /// Rounds of the plan; if [`interrupted`](Self::interrupted), not everybody has as many.
    pub rounds: usize,
    /// When the measurement of a round ended.
    pub bound: Bound,
    /// Load before the window, at least.
    pub warm_up_ns: u64,
    /// What decided the order.
    pub seed: u64,
    /// When a request counted as failed.
    pub timeout_ns: u64,
    /// W: how long one request takes when nobody else asks. The shortest, over all contenders, of the median of three.
    pub wait_ns: u64,
    /// Who ran where; `None` if wherever the system liked.
    pub cores: Option<Cores>,
    /// What the load generator reached against a server that answers at once; empty if it was not tried.
    pub ceilings: Vec<Ceiling>,
    /// Whether somebody had enough before the last round.
    pub interrupted: bool,
    /// Where it was measured.
    pub environment: Environment,
    /// The measurements: by number of connections, then by connection mode, then by contender.
    pub runs: Vec<Run>,
    /// The contenders that ran already, as `--url` has them. Empty if this comparison has started all of them.
    #[serde(default)]
    pub outside: Vec<Outside>,
    /// A few requests of each contender, looked at one by one. Empty if none was traced.
    #[serde(default)]
    pub timelines: Vec<Timeline>,
    /// What the load was made to show; `None` if it was not chosen by its shape.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shape: Option<Shape>,
    /// The model behind the figures; `None` if they were measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub simulated: Option<Simulated>,
}

impl Report {
    /// `connections / W`: what a server reaches that makes no request wait for another; not more than its cores can compute,
    /// where that is known, and in an open loop not more than is asked. `None` if W is below 1 ms, when it is the cost of
    /// serving and no longer a wait, where bytes are what takes time, and for pipelined requests, which may wait for one
    /// another whatever the server does.
    pub fn ideal_per_second(&self, connections: usize) -> Option<f64> {
        let wait = Duration::from_nanos(self.wait_ns).as_secs_f64();
        let waits = self.wait_ns >= IDEAL_FROM_NS && self.pipeline == 1 && !self.is_limited_by(Limit::Bytes);
        let carried = waits.then(|| connections as f64 / wait)?;
        let carried = self.computed_per_second().map_or(carried, |computed| carried.min(computed));
        Some(self.rate_per_second.map_or(carried, |asked| carried.min(asked)))
    }

    /// How many requests the server's cores can compute in a second, where computing is what handlers do: by the least that
    /// any contender needed for one.
    pub(crate) fn computed_per_second(&self) -> Option<f64> {
        if !self.is_limited_by(Limit::Cores) && self.simulated.is_none() {
            return None;
        }
        let needed = self.runs.iter().filter_map(|run| run.server.cpu_ns_per_response);
        let least = needed.filter(|ns| *ns > 0).min()?;
        Some(self.server_cores() as f64 * 1e9 / least as f64)
    }

    fn is_limited_by(&self, limit: Limit) -> bool {
        self.shape.as_ref().is_some_and(|shape| shape.limit == limit)
    }

    /// Cores that the servers might use.
    pub(crate) fn server_cores(&self) -> usize {
        self.cores.as_ref().map_or(self.environment.cores, |cores| cores.server.len()).max(1)
    }

    /// The runs of one table, in the contenders' order.
    pub(crate) fn table(&self, connections: usize, mode: Mode) -> impl Iterator<Item = &Run> {
        self.runs.iter().filter(move |run| run.connections == connections && run.mode == mode)
    }

    /// The tables that have rows.
    pub(crate) fn tables(&self) -> impl Iterator<Item = (usize, Mode)> {
        let all = self.connections.iter().flat_map(|n| self.modes.iter().map(|mode| (*n, *mode)));
        all.filter(|(n, mode)| self.table(*n, *mode).next().is_some())
    }

    pub(crate) fn ceiling(&self, connections: usize, mode: Mode) -> Option<f64> {
        let mut found = self.ceilings.iter().filter(|c| c.connections == connections && c.mode == mode);
        found.next().map(|ceiling| ceiling.requests_per_second)
    }
}

/// A load that was chosen for what it shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shape {
    /// Its name on the command line.
    pub name: String,
    /// What it shows.
    pub shows: String,
    /// How it was set up, if that was found out first; else empty.
    pub set_up: String,
    /// What limits it.
    pub limit: Limit,
}

/// What keeps a server from answering more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Limit {
    /// Its handlers' waits, and whom they hold up.
    Waits,
    /// Its cores.
    Cores,
    /// What bytes cost on their way.
    Bytes,
}

fn one() -> usize {
    1
}

/// A server that somebody else has started: this comparison neither pins it nor knows what it costs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outside {
    /// The contender's name.
    pub contender: String,
    /// Whether it listens on this machine's loopback, and so shares its processors.
    pub here: bool,
}

/// What the load generator reaches with a server that costs next to nothing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Ceiling {
    /// Clients with one request in flight each.
    pub connections: usize,
    /// The connection mode.
    pub mode: Mode,
    /// The rate of answers, in a closed loop.
    pub requests_per_second: f64,
}

/// One contender measured in one connection mode with one number of connections: all its rounds, and what they say
/// together.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Run {
    /// The contender's name.
    pub contender: String,
    /// The connection mode.
    pub mode: Mode,
    /// Clients with at most one request in flight each.
    pub connections: usize,
    /// The mean of the rounds' rates, with its 95 % interval.
    pub requests_per_second: Interval,
    /// What is held against the baseline; `None` for the baseline itself, and if neither was answered.
    pub ratio: Option<Ratio>,
    /// Good answers whose last byte came inside a window.
    pub responses: u64,
    /// The time that answers took, from the intended start: in a closed loop from just before connecting (a new
    /// connection per request) or just before the write (keep-alive), in an open loop from when the request was due.
    pub latency: Latency,
    /// The same answers' time from when their requests were sent; only in an open loop. What this one hides and the other
    /// shows is the time for which a slow server kept the client from sending (coordinated omission).
    pub latency_from_send: Option<Latency>,
    /// What failed, in the windows and after them.
    pub errors: Errors,
    /// What the system said at the first failed connect.
    pub first_connect_error: Option<String>,
    /// Keep-alive connections that the server closed after an answer, in the windows. Not errors.
    pub reconnects: u64,
    /// Connections that the server left open for 100 ms although the answer was its last, in the windows.
    pub left_open: u64,
    /// Requests from before a window's close that had no answer when the round ended, at most 3 W + 1 s later.
    pub unanswered: u64,
    /// Requests of an open loop for which no client was free before the window's close.
    pub unsent: u64,
    /// Connections on which not one answer came in a whole round: those of the round with most.
    pub starved_connections: u64,
    /// How many connections, on average over the windows, were at work on requests that were answered. That it stays
    /// below the number of connections means that some requests hang or fail, and that the latencies of the others look
    /// better than the server is.
    pub productive_connections: f64,
    /// Little's law: the rate times the mean latency is the mean number of requests in the system. In a closed loop that
    /// is the number of connections, or the two were not measured of the same requests. `None` without an answer.
    pub in_system: Option<f64>,
    /// The load generator's CPU time by the windows. Near 1 in a closed loop, it is the generator that was measured; an
    /// open loop waits awake.
    pub client_cpu_share: Option<f64>,
    /// Whether the rate is so near the load generator's ceiling that it may be the generator's: above 70 % of it.
    pub client_bound: bool,
    /// Connection attempts that the kernel dropped because a listen queue was full, from the beginnings of the loads to the
    /// windows' ends (whole machine). Such a client tries again after 1 s, 3 s, 7 s ...
    pub listen_overflows: Option<u64>,
    /// Connection attempts that the kernel dropped at a listening socket for any reason, over the same time (whole
    /// machine).
    pub listen_drops: Option<u64>,
    /// The longest queue of clients that were connected and not accepted, looked at every 50 ms.
    pub accept_queue: Option<u32>,
    /// The server's side.
    pub server: ServerCost,
    /// The rounds.
    pub rounds: Vec<Round>,
}

/// A run by another.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Ratio {
    /// Whose figures are 1.
    pub baseline: String,
    /// The ratio of the rates with its 95 % interval, from the logarithms of the rounds' ratios.
    pub rate: Interval,
    /// What that says.
    pub verdict: Verdict,
    /// The same of the CPU time per answer: above 1 it costs more than the baseline. `None` where either is not known.
    #[serde(default)]
    pub cpu: Option<Interval>,
}

/// The distribution of latencies.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Latency {
    /// Answers behind these figures: those in the window, and those after it to requests from before its close.
    pub count: u64,
    /// Mean; 0 without an answer.
    pub mean_ns: u64,
    /// Median; `None` below 20 answers.
    pub p50_ns: Option<u64>,
    /// 90th percentile; `None` below 100 answers.
    pub p90_ns: Option<u64>,
    /// 99th percentile; `None` below 1000 answers.
    pub p99_ns: Option<u64>,
    /// Longest; 0 without an answer.
    pub max_ns: u64,
}

/// The percentiles that are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Percentile {
    P50,
    P90,
    P99,
}

impl Percentile {
    pub(crate) fn quantile(self) -> f64 {
        match self {
            Self::P50 => 0.50,
            Self::P90 => 0.90,
            Self::P99 => 0.99,
        }
    }

    /// The number of samples from which ten lie beyond it: fewer, and it is a few outliers in disguise.
    pub(crate) fn needs(self) -> u64 {
        match self {
            Self::P50 => 20,
            Self::P90 => 100,
            Self::P99 => 1000,
        }
    }
}

/// Failed requests by kind.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Errors {
    /// No connection.
    pub connect: u64,
    /// The connection was closed or reset before the answer was complete.
    pub read: u64,
    /// No complete answer within the timeout.
    pub timeout: u64,
    /// The answer is not HTTP/1.
    pub malformed: u64,
    /// The answer has another status than in the check.
    pub status: u64,
}

impl Errors {
    /// All kinds together.
    pub fn total(&self) -> u64 {
        self.connect + self.read + self.timeout + self.malformed + self.status
    }

    pub(super) fn add(&mut self, other: &Errors) {
        self.connect += other.connect;
        self.read += other.read;
        self.timeout += other.timeout;
        self.malformed += other.malformed;
        self.status += other.status;
    }
}
