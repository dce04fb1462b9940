//! How a span of time becomes rounds.

use std::time::Duration;

use crate::{Bound, Error};

/// Rounds below which an interval is too wide to be of use: with five, a t interval has four degrees of freedom.
const LEAST_ROUNDS: u32 = 5;
/// What one contender's part of a round should take: a longer budget gives more rounds, which narrow an interval more
/// than longer ones.
const SLOT: Duration = Duration::from_secs(1);
/// A shorter part of a round would measure the start of a process.
const LEAST_SLOT: Duration = Duration::from_millis(50);
/// Load before the window opens: at most this, and at most a fifth of a round. As much again is left for the process to
/// start and the last answers to come.
const WARM_UP: Duration = Duration::from_millis(200);

/// How often each contender is measured, and how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Split {
    pub(super) rounds: usize,
    pub(super) window: Bound,
    pub(super) warm_up: Duration,
}

/// Rounds of about a second that fill the budget, in which each of `measurements` (contenders × modes × numbers of
/// connections) has its part. At least five, shorter if need be.
pub(super) fn split(budget: Duration, measurements: usize, rounds: Option<usize>) -> Result<Split, Error> {
    let count = u32::try_from(measurements.max(1)).unwrap_or(u32::MAX);
    let rounds = rounds.map_or_else(
        || {
            let fit = budget.as_nanos() / SLOT.as_nanos() / u128::from(count);
            u32::try_from(fit).unwrap_or(u32::MAX).max(LEAST_ROUNDS)
        },
        |rounds| u32::try_from(rounds.max(1)).unwrap_or(u32::MAX),
    );
    // Whole milliseconds: nobody asked for the rest, and everybody would read it.
    let slot = Duration::from_millis(
        u64::try_from((budget / count.saturating_mul(rounds)).as_millis()).unwrap_or(u64::MAX),
    );
    if slot < LEAST_SLOT {
        let needed = LEAST_SLOT * count.saturating_mul(rounds);
        return Err(Error::Plan(format!(
            "{} s are too little for {rounds} rounds of {measurements} measurements: use a budget of at least {} s, \
             or fewer runtimes, modes or numbers of connections",
            budget.as_secs_f64(),
            needed.as_secs_f64().ceil()
        )));
    }
    let warm_up = warm_up(Bound::Duration(slot));
    Ok(Split { rounds: rounds as usize, window: Bound::Duration(slot - 2 * warm_up), warm_up })
}

/// How long to load before a window of this length.
pub(super) fn warm_up(bound: Bound) -> Duration {
    match bound {
        Bound::Duration(length) => WARM_UP.min(length / 5),
        Bound::Requests(_) => WARM_UP,
    }
}

/// One round's part of a bound that is meant for all of them.
pub(super) fn part(bound: Bound, rounds: usize) -> Bound {
    let rounds = rounds.max(1);
    match bound {
        Bound::Duration(length) => Bound::Duration(length / u32::try_from(rounds).unwrap_or(u32::MAX)),
        Bound::Requests(n) => Bound::Requests(n.div_ceil(rounds as u64)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_a_minute_for_six_runtimes_is_five_rounds_of_a_second() {
        let split = split(Duration::from_secs(30), 6, None).unwrap();
        let window = Bound::Duration(Duration::from_millis(600));
        assert_eq!(split, Split { rounds: 5, window, warm_up: Duration::from_millis(200) });
    }

    #[test]
    fn more_time_is_more_rounds_and_less_is_shorter_ones() {
        let rounds =
            |secs, measurements| split(Duration::from_secs(secs), measurements, None).unwrap().rounds;
        assert_eq!([rounds(120, 6), rounds(30, 2), rounds(30, 12), rounds(5, 6)], [20, 15, 5, 5]);
        let short = split(Duration::from_secs(3), 6, None).unwrap();
        assert_eq!(short.window, Bound::Duration(Duration::from_millis(60)));
    }

    #[test]
    fn too_little_time_says_how_much_is_needed() {
        let error = split(Duration::from_millis(100), 6, None).unwrap_err().to_string();
        assert!(error.contains("use a budget of at least 2 s"), "{error}");
    }

    #[test]
    fn a_bound_for_all_rounds_is_divided_among_them() {
        assert_eq!(part(Bound::Requests(1001), 5), Bound::Requests(201));
        assert_eq!(
            part(Bound::Duration(Duration::from_secs(10)), 5),
            Bound::Duration(Duration::from_secs(2))
        );
    }
}
