//! What is counted, and when: the measurement window.
//!
//! ```text
//!  load starts     window opens                         window closes      last answer, or the limit
//!       │  warm-up       │              window                │     drain         │
//!       │ not counted    │ answers, errors, latency, CPU, …   │ latency, errors   │
//! ```
//!
//! - The load runs through the opening without a pause, so the window sees a server already busy.
//! - Answers in the window give the rate ([`Rate`]) and the CPU time per request.
//! - No request begins after the window closes. Those in flight may still be answered: their latency is counted, else the
//!   slowest would be missing from the percentiles. They give no throughput.
//! - What is not answered in the drain is reported as unanswered.

use std::time::{Duration, Instant};

use super::rate::Rate;
use super::step::Failure;
use crate::Bound;
use crate::latency::Recorder;
use crate::report::Errors;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    WarmUp,
    Window { opened: Instant },
    Drain { opened: Instant, closed: Instant },
}

/// Everything counted in one measurement.
#[derive(Debug)]
pub(super) struct Tally {
    phase: Phase,
    bound: Bound,
    rate: Rate,
    latency: Recorder,
    /// The same answers' latencies from when their requests were sent; only in an open loop.
    from_send: Option<Recorder>,
    /// Answers from the load's start on, those of the warm-up and the drain included.
    lifetime_responses: u64,
    errors: Errors,
    first_connect_error: Option<String>,
    reconnects: u64,
    left_open: u64,
    /// Connection time inside the window spent on requests that were never answered.
    wasted: Duration,
}

/// The counts when all is over.
#[derive(Debug)]
pub(crate) struct Counts {
    pub(crate) window: Duration,
    pub(crate) responses: u64,
    pub(crate) per_second: f64,
    /// From the intended start: in a closed loop the send, in an open loop when the request was due.
    pub(crate) latency: Recorder,
    /// From the send; only in an open loop.
    pub(crate) from_send: Option<Recorder>,
    /// Answers from the load's start on, those of the warm-up and the drain included.
    pub(crate) lifetime_responses: u64,
    pub(crate) errors: Errors,
    pub(crate) first_connect_error: Option<String>,
    pub(crate) reconnects: u64,
    pub(crate) left_open: u64,
    pub(crate) unanswered: usize,
    pub(crate) starved: usize,
    pub(crate) productive_connections: f64,
    /// Requests of an open loop that were due in the window, and for which no client was free before its close.
    pub(crate) unsent: u64,
}

impl Tally {
    pub(super) fn new(connections: usize, bound: Bound, open_loop: bool) -> Self {
        Self {
            phase: Phase::WarmUp,
            bound,
            rate: if open_loop { Rate::plain(connections) } else { Rate::new(connections) },
            latency: Recorder::new(),
            from_send: open_loop.then(Recorder::new),
            lifetime_responses: 0,
            errors: Errors::default(),
            first_connect_error: None,
            reconnects: 0,
            left_open: 0,
            wasted: Duration::ZERO,
        }
    }

    pub(super) fn open(&mut self, now: Instant) {
        self.phase = Phase::Window { opened: now };
    }

    /// Closes the window if it is time; true from then on.
    pub(super) fn close_if_over(&mut self, now: Instant) -> bool {
        let Phase::Window { opened } = self.phase else {
            return matches!(self.phase, Phase::Drain { .. });
        };
        let closed = match self.bound {
            Bound::Duration(length) => (now >= opened + length).then(|| opened + length),
            Bound::Requests(n) => (self.finished() >= n).then_some(now),
        };
        if let Some(closed) = closed {
            self.phase = Phase::Drain { opened, closed };
        }
        closed.is_some()
    }

    /// When a window bounded by time closes; `None` if it is not open or bounded otherwise.
    pub(super) fn closes_at(&self) -> Option<Instant> {
        match (self.phase, self.bound) {
            (Phase::Window { opened }, Bound::Duration(length)) => Some(opened + length),
            _ => None,
        }
    }

    /// How much of the window has passed, from 0 to 1.
    pub(super) fn done(&self, now: Instant) -> f64 {
        match (self.phase, self.bound) {
            (Phase::WarmUp, _) => 0.0,
            (Phase::Window { opened }, Bound::Duration(length)) => {
                let passed = now.saturating_duration_since(opened);
                (passed.as_secs_f64() / length.as_secs_f64()).min(1.0)
            }
            (Phase::Window { .. }, Bound::Requests(n)) => (self.finished() as f64 / n as f64).min(1.0),
            (Phase::Drain { .. }, _) => 1.0,
        }
    }

    fn finished(&self) -> u64 {
        self.rate.total() + self.errors.total()
    }

    /// Whether every client has been answered in the warm-up: the server's queue is as long as it will be.
    pub(super) fn is_filled(&self) -> bool {
        self.rate.is_filled()
    }

    /// The answer to a request that was to start `latency` ago, and was sent `from_send` ago.
    pub(super) fn answered(&mut self, client: usize, latency: Duration, from_send: Duration, now: Instant) {
        self.close_if_over(now);
        self.lifetime_responses += 1;
        match self.phase {
            Phase::WarmUp => return self.rate.warmed_up(client, now),
            Phase::Window { .. } => self.rate.answered(client, now),
            Phase::Drain { .. } => self.rate.seen(client),
        }
        self.latency.record(latency);
        if let Some(recorder) = &mut self.from_send {
            recorder.record(from_send);
        }
        // The answer that completes the count closes the window at this very moment.
        self.close_if_over(now);
    }

