//! A mean, and how far it may be off.

use serde::{Deserialize, Serialize};

use super::student::t_95;

/// An estimate with its 95 % confidence interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Interval {
    /// The estimate.
    pub value: f64,
    /// The interval's lower end; `None` if there was too little to estimate it from, as one round.
    pub low: Option<f64>,
    /// The interval's upper end; `None` whenever `low` is.
    pub high: Option<f64>,
}

impl Interval {
    /// The mean of these values, one a round, with the t interval of the mean. 0 without a value.
    pub fn of_mean(values: &[f64]) -> Self {
        let Sample { mean, error, degrees } = Sample::of(values);
        Self::around(mean, error, degrees)
    }

    /// A figure that was measured once.
    pub(super) fn without_bounds(value: f64) -> Self {
        Self { value, low: None, high: None }
    }

    pub(super) fn around(value: f64, error: f64, degrees: f64) -> Self {
        match t_95(degrees) {
            Some(t) => Self { value, low: Some(value - t * error), high: Some(value + t * error) },
            None => Self::without_bounds(value),
        }
    }

    /// The interval of a quantity whose logarithm has this one.
    pub(super) fn exp(self) -> Self {
        Self { value: self.value.exp(), low: self.low.map(f64::exp), high: self.high.map(f64::exp) }
    }

    /// Half the interval's width, for `±`.
    pub fn half_width(&self) -> Option<f64> {
        Some((self.high? - self.low?) / 2.0)
    }

    /// The same for the reciprocal: of "a by b" that of "b by a".
    #[must_use]
    pub fn reciprocal(self) -> Self {
        Self {
            value: 1.0 / self.value,
            low: self.high.map(|high| 1.0 / high),
            high: self.low.map(|low| 1.0 / low),
        }
    }
}

/// Mean, standard error of the mean, and degrees of freedom.
pub(super) struct Sample {
    pub(super) mean: f64,
    pub(super) error: f64,
    pub(super) degrees: f64,
}

impl Sample {
    pub(super) fn of(values: &[f64]) -> Self {
        let n = values.len() as f64;
        let mean = if values.is_empty() { 0.0 } else { values.iter().sum::<f64>() / n };
        let degrees = n - 1.0;
        let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
        let error = if degrees > 0.0 { (squares / degrees / n).sqrt() } else { 0.0 };
        Self { mean, error, degrees }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interval_of_a_mean_is_students() {
        // sd 1.5811, standard error 0.7071, t(4) 2.7764.
        let interval = Interval::of_mean(&[1.0, 2.0, 3.0, 4.0, 5.0]);
        assert!((interval.value - 3.0).abs() < 1e-12);
        assert!((interval.half_width().unwrap() - 1.9632).abs() < 1e-4, "{interval:?}");
        assert!((interval.low.unwrap() - 1.0368).abs() < 1e-4);
    }

    #[test]
    fn one_value_has_no_interval_and_none_is_zero() {
        assert_eq!(Interval::of_mean(&[7.0]), Interval { value: 7.0, low: None, high: None });
        assert_eq!(Interval::of_mean(&[]), Interval { value: 0.0, low: None, high: None });
    }

    #[test]
    fn a_reciprocal_swaps_the_ends() {
        let interval = Interval { value: 2.0, low: Some(1.0), high: Some(4.0) };
        assert_eq!(interval.reciprocal(), Interval { value: 0.5, low: Some(0.25), high: Some(1.0) });
    }
}
