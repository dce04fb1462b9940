//! Latencies on their way into the report: counted in a histogram, which is kept as text.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hdrhistogram::Histogram;
use hdrhistogram::serialization::{Deserializer, Serializer as _, V2Serializer};

use crate::report::{Latency, Percentile};

/// Longest latency told apart from longer ones; far beyond any sensible timeout.
const LONGEST_NS: u64 = 3_600_000_000_000;

/// Latencies as they come, at three significant digits.
#[derive(Clone, Debug)]
pub(crate) struct Recorder {
    /// `None` only if its constant bounds were refused: then nothing is recorded.
    histogram: Option<Histogram<u64>>,
    sum_ns: u128,
    max_ns: u64,
    count: u64,
}

impl Recorder {
    pub(crate) fn new() -> Self {
        Self { histogram: Histogram::new_with_bounds(1, LONGEST_NS, 3).ok(), sum_ns: 0, max_ns: 0, count: 0 }
    }

    pub(crate) fn record(&mut self, latency: Duration) {
        let ns = u64::try_from(latency.as_nanos()).unwrap_or(u64::MAX);
        self.sum_ns += u128::from(ns);
        self.max_ns = self.max_ns.max(ns);
        self.count += 1;
        if let Some(histogram) = &mut self.histogram {
            histogram.saturating_record(ns);
        }
    }

    /// Takes in what another has recorded.
    pub(crate) fn merge(&mut self, other: &Recorder) {
        self.sum_ns += other.sum_ns;
        self.max_ns = self.max_ns.max(other.max_ns);
        self.count += other.count;
        if let (Some(histogram), Some(other)) = (&mut self.histogram, &other.histogram) {
            // The bounds are the same constants.
            let _ = histogram.add(other);
        }
    }

    pub(crate) fn summary(&self) -> Latency {
        let percentile = |percentile: Percentile| {
            let histogram = self.histogram.as_ref()?;
            // The histogram rounds up to its resolution; no percentile is above the maximum.
            (self.count >= percentile.needs())
                .then(|| histogram.value_at_quantile(percentile.quantile()).min(self.max_ns))
        };
        Latency {
            count: self.count,
            mean_ns: u64::try_from(self.sum_ns / u128::from(self.count.max(1))).unwrap_or(u64::MAX),
            p50_ns: percentile(Percentile::P50),
            p90_ns: percentile(Percentile::P90),
            p99_ns: percentile(Percentile::P99),
            max_ns: self.max_ns,
        }
    }

    /// The histogram in HdrHistogram's V2 format, uncompressed, as base64; empty if there is none.
    pub(crate) fn encoded(&self) -> String {
        let mut bytes = Vec::new();
        match &self.histogram {
            Some(histogram) if V2Serializer::new().serialize(histogram, &mut bytes).is_ok() => {
                STANDARD.encode(bytes)
            }
            _ => String::new(),
        }
    }
}

/// The histogram that a round's text holds; `None` if it holds none.
pub(crate) fn decode(text: &str) -> Option<Histogram<u64>> {
    let bytes = STANDARD.decode(text).ok()?;
    Deserializer::new().deserialize(&mut bytes.as_slice()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_given_from_ten_samples_beyond_them_on() {
        let mut latency = Recorder::new();
        let mut known: Vec<([bool; 3], u64)> = Vec::new();
        for n in 1..=1000_u64 {
            latency.record(Duration::from_nanos(n * 1000));
            let summary = latency.summary();
            let given = [summary.p50_ns, summary.p90_ns, summary.p99_ns].map(|p| p.is_some());
            if known.last().map(|last| last.0) != Some(given) {
                known.push((given, n));
            }
        }
        assert_eq!(
            known,
            [([false; 3], 1), ([true, false, false], 20), ([true, true, false], 100), ([true; 3], 1000)]
        );
        let summary = latency.summary();
        assert_eq!((summary.count, summary.max_ns, summary.mean_ns), (1000, 1_000_000, 500_500));
        for (given, expected) in [(summary.p50_ns, 500_000.0), (summary.p99_ns, 990_000.0)] {
            let given = given.unwrap() as f64;
            assert!((given / expected - 1.0).abs() < 0.001, "{given} is not about {expected}");
        }
    }

    #[test]
    fn rounds_that_are_merged_are_as_if_recorded_together() {
        let (mut first, mut second, mut both) = (Recorder::new(), Recorder::new(), Recorder::new());
        for n in 1..=500 {
            let (short, long) = (Duration::from_micros(n), Duration::from_millis(n));
            first.record(short);
            second.record(long);
            both.record(short);
            both.record(long);
        }
        first.merge(&second);
        assert_eq!(first.summary(), both.summary());
        assert_eq!(first.encoded(), both.encoded());
    }

    #[test]
    fn the_text_holds_the_whole_histogram() {
        let mut latency = Recorder::new();
        (1..=100).for_each(|n| latency.record(Duration::from_millis(n)));
        let histogram = decode(&latency.encoded()).unwrap();
        assert_eq!(histogram.len(), 100);
        assert_eq!(Some(histogram.value_at_quantile(0.9)), latency.summary().p90_ns);
        assert!(decode("").is_none() && decode("AAAA").is_none());
    }
}
