//! How many times as much: ratios, by way of their logarithms.
//!
//! The logarithm makes "twice" and "half" equally far from 1, and the mean of logarithms a mean of ratios that does not
//! depend on which of the two is called the baseline.

use super::Interval;
use super::interval::Sample;

/// What `ours` is by `base`, both measured in the same rounds. What disturbs a whole round (another program, a warm
/// processor) disturbs both sides of a pair, and goes out of its ratio.
///
/// `None` without a pair whose both sides are positive. If only some are, the ratio is that of the means, without an
/// interval: rounds without an answer have no logarithm, and to leave them out would hide them.
pub fn paired(ours: &[f64], base: &[f64]) -> Option<Interval> {
    let pairs: Vec<(f64, f64)> = ours.iter().copied().zip(base.iter().copied()).collect();
    let logs: Vec<f64> = pairs.iter().filter_map(|(ours, base)| Some(log(*ours)? - log(*base)?)).collect();
    if logs.len() == pairs.len() && !logs.is_empty() {
        return Some(Interval::of_mean(&logs).exp());
    }
    of_means(ours, base)
}

/// What `ours` is by `base`, measured at different times: Welch's interval for the difference of the mean logarithms.
pub(crate) fn unpaired(ours: &[f64], base: &[f64]) -> Option<Interval> {
    let logs = |values: &[f64]| values.iter().map(|value| log(*value)).collect::<Option<Vec<f64>>>();
    let (Some(our_logs), Some(base_logs)) = (logs(ours), logs(base)) else {
        return of_means(ours, base);
    };
    if our_logs.is_empty() || base_logs.is_empty() {
        return None;
    }
    let (ours, base) = (Sample::of(&our_logs), Sample::of(&base_logs));
    let difference = ours.mean - base.mean;
    let (a, b) = (ours.error.powi(2), base.error.powi(2));
    // One round on either side says nothing about its spread.
    let degrees = match ours.degrees.min(base.degrees) {
        least if least < 1.0 => 0.0,
        // Both without any spread: Welch's formula divides by zero.
        least if a + b == 0.0 => least,
        _ => (a + b).powi(2) / (a.powi(2) / ours.degrees + b.powi(2) / base.degrees),
    };
    Some(Interval::around(difference, (a + b).sqrt(), degrees).exp())
}

fn log(value: f64) -> Option<f64> {
    (value > 0.0 && value.is_finite()).then(|| value.ln())
}

fn of_means(ours: &[f64], base: &[f64]) -> Option<Interval> {
    let (ours, base) = (Sample::of(ours).mean, Sample::of(base).mean);
    (ours > 0.0 && base > 0.0).then(|| Interval::without_bounds(ours / base))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(left: Option<f64>, right: f64) -> bool {
        left.is_some_and(|left| (left / right - 1.0).abs() < 1e-6)
    }

    #[test]
    fn what_disturbs_both_sides_of_a_round_goes_out_of_the_ratio() {
        let base = [100.0, 50.0, 200.0];
        let ours = base.map(|base| base * 1.1);
        let ratio = paired(&ours, &base).unwrap();
        assert!(near(Some(ratio.value), 1.1) && near(ratio.low, 1.1) && near(ratio.high, 1.1), "{ratio:?}");
        // The same values as two separate runs say nothing.
        let apart = unpaired(&ours, &base).unwrap();
        assert!(apart.low.unwrap() < 0.5 && apart.high.unwrap() > 2.0, "{apart:?}");
    }

    #[test]
    fn swapping_the_sides_gives_the_reciprocal() {
        let (ours, base) = ([99.0, 103.0, 97.0, 101.0], [51.0, 49.0, 50.0, 52.0]);
        for ratio in [paired, unpaired] {
            let (there, back) = (ratio(&ours, &base).unwrap(), ratio(&base, &ours).unwrap().reciprocal());
            assert!(near(Some(there.value), back.value));
            assert!(near(there.low, back.low.unwrap()) && near(there.high, back.high.unwrap()));
        }
    }

    #[test]
    fn a_round_without_an_answer_takes_the_interval_away_but_not_the_ratio() {
        let ratio = paired(&[10.0, 0.0], &[10.0, 10.0]).unwrap();
        assert_eq!((ratio.value, ratio.low), (0.5, None));
        assert_eq!(unpaired(&[10.0, 0.0], &[10.0, 10.0]), Some(ratio));
        assert_eq!(paired(&[0.0], &[10.0]), None);
        assert_eq!(paired(&[], &[]), None);
        assert_eq!(unpaired(&[], &[1.0]), None);
    }

    #[test]
    fn one_round_on_either_side_has_no_interval() {
        assert_eq!(unpaired(&[2.0, 2.1], &[1.0]).unwrap().low, None);
        assert_eq!(paired(&[2.0], &[1.0]).unwrap().low, None);
    }

    #[test]
    fn values_without_spread_have_an_interval_without_width() {
        let ratio = unpaired(&[2.0, 2.0], &[1.0, 1.0]).unwrap();
        assert!(near(ratio.low, 2.0) && near(ratio.high, 2.0), "{ratio:?}");
    }
}