    /// A request failed whose connection was last known to do good at `since`.
    pub(super) fn failed(&mut self, failure: Failure, since: Instant, now: Instant) {
        self.close_if_over(now);
        self.waste(since, now);
        if self.phase == Phase::WarmUp {
            return;
        }
        match failure {
            Failure::Connect(error) => {
                self.errors.connect += 1;
                self.first_connect_error.get_or_insert_with(|| explain(&error));
            }
            Failure::Read => self.errors.read += 1,
            Failure::Timeout => self.errors.timeout += 1,
            Failure::Malformed => self.errors.malformed += 1,
            Failure::Status => self.errors.status += 1,
        }
        self.close_if_over(now);
    }

    /// A connection did nothing that led to an answer.
    pub(super) fn waste(&mut self, from: Instant, to: Instant) {
        let (opened, to) = match self.phase {
            Phase::WarmUp => return,
            Phase::Window { opened } => (opened, to),
            Phase::Drain { opened, closed } => (opened, to.min(closed)),
        };
        self.wasted += to.saturating_duration_since(from.max(opened));
    }

    pub(super) fn reconnected(&mut self) {
        self.reconnects += u64::from(matches!(self.phase, Phase::Window { .. }));
    }

    pub(super) fn left_open(&mut self) {
        self.left_open += u64::from(matches!(self.phase, Phase::Window { .. }));
    }

    /// When the window has closed.
    pub(super) fn closed_at(&self) -> Option<Instant> {
        match self.phase {
            Phase::Drain { closed, .. } => Some(closed),
            Phase::WarmUp | Phase::Window { .. } => None,
        }
    }

    /// The result, with this many requests never answered and never sent.
    pub(super) fn finish(self, unanswered: usize, unsent: u64) -> Counts {
        let window = match self.phase {
            Phase::Drain { opened, closed } => closed.saturating_duration_since(opened),
            Phase::WarmUp | Phase::Window { .. } => Duration::ZERO,
        };
        let connections = self.rate.connections() as f64;
        let wasted = if window.is_zero() { 0.0 } else { self.wasted.as_secs_f64() / window.as_secs_f64() };
        Counts {
            window,
            responses: self.rate.total(),
            per_second: self.rate.per_second(window),
            latency: self.latency,
            from_send: self.from_send,
            lifetime_responses: self.lifetime_responses,
            errors: self.errors,
            first_connect_error: self.first_connect_error,
            reconnects: self.reconnects,
            left_open: self.left_open,
            unanswered,
            starved: self.rate.starved(),
            productive_connections: (connections - wasted).max(0.0),
            unsent,
        }
    }
}

/// The system's words, and what the ones that mean the client ran dry have to do with it.
fn explain(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::AddrNotAvailable => format!(
            "{error}: this machine has no client port left; wait a minute, measure fewer requests, or use keep-alive"
        ),
        _ if error.raw_os_error() == Some(24) => {
            format!("{error}: raise `ulimit -n` or use fewer connections")
        }
        _ => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    #[test]
    fn only_the_window_counts_for_the_rate_and_the_drain_for_latency() {
        let start = Instant::now();
        let mut tally = Tally::new(2, Bound::Duration(100 * MS), false);
        tally.answered(0, MS, MS, start);
        tally.open(start);
        tally.answered(0, 2 * MS, 2 * MS, start + 10 * MS);
        tally.answered(1, 3 * MS, 3 * MS, start + 99 * MS);
        tally.answered(0, 90 * MS, 90 * MS, start + 101 * MS);
        assert!(tally.close_if_over(start + 101 * MS));
        let counts = tally.finish(0, 0);
        assert_eq!(counts.window, 100 * MS);
        assert_eq!((counts.responses, counts.latency.summary().count), (2, 3));
        assert_eq!(counts.latency.summary().max_ns, 90_000_000);
        // Nobody was answered twice: the two count from the answer before the window.
        assert!((counts.per_second - 2.0 / 0.099).abs() < 1e-9);
    }

    #[test]
    fn a_count_closes_the_window_at_its_last_answer_errors_included() {
        let start = Instant::now();
        let mut tally = Tally::new(1, Bound::Requests(3), false);
        tally.open(start);
        tally.answered(0, MS, MS, start + 10 * MS);
        tally.failed(Failure::Read, start + 10 * MS, start + 30 * MS);
        assert!((tally.done(start + 30 * MS) - 2.0 / 3.0).abs() < 1e-9);
        assert!(!tally.close_if_over(start + 30 * MS));
        tally.answered(0, MS, MS, start + 40 * MS);
        tally.answered(0, MS, MS, start + 50 * MS);
        let counts = tally.finish(0, 0);
        assert_eq!(counts.window, 40 * MS);
        assert_eq!((counts.responses, counts.errors.read), (2, 1));
        // One connection, half of the window wasted on the failure.
        assert!((counts.productive_connections - 0.5).abs() < 1e-9);
    }

    #[test]
    fn time_without_an_answer_is_wasted_inside_the_window_only() {
        let start = Instant::now();
        let mut tally = Tally::new(10, Bound::Duration(100 * MS), false);
        tally.waste(start, start + 10 * MS);
        tally.open(start + 10 * MS);
        assert!(tally.close_if_over(start + 110 * MS));
        for _ in 0..3 {
            tally.waste(start, start + 500 * MS);
        }
        assert!((tally.finish(3, 0).productive_connections - 7.0).abs() < 1e-9);
    }
}
