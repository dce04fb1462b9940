//! One contender's part of one round.

use serde::{Deserialize, Serialize};

use super::{Errors, Latency};
use crate::latency;

/// What was measured of one contender in one round. [`Run`](super::Run) says what the fields mean.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Round {
    /// Which round, from 0.
    pub number: usize,
    /// Which in its round the contender was, from 0.
    pub place: usize,
    /// When it began, from the beginning of the comparison.
    pub started_ns: u64,
    /// How long the window was open.
    pub window_ns: u64,
    /// Good answers whose last byte came inside the window.
    pub responses: u64,
    /// The rate of these answers.
    ///
    /// Not quite `responses / window`, which is off by up to one round of answers: ten clients that wait in step are
    /// answered ten at a time, and whether the last ten fall inside is chance. Instead, from each client's first answer
    /// in the window to its last, everyone's answers are counted; the counts' sum by the spans' sum is the rate. If no
    /// client's answers span half the window, it counts from the last answer before the window to the last inside it; in
    /// an open loop it is the quotient.
    pub requests_per_second: f64,
    /// Latencies from the intended start.
    pub latency: Latency,
    /// Their histogram: HdrHistogram V2, uncompressed, base64; in nanoseconds, with three significant digits.
    pub histogram: String,
    /// Latencies from the send; only in an open loop.
    pub latency_from_send: Option<Latency>,
    /// Their histogram.
    pub histogram_from_send: Option<String>,
    /// What failed, in the window and after it.
    pub errors: Errors,
    /// Keep-alive connections that the server closed.
    pub reconnects: u64,
    /// Connections that the server did not close.
    pub left_open: u64,
    /// Requests without an answer at the end.
    pub unanswered: u64,
    /// Requests of an open loop that were not sent.
    pub unsent: u64,
    /// Connections without an answer, before, in or after the window.
    pub starved_connections: u64,
    /// Connections at work on requests that were answered.
    pub productive_connections: f64,
    /// The load generator's CPU time by the window.
    pub client_cpu_share: Option<f64>,
    /// Connection attempts dropped because a queue was full.
    pub listen_overflows: Option<u64>,
    /// Connection attempts dropped at a listening socket.
    pub listen_drops: Option<u64>,
    /// The longest accept queue.
    pub accept_queue: Option<u32>,
    /// The server's side.
    pub server: ServerCost,
    /// What the load met over time, warm-up included; at most 512. Empty in reports of before there was such a thing.
    #[serde(default)]
    pub samples: Vec<Sample>,
}

/// A look at the server from outside, every 50 ms, or less often in a long round.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sample {
    /// When, from the beginning of the load.
    pub at_ns: u64,
    /// Whether the window was open.
    pub in_window: bool,
    /// Clients that were connected and not accepted. `None` where the system does not tell.
    pub accept_queue: Option<u32>,
    /// The process's threads. `None` where the system does not tell.
    pub threads: Option<u32>,
    /// Connection attempts that a full listen queue has dropped since the look before, of all servers of this machine. 0
    /// where the system does not tell, and in reports of before it was asked.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub overflows: u64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
fn is_zero(overflows: &u64) -> bool {
    *overflows == 0
}

impl Round {
    /// CPU time per answer, in nanoseconds.
    pub(super) fn cpu(&self) -> Option<f64> {
        self.server.cpu_ns_per_response.map(|ns| ns as f64)
    }

    /// The latencies from the intended start, shortest first: each with how many answers took it, at three significant
    /// digits. Empty if the histogram's text is damaged.
    pub fn distribution(&self) -> Vec<(u64, u64)> {
        distribution(&self.histogram)
    }

    /// The latencies from the send, likewise. Empty in a closed loop, which has none.
    pub fn distribution_from_send(&self) -> Vec<(u64, u64)> {
        self.histogram_from_send.as_deref().map(distribution).unwrap_or_default()
    }
}

fn distribution(text: &str) -> Vec<(u64, u64)> {
    let Some(histogram) = latency::decode(text) else {
        return Vec::new();
    };
    let recorded = histogram.iter_recorded();
    recorded.map(|step| (step.value_iterated_to(), step.count_at_value())).collect()
}

/// What serving cost the contender's process. `None` where the system does not tell, or the server is not a process of
/// the comparison.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ServerCost {
    /// CPU time of the window, all threads, by answers in the window.
    pub cpu_ns_per_response: Option<u64>,
    /// The part of it in user mode. The kernel divides by samples, so short processes are divided roughly.
    pub cpu_user_ns_per_response: Option<u64>,
    /// The part of it in the kernel.
    pub cpu_system_ns_per_response: Option<u64>,
    /// How often a thread gave up its core to wait, by answers; over the process's whole life, start and end included.
    pub voluntary_switches_per_response: Option<f64>,
    /// How often a thread lost its core to another, by answers; over the process's whole life.
    pub involuntary_switches_per_response: Option<f64>,
    /// Peak resident memory from the process's start to the end of the round.
    pub peak_memory_bytes: Option<u64>,
    /// How much the peak rose with the load, by connections.
    pub memory_bytes_per_connection: Option<u64>,
    /// Most threads seen at once in the window, looked at every 50 ms.
    pub threads: Option<u32>,
}

impl ServerCost {
    /// What several rounds cost: times and switches on average over all answers, the rest at its highest.
    pub(super) fn of(rounds: &[Round]) -> Self {
        let answers = |round: &Round| round.responses as f64;
        let mean = |get: fn(&ServerCost) -> Option<f64>| {
            let known = || rounds.iter().filter_map(|round| Some((get(&round.server)?, answers(round))));
            let weight: f64 = known().map(|(_, weight)| weight).sum();
            (weight > 0.0).then(|| known().map(|(value, weight)| value * weight).sum::<f64>() / weight)
        };
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a mean of unsigned times"
        )]
        let whole = |value: Option<f64>| value.map(|value| value.round() as u64);
        let all = whole(mean(|server| server.cpu_ns_per_response.map(|ns| ns as f64)));
        let user = whole(mean(|server| server.cpu_user_ns_per_response.map(|ns| ns as f64)));
        let most =
            |get: fn(&ServerCost) -> Option<u64>| rounds.iter().filter_map(|round| get(&round.server)).max();
        Self {
            cpu_ns_per_response: all,
            cpu_user_ns_per_response: user,
            cpu_system_ns_per_response: all.zip(user).map(|(all, user)| all.saturating_sub(user)),
            voluntary_switches_per_response: mean(|server| server.voluntary_switches_per_response),
            involuntary_switches_per_response: mean(|server| server.involuntary_switches_per_response),
            peak_memory_bytes: most(|server| server.peak_memory_bytes),
            memory_bytes_per_connection: most(|server| server.memory_bytes_per_connection),
            threads: rounds.iter().filter_map(|round| round.server.threads).max(),
        }
    }
}
