//! The word for a ratio.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::Interval;

/// Differences below this part are of no consequence, whether or not they are real.
pub(crate) const SAME_WITHIN: f64 = 0.03;

/// What a ratio's 95 % interval says about two contenders.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The whole interval lies within ±3 % of 1.
    Same,
    /// The interval lies on the better side of 1 (and not wholly within ±3 % of it).
    Faster,
    /// The interval lies on the worse side of 1 (and not wholly within ±3 % of it).
    Slower,
    /// The interval has 1 in it and reaches beyond ±3 %, or there is none: more rounds would tell.
    Inconclusive,
}

/// Which side of 1 is the better one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Better {
    /// As for rates.
    Higher,
    /// As for latencies.
    Lower,
}

impl Verdict {
    /// The word for this ratio.
    pub(crate) fn of(ratio: &Interval, better: Better) -> Self {
        let (Some(low), Some(high)) = (ratio.low, ratio.high) else {
            return Self::Inconclusive;
        };
        let same = (1.0 - SAME_WITHIN, 1.0 / (1.0 - SAME_WITHIN));
        if low >= same.0 && high <= same.1 {
            return Self::Same;
        }
        match better {
            _ if low <= 1.0 && high >= 1.0 => Self::Inconclusive,
            Better::Higher if low > 1.0 => Self::Faster,
            Better::Lower if high < 1.0 => Self::Faster,
            _ => Self::Slower,
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Same => "same",
            Self::Faster => "faster",
            Self::Slower => "slower",
            Self::Inconclusive => "inconclusive",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_word_follows_from_where_the_interval_lies() {
        use Verdict::{Faster, Inconclusive, Same, Slower};
        for (low, high, expected) in [
            (0.99, 1.01, Same),
            // A real difference that is of no consequence.
            (1.005, 1.02, Same),
            (0.9701, 1.0309, Same),
            (0.9, 0.96, Slower),
            // Real, and perhaps of consequence.
            (0.95, 0.99, Slower),
            (1.01, 1.05, Faster),
            (9.0, 11.0, Faster),
            (0.96, 1.0, Inconclusive),
            (0.5, 2.0, Inconclusive),
        ] {
            let ratio = Interval { value: (low + high) / 2.0, low: Some(low), high: Some(high) };
            assert_eq!(Verdict::of(&ratio, Better::Higher), expected, "{low} … {high}");
            assert_eq!(Verdict::of(&ratio.reciprocal(), Better::Lower), expected, "1/({low} … {high})");
        }
        let single = Interval { value: 9.0, low: None, high: None };
        assert_eq!(Verdict::of(&single, Better::Higher), Inconclusive);
    }
}
