//! What a comparison found, and its three views. [`Report`] is the only source of all of them.

use serde::{Deserialize, Serialize};

use crate::{Bound, Mode};

mod json;
mod markdown;
mod rows;
mod text;
mod units;
mod warnings;

#[cfg(test)]
mod tests;

pub use json::json;
pub use markdown::markdown;
pub use text::text;

/// The version of the JSON that [`json`] writes; it rises when a field changes its meaning or goes.
pub const SCHEMA: u32 = 1;

/// Everything a comparison found. Times are nanoseconds, sizes bytes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// [`SCHEMA`] of the crate that wrote it.
    pub schema: u32,
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
    /// Clients that each kept one request in flight.
    pub connections: usize,
    /// The connection modes, in the order of the plan.
    pub modes: Vec<Mode>,
    /// When each measurement ended.
    pub bound: Bound,
    /// When a request counted as failed.
    pub timeout_ns: u64,
    /// W: how long one request takes when nobody else asks. The shortest, over all contenders, of the median of three.
    pub wait_ns: u64,
    /// `connections / W`: what a server reaches that makes no request wait for another. `None` if W is below 1 ms, when
    /// it is the cost of serving and no longer a wait.
    pub ideal_per_second: Option<f64>,
    /// Where it was measured.
    pub environment: Environment,
    /// The measurements: by connection mode, then by contender.
    pub runs: Vec<Run>,
}

/// The machine and build of a comparison.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Environment {
    /// The operating system.
    pub os: String,
    /// The processor architecture.
    pub arch: String,
    /// Cores this process may use.
    pub cores: usize,
    /// Whether the comparing program was built without optimisation (the contenders usually are the same program).
    pub debug_build: bool,
}

impl Environment {
    pub(crate) fn here() -> Self {
        Self {
            os: std::env::consts::OS.to_owned(),
            arch: std::env::consts::ARCH.to_owned(),
            cores: std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
            debug_build: cfg!(debug_assertions),
        }
    }
}

/// One contender measured in one connection mode.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Run {
    /// The contender's name.
    pub contender: String,
    /// The connection mode.
    pub mode: Mode,
    /// How long the window was open.
    pub window_ns: u64,
    /// Good answers whose last byte came inside the window.
    pub responses: u64,
    /// The rate of these answers.
    ///
    /// Not quite `responses / window`, which is off by up to one round of answers: ten clients that wait in step are
    /// answered ten at a time, and whether the last ten fall inside is chance. Instead, from each client's first answer
    /// in the window to its last, everyone's answers are counted; the counts' sum by the spans' sum is the rate. If no
    /// client's answers span half the window, it is the quotient after all.
    pub requests_per_second: f64,
    /// The time that answers took: from just before connecting (a new connection per request) or just before the write
    /// (keep-alive) to the last byte.
    pub latency: Latency,
    /// What failed, in the window and after it.
    pub errors: Errors,
    /// What the system said at the first failed connect.
    pub first_connect_error: Option<String>,
    /// Keep-alive connections that the server closed after an answer, in the window. Not errors.
    pub reconnects: u64,
    /// Connections that the server left open for 100 ms although the answer was its last, in the window.
    pub left_open: u64,
    /// Requests from before the window's close that had no answer when the measurement ended, at most 3 W + 1 s later.
    pub unanswered: u64,
    /// Connections on which not one answer came in the window.
    pub starved_connections: u64,
    /// How many connections, on average over the window, were at work on requests that were answered. By Little's law
    /// rate × latency comes to this number; that it stays below the number of connections means that some requests hang
    /// or fail, and that the latencies of the others look better than the server is.
    pub productive_connections: f64,
    /// The load generator's CPU time by the window: near 1, it is the generator that was measured.
    pub client_cpu_share: Option<f64>,
    /// Connection attempts that the kernel dropped in the window because a listen queue was full (whole machine).
    pub listen_overflows: Option<u64>,
    /// The server's side.
    pub server: ServerCost,
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
}

/// What serving cost the contender's process. `None` where the system does not tell.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServerCost {
    /// CPU time of the window, all threads, by answers in the window.
    pub cpu_ns_per_response: Option<u64>,
    /// Peak resident memory from the process's start to the end of the measurement.
    pub peak_memory_bytes: Option<u64>,
    /// Most threads seen at once in the window, looked at every 50 ms.
    pub threads: Option<u32>,
}
