//! When requests begin in an open loop: at a constant rate, whatever the server does.

use std::time::{Duration, Instant};

/// The intended starts. One is taken only when a client is free to send; what is due and not taken is late, and its
/// latency counts from when it was due.
#[derive(Debug)]
pub(super) struct Arrivals {
    start: Instant,
    per_second: f64,
    taken: u64,
}

impl Arrivals {
    /// From `start` on, this many a second, evenly spaced.
    pub(super) fn new(start: Instant, per_second: f64) -> Self {
        Self { start, per_second, taken: 0 }
    }

    /// When the next request is due.
    pub(super) fn next_at(&self) -> Instant {
        // From the start each time: a sum of rounded intervals would drift.
        self.start + Duration::from_secs_f64(self.taken as f64 / self.per_second)
    }

    /// Takes the next request, if it is due.
    pub(super) fn take(&mut self, now: Instant) -> Option<Instant> {
        let due = self.next_at();
        (due <= now).then(|| {
            self.taken += 1;
            due
        })
    }

    /// How many have been due and not taken until then.
    pub(super) fn late_at(&self, then: Instant) -> u64 {
        let passed = then.saturating_duration_since(self.start).as_secs_f64();
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "at most a day of requests"
        )]
        let due = (passed * self.per_second) as u64 + 1;
        due.saturating_sub(self.taken)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_due_at_even_distances_however_late_they_are_taken() {
        let start = Instant::now();
        let at = |ms| start + Duration::from_millis(ms);
        let mut arrivals = Arrivals::new(start, 100.0);
        assert_eq!(arrivals.take(at(0)), Some(at(0)));
        assert_eq!(arrivals.take(at(9)), None);
        assert_eq!(arrivals.late_at(at(35)), 3);
        assert_eq!(arrivals.take(at(35)), Some(at(10)));
        assert_eq!(arrivals.take(at(35)), Some(at(20)));
        assert_eq!(arrivals.late_at(at(35)), 1);
        assert_eq!(arrivals.next_at(), at(30));
    }

    #[test]
    fn a_rate_that_divides_no_second_does_not_drift() {
        let start = Instant::now();
        let mut arrivals = Arrivals::new(start, 3.0);
        for _ in 0..3_000 {
            assert!(arrivals.take(start + Duration::from_secs(1000)).is_some());
        }
        let drift = arrivals.next_at() - start;
        assert!(drift.abs_diff(Duration::from_secs(1000)) < Duration::from_micros(1), "{drift:?}");
    }
}
