//! Empirical distributions: counted latencies as a curve, and how far the curve may be trusted.

use std::collections::BTreeMap;

use super::super::plot::{Axis, px};
use crate::stats::Interval;

/// Pixels between two places at which the rounds are held against each other.
const STEP: f64 = 2.0;

/// Latencies, shortest first, each with the part of all answers that took no longer.
#[derive(Debug)]
pub(super) struct Ecdf(Vec<(f64, f64)>);

impl Ecdf {
    /// Of latencies with their counts, in any order.
    pub(super) fn of(counted: impl IntoIterator<Item = (u64, u64)>) -> Self {
        let mut counts: BTreeMap<u64, u64> = BTreeMap::new();
        for (ns, count) in counted {
            *counts.entry(ns).or_default() += count;
        }
        let total: u64 = counts.values().sum();
        let mut so_far = 0;
        let cumulated = counts.into_iter().map(|(ns, count)| {
            so_far += count;
            (ns as f64, so_far as f64 / total as f64)
        });
        Self(cumulated.collect())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The shortest and the longest.
    pub(super) fn ends(&self) -> Option<(f64, f64)> {
        Some((self.0.first()?.0, self.0.last()?.0))
    }

    /// The part that took no longer than this.
    fn part(&self, ns: f64) -> f64 {
        match self.0.partition_point(|(at, _)| *at <= ns) {
            0 => 0.0,
            n => self.0[n - 1].1,
        }
    }

    /// The least latency within which that part was answered.
    pub(super) fn first_at(&self, part: f64) -> Option<f64> {
        self.0.iter().find(|(_, so_far)| *so_far >= part).map(|(ns, _)| *ns)
    }

    /// A step at each value, in as few points as the drawing can show.
    pub(super) fn stairs(&self, x: &Axis, y: &Axis) -> Vec<(f64, f64)> {
        let Some((first, _)) = self.ends() else {
            return Vec::new();
        };
        let mut places = vec![(x.at(first), y.at(0.0))];
        let mut height = y.at(0.0);
        for (ns, part) in &self.0 {
            let (at, up) = (x.at(*ns), y.at(*part));
            let (last, _) = places[places.len() - 1];
            if at - last >= 0.8 || (height - up).abs() >= 0.8 || *part >= 1.0 {
                places.push((at, height));
                places.push((at, up));
                height = up;
            }
        }
        places
    }
}

/// At each latency, between which parts the rounds' mean lies with 95 %: the outline of an area. Empty if the rounds are
/// too few to tell.
pub(super) fn band(rounds: &[Ecdf], x: &Axis, y: &Axis) -> String {
    let ends = rounds.iter().filter_map(Ecdf::ends).reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)));
    let Some((first, last)) = ends else {
        return String::new();
    };
    let mut column = (x.at(first) - STEP).max(0.0);
    let mut columns: Vec<(f64, f64, f64)> = Vec::new();
    while column <= x.at(last) + STEP {
        let parts: Vec<f64> = rounds.iter().map(|round| round.part(x.value_at(column))).collect();
        let interval = Interval::of_mean(&parts);
        let (Some(low), Some(high)) = (interval.low, interval.high) else {
            return String::new();
        };
        columns.push((column, y.at(low), y.at(high)));
        column += STEP;
    }
    let upper = outline(columns.iter().map(|(at, _, high)| (*at, *high)));
    let lower = outline(columns.iter().rev().map(|(at, low, _)| (*at, *low)));
    match upper.strip_prefix('L') {
        Some(upper) => format!("M{upper}{lower}Z"),
        None => String::new(),
    }
}

/// A line to each place, without those between two of the same height.
fn outline(places: impl Iterator<Item = (f64, f64)>) -> String {
    let places: Vec<(String, String)> = places.map(|(x, y)| (px(x), px(y))).collect();
    let level = |at: usize| {
        at > 0 && places.get(at + 1).is_some_and(|next| next.1 == places[at].1 && places[at - 1].1 == next.1)
    };
    let kept = places.iter().enumerate().filter(|(at, _)| !level(*at));
    kept.map(|(_, (x, y))| format!("L{x} {y}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn axes() -> (Axis, Axis) {
        (Axis::log((10.0, 1000.0), (0.0, 100.0)), Axis::linear((0.0, 1.0), (100.0, 0.0)))
    }

    #[test]
    fn a_part_counts_what_took_no_longer() {
        let ecdf = Ecdf::of([(300, 1), (100, 2), (100, 1)]);
        assert_eq!([99.0, 100.0, 299.0, 300.0].map(|ns| ecdf.part(ns)), [0.0, 0.75, 0.75, 1.0]);
        assert_eq!([0.5, 0.75, 0.8].map(|part| ecdf.first_at(part)), [Some(100.0), Some(100.0), Some(300.0)]);
        assert!(Ecdf::of([]).is_empty());
    }

    #[test]
    fn stairs_begin_at_nothing_and_end_at_all() {
        let (x, y) = axes();
        let places = Ecdf::of([(10, 1), (100, 1)]).stairs(&x, &y);
        assert_eq!(places, [(0.0, 100.0), (0.0, 100.0), (0.0, 50.0), (50.0, 50.0), (50.0, 0.0)]);
        assert_eq!(Ecdf::of([]).stairs(&x, &y), []);
    }

    #[test]
    fn rounds_that_agree_have_a_band_without_height_and_others_one_with() {
        let (x, y) = axes();
        let agreeing = [Ecdf::of([(100, 4)]), Ecdf::of([(100, 4)])];
        assert_eq!(band(&agreeing, &x, &y), "M48 100L50 0L52 0L52 0L50 0L48 100Z");
        let differing = [Ecdf::of([(100, 4)]), Ecdf::of([(100, 2), (500, 2)])];
        // Between the two values the rounds say one half and all: two rounds cannot tell more than 0 to 100 %.
        assert_eq!(band(&differing, &x, &y), "M48 100L50 0L86 0L86 0L84 100L48 100Z");
    }

    #[test]
    fn one_round_has_no_band() {
        let (x, y) = axes();
        assert_eq!(band(&[Ecdf::of([(100, 4)])], &x, &y), "");
        assert_eq!(band(&[], &x, &y), "");
    }
}
