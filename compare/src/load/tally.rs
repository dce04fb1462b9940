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

use hdrhistogram::Histogram;

use super::client::Failure;
use super::rate::Rate;
use crate::Bound;
use crate::report::{Errors, Latency};

/// Longest latency told apart from longer ones; far beyond any sensible timeout.
const LONGEST_NS: u64 = 3_600_000_000_000;

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
    latency: LatencyTally,
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
    pub(crate) latency: Latency,
    pub(crate) errors: Errors,
    pub(crate) first_connect_error: Option<String>,
    pub(crate) reconnects: u64,
    pub(crate) left_open: u64,
    pub(crate) unanswered: usize,
    pub(crate) starved: usize,
    pub(crate) productive_connections: f64,
}

impl Tally {
    pub(super) fn new(connections: usize, bound: Bound) -> Self {
        Self {
            phase: Phase::WarmUp,
            bound,
            rate: Rate::new(connections),
            latency: LatencyTally::new(),
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

    pub(super) fn answered(&mut self, client: usize, latency: Duration, now: Instant) {
        self.close_if_over(now);
        match self.phase {
            Phase::WarmUp => return,
            Phase::Window { .. } => self.rate.answered(client, now),
            Phase::Drain { .. } => {}
        }
        self.latency.record(latency);
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

    /// The result, with this many requests never answered.
    pub(super) fn finish(self, unanswered: usize) -> Counts {
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
            latency: self.latency.summary(),
            errors: self.errors,
            first_connect_error: self.first_connect_error,
            reconnects: self.reconnects,
            left_open: self.left_open,
            unanswered,
            starved: self.rate.starved(),
            productive_connections: (connections - wasted).max(0.0),
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

#[derive(Debug)]
struct LatencyTally {
    /// `None` only if its constant bounds were refused: then nothing is recorded.
    histogram: Option<Histogram<u64>>,
    sum_ns: u128,
    max_ns: u64,
    count: u64,
}

impl LatencyTally {
    fn new() -> Self {
        Self { histogram: Histogram::new_with_bounds(1, LONGEST_NS, 3).ok(), sum_ns: 0, max_ns: 0, count: 0 }
    }

    fn record(&mut self, latency: Duration) {
        let ns = u64::try_from(latency.as_nanos()).unwrap_or(u64::MAX);
        self.sum_ns += u128::from(ns);
        self.max_ns = self.max_ns.max(ns);
        self.count += 1;
        if let Some(histogram) = &mut self.histogram {
            histogram.saturating_record(ns);
        }
    }

    fn summary(&self) -> Latency {
        let percentile = |percentile: crate::report::Percentile| {
            let histogram = self.histogram.as_ref()?;
            // The histogram rounds up to its resolution; no percentile is above the maximum.
            (self.count >= percentile.needs())
                .then(|| histogram.value_at_quantile(percentile.quantile()).min(self.max_ns))
        };
        Latency {
            count: self.count,
            mean_ns: u64::try_from(self.sum_ns / u128::from(self.count.max(1))).unwrap_or(u64::MAX),
            p50_ns: percentile(crate::report::Percentile::P50),
            p90_ns: percentile(crate::report::Percentile::P90),
            p99_ns: percentile(crate::report::Percentile::P99),
            max_ns: self.max_ns,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    #[test]
    fn percentiles_are_given_from_ten_samples_beyond_them_on() {
        let mut latency = LatencyTally::new();
        let mut known = Vec::new();
        for n in 1..=1000_u64 {
            latency.record(Duration::from_nanos(n * 1000));
            let summary = latency.summary();
            let given = [summary.p50_ns, summary.p90_ns, summary.p99_ns].map(|p| p.is_some());
            if known.last() != Some(&(given, n))
                && known.last().map(|last: &([bool; 3], u64)| last.0) != Some(given)
            {
                known.push((given, n));
            }
        }
        assert_eq!(
            known,
            [([false; 3], 1), ([true, false, false], 20), ([true, true, false], 100), ([true; 3], 1000),]
        );
        let summary = latency.summary();
        assert_eq!((summary.count, summary.max_ns, summary.mean_ns), (1000, 1_000_000, 500_500));
        for (given, expected) in [(summary.p50_ns, 500_000.0), (summary.p99_ns, 990_000.0)] {
            let given = given.unwrap() as f64;
            assert!((given / expected - 1.0).abs() < 0.001, "{given} is not about {expected}");
        }
    }

    #[test]
    fn only_the_window_counts_for_the_rate_and_the_drain_for_latency() {
        let start = Instant::now();
        let mut tally = Tally::new(2, Bound::Duration(100 * MS));
        tally.answered(0, MS, start);
        tally.open(start);
        tally.answered(0, 2 * MS, start + 10 * MS);
        tally.answered(1, 3 * MS, start + 99 * MS);
        tally.answered(0, 90 * MS, start + 101 * MS);
        assert!(tally.close_if_over(start + 101 * MS));
        let counts = tally.finish(0);
        assert_eq!(counts.window, 100 * MS);
        assert_eq!((counts.responses, counts.latency.count), (2, 3));
        assert_eq!(counts.latency.max_ns, 90_000_000);
        assert!((counts.per_second - 20.0).abs() < 1e-9);
    }

    #[test]
    fn a_count_closes_the_window_at_its_last_answer_errors_included() {
        let start = Instant::now();
        let mut tally = Tally::new(1, Bound::Requests(3));
        tally.open(start);
        tally.answered(0, MS, start + 10 * MS);
        tally.failed(Failure::Read, start + 10 * MS, start + 30 * MS);
        assert!((tally.done(start + 30 * MS) - 2.0 / 3.0).abs() < 1e-9);
        assert!(!tally.close_if_over(start + 30 * MS));
        tally.answered(0, MS, start + 40 * MS);
        tally.answered(0, MS, start + 50 * MS);
        let counts = tally.finish(0);
        assert_eq!(counts.window, 40 * MS);
        assert_eq!((counts.responses, counts.errors.read), (2, 1));
        // One connection, half of the window wasted on the failure.
        assert!((counts.productive_connections - 0.5).abs() < 1e-9);
    }

    #[test]
    fn time_without_an_answer_is_wasted_inside_the_window_only() {
        let start = Instant::now();
        let mut tally = Tally::new(10, Bound::Duration(100 * MS));
        tally.waste(start, start + 10 * MS);
        tally.open(start + 10 * MS);
        assert!(tally.close_if_over(start + 110 * MS));
        for _ in 0..3 {
            tally.waste(start, start + 500 * MS);
        }
        assert!((tally.finish(3).productive_connections - 7.0).abs() < 1e-9);
    }
}
