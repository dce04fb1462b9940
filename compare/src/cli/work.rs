//! Computing that takes a while: an amount of it, and not a time.
//!
//! A handler that looks at the clock until 10 ms are over takes 10 ms however many others share its core: ten of them would
//! end together, each with a tenth of the work done, and a processor that is too small would look like one that is not. So
//! the amount is given in steps. How many of them take about 10 ms on this machine is found out once, by the comparing
//! process, and told to all servers.

use std::{hint::black_box, sync::OnceLock, time::Duration};

/// Steps of [`work`] unless told otherwise: some 10 ms of a core of these years.
pub(super) const USUAL: u64 = 5_000_000;
/// Steps that a measurement of their speed begins with.
const FIRST: u64 = 1 << 16;
/// How long a measurement of their speed takes, at least: a processor needs some of it to be at its full speed.
const LONG_ENOUGH: Duration = Duration::from_millis(20);
/// A clock that stands still is no reason to compute for ever.
const MOST: u64 = 1 << 34;
/// Whoever is disturbed is slower and never faster, so the best of a few tries is the truth.
const TRIES: usize = 3;

static STEPS: OnceLock<u64> = OnceLock::new();

/// Computes for as many steps as `--work` says, and returns what came out: the same number on every runtime, for handlers
/// that are there to be compared. Default: 5 000 000 steps, some 10 ms.
#[must_use]
pub fn work() -> u64 {
    compute(STEPS.get().copied().unwrap_or(USUAL))
}

/// What [`work`] does in this process from now on.
pub(super) fn set(steps: u64) {
    STEPS.get_or_init(|| steps);
}

/// Each step needs the one before it, so that no compiler and no processor does several at once.
fn compute(steps: u64) -> u64 {
    let mut state = black_box(0x9e37_79b9_7f4a_7c15_u64);
    for _ in 0..steps {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
    }
    black_box(state)
}

/// How many steps take about that long on this machine now, to two digits.
pub(super) fn steps_in(time: Duration) -> u64 {
    let rate = (0..TRIES).map(|_| speed()).fold(0.0, f64::max);
    two_digits(rate * time.as_secs_f64())
}

/// Steps a second.
fn speed() -> f64 {
    let mut steps = FIRST;
    loop {
        let begun = clock();
        black_box(compute(steps));
        let taken = clock().saturating_sub(begun);
        if taken >= LONG_ENOUGH {
            return steps as f64 / taken.as_secs_f64();
        }
        if steps >= MOST {
            return USUAL as f64 / 0.01;
        }
        steps *= 2;
    }
}

/// This thread's own time on a core, where the system tells: on a busy machine any other has more than that in it.
#[cfg(target_os = "linux")]
fn clock() -> Duration {
    nix::time::clock_gettime(nix::time::ClockId::CLOCK_THREAD_CPUTIME_ID)
        .map_or(Duration::ZERO, Duration::from)
}

#[cfg(not(target_os = "linux"))]
fn clock() -> Duration {
    static BEGAN: OnceLock<std::time::Instant> = OnceLock::new();
    BEGAN.get_or_init(std::time::Instant::now).elapsed()
}

/// More digits than two would be noise, and harder to say again.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "far inside of both")]
fn two_digits(steps: f64) -> u64 {
    let steps = steps.max(1.0) as u64;
    let unit = 10_u64.pow(steps.ilog10().saturating_sub(1));
    steps / unit * unit
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_steps_come_to_something_else_and_the_same_to_the_same() {
        assert_eq!(compute(1000), compute(1000));
        assert_ne!(compute(1000), compute(1001));
    }

    #[test]
    fn steps_are_found_by_their_time_and_said_in_two_digits() {
        assert!(steps_in(Duration::from_millis(10)) >= 10);
        assert_eq!([1.0, 99.0, 129.0, 8_412_345.0].map(two_digits), [1, 99, 120, 8_400_000]);
    }
}
