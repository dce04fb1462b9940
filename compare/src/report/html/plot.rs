//! Axes: where a value stands, and which values are written beside them.

use maud::{Markup, html};

/// From values to places in a drawing.
#[derive(Clone, Copy, Debug)]
pub(super) struct Axis {
    low: f64,
    high: f64,
    from: f64,
    to: f64,
    log: bool,
}

impl Axis {
    /// Equal steps are equal differences. `from` and `to` are where `low` and `high` stand.
    pub(super) fn linear((low, high): (f64, f64), (from, to): (f64, f64)) -> Self {
        let high = if high > low { high } else { low + 1.0 };
        Self { low, high, from, to, log: false }
    }

    /// Equal steps are equal ratios. Values have to be positive; others stand at the low end.
    pub(super) fn log((low, high): (f64, f64), (from, to): (f64, f64)) -> Self {
        let low = low.max(f64::MIN_POSITIVE);
        let high = if high > low { high } else { low * 2.0 };
        Self { low, high, from, to, log: true }
    }

    /// Where a value stands; one outside the axis stands at its end.
    pub(super) fn at(&self, value: f64) -> f64 {
        let value = value.clamp(self.low, self.high);
        let part = if self.log {
            (value / self.low).ln() / (self.high / self.low).ln()
        } else {
            (value - self.low) / (self.high - self.low)
        };
        self.from + part * (self.to - self.from)
    }

    /// The value that stands at this place; the reverse of [`at`](Self::at).
    pub(super) fn value_at(&self, place: f64) -> f64 {
        let part = (place - self.from) / (self.to - self.from);
        if self.log {
            self.low * (self.high / self.low).powf(part)
        } else {
            self.low + part * (self.high - self.low)
        }
    }

    /// Round values, about five of them.
    pub(super) fn ticks(&self) -> Vec<f64> {
        // Below a factor of three there is hardly a round ratio.
        if self.log && self.high / self.low >= 3.0 {
            let (first, last) = (decade(self.low), decade(self.high));
            let steps: &[f64] = if last - first > 3 { &[1.0] } else { &[1.0, 2.0, 5.0] };
            let all = (first..=last).flat_map(|d| steps.iter().map(move |step| step * 10_f64.powi(d)));
            return all.filter(|tick| self.holds(*tick)).collect();
        }
        let rough = (self.high - self.low) / 5.0;
        let unit = 10_f64.powi(decade(rough));
        let step = [1.0, 2.0, 5.0, 10.0].map(|n| n * unit).into_iter().find(|step| *step >= rough);
        let step = step.unwrap_or(10.0 * unit);
        let first = (self.low / step).ceil();
        (0..20).map(|n| (first + f64::from(n)) * step).filter(|tick| self.holds(*tick)).collect()
    }

    fn holds(&self, value: f64) -> bool {
        let slack = 1e-9 * (self.high - self.low);
        value >= self.low - slack && value <= self.high + slack
    }
}

#[expect(clippy::cast_possible_truncation, reason = "an exponent of a double")]
fn decade(value: f64) -> i32 {
    value.log10().floor() as i32
}

/// A tenth of a unit is less than a pixel, and shorter than sixteen digits.
pub(super) fn px(place: f64) -> String {
    let text = format!("{place:.1}");
    text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
}

/// An axis with what stands beside it.
pub(super) struct Labelled<'a> {
    pub(super) axis: Axis,
    pub(super) title: &'a str,
    pub(super) show: &'a dyn Fn(f64) -> String,
}

/// Grid lines, the values on them, and what they are.
pub(super) fn frame(x: &Labelled<'_>, y: &Labelled<'_>) -> Markup {
    let (left, right) = (x.axis.from, x.axis.to);
    let (bottom, top) = (y.axis.from, y.axis.to);
    html! {
        g class="grid" {
            @for tick in x.axis.ticks() {
                @let at = px(x.axis.at(tick));
                line x1=(at) x2=(at) y1=(px(top)) y2=(px(bottom)) {}
                text x=(at) y=(px(bottom + 16.0)) text-anchor="middle" { ((x.show)(tick)) }
            }
            @for tick in y.axis.ticks() {
                @let at = y.axis.at(tick);
                line x1=(px(left)) x2=(px(right)) y1=(px(at)) y2=(px(at)) {}
                text x=(px(left - 6.0)) y=(px(at + 4.0)) text-anchor="end" { ((y.show)(tick)) }
            }
            text class="title" x=(px((left + right) / 2.0)) y=(px(bottom + 34.0)) text-anchor="middle" { (x.title) }
            text class="title" x=(px(left - 44.0)) y=(px(top - 12.0)) { (y.title) }
        }
    }
}

/// A line through these places; empty without any.
pub(super) fn path(places: impl IntoIterator<Item = (f64, f64)>) -> String {
    let mut d = String::new();
    for (x, y) in places {
        d.push(if d.is_empty() { 'M' } else { 'L' });
        d.push_str(&format!("{} {}", px(x), px(y)));
    }
    d
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_values_inside_the_axis() {
        let linear = |low, high| Axis::linear((low, high), (0.0, 1.0)).ticks();
        assert_eq!(linear(0.0, 9.0), [0.0, 2.0, 4.0, 6.0, 8.0]);
        assert_eq!(linear(-6.0, 6.0), [-5.0, 0.0, 5.0]);
        let log = |low, high| Axis::log((low, high), (0.0, 1.0)).ticks();
        assert_eq!(log(0.09, 1.2), [0.1, 0.2, 0.5, 1.0]);
        assert_eq!(log(1.0, 1e5), [1.0, 10.0, 100.0, 1000.0, 10_000.0, 100_000.0]);
    }

    #[test]
    fn an_axis_without_length_still_places_its_value() {
        for axis in [Axis::linear((5.0, 5.0), (0.0, 10.0)), Axis::log((5.0, 5.0), (0.0, 10.0))] {
            assert_eq!(axis.at(5.0), 0.0);
            assert!(axis.ticks().len() < 20);
        }
        assert_eq!(Axis::log((0.0, 0.0), (0.0, 10.0)).at(-1.0), 0.0);
    }

    #[test]
    fn a_value_outside_stands_at_the_end() {
        let axis = Axis::log((1.0, 100.0), (0.0, 10.0));
        assert_eq!([axis.at(0.1), axis.at(10.0), axis.at(1e9)], [0.0, 5.0, 10.0]);
        assert_eq!([0.0, 5.0, 10.0].map(|place| axis.value_at(place)), [1.0, 10.0, 100.0]);
        assert_eq!(Axis::linear((2.0, 4.0), (100.0, 0.0)).value_at(25.0), 3.5);
        assert_eq!(path([(0.0, 1.04), (2.26, 3.0)]), "M0 1L2.3 3");
    }
}
