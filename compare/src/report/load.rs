//! What a load can be, by Little's law, before anybody measures.

use std::time::Duration;

use super::units;

/// Why this many connections cannot carry that rate, if a request alone takes `wait`; `None` if they can, or in a closed
/// loop.
pub(crate) fn overload(rate: Option<f64>, connections: usize, wait: Duration) -> Option<String> {
    let rate = rate.filter(|_| !wait.is_zero())?;
    let carried = connections as f64 / wait.as_secs_f64();
    (rate > carried).then(|| {
        format!(
            "-c {connections} at {} carries at most {}/s; you asked for {}/s: use -c {} or accept that requests wait for \
             a free connection",
            units::time(u64::try_from(wait.as_nanos()).unwrap_or(u64::MAX)),
            units::rate(carried),
            units::rate(rate),
            // No reserve: one answer later than alone, and a request waits.
            (rate * wait.as_secs_f64()).ceil()
        )
    })
}

/// The connections that carry a rate with a reserve of a half.
pub(super) fn connections_for(rate: f64, wait_ns: u64) -> f64 {
    (1.5 * rate * wait_ns as f64 / 1e9).ceil().max(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_than_the_connections_carry_is_noticed_before_the_start() {
        let wait = Duration::from_millis(100);
        assert_eq!(
            overload(Some(500.0), 10, wait).unwrap(),
            "-c 10 at 100.0 ms carries at most 100.0/s; you asked for 500.0/s: use -c 50 or accept that requests wait \
             for a free connection"
        );
        assert_eq!(overload(Some(99.0), 10, wait), None);
        assert_eq!(overload(None, 1, wait), None);
        assert_eq!(overload(Some(1e6), 1, Duration::ZERO), None);
        assert_eq!(connections_for(500.0, 100_000_000), 75.0);
    }
}
