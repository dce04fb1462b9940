//! The rounds one by one, and what they say about ratios.

use maud::{Markup, html};

use super::plot::{Axis, Labelled, frame, px};
use super::{View, units};
use crate::stats::SAME_WITHIN;

/// The least that the axis of deviations shows to either side: less than this is noise on any machine.
const LEAST_PERCENT: f64 = 5.0;
/// The most: one disturbed round should not flatten all others.
const MOST_PERCENT: f64 = 60.0;

/// Every round's rate by its contender's mean, in the order in which they were run. `None` with a single round.
pub(super) fn drift(view: &View<'_>) -> Option<Markup> {
    let mut dots = Vec::new();
    for (series, run) in view.rows().filter(|(_, run)| run.rounds.len() > 1) {
        let mean = run.requests_per_second.value;
        let known = run.rounds.iter().filter(|_| mean > 0.0);
        dots.extend(known.map(|round| {
            let percent = (round.requests_per_second / mean - 1.0) * 100.0;
            (series, run, round, round.started_ns as f64 / 1e9, percent)
        }));
    }
    let (first, last) = dots.iter().map(|dot| (dot.3, dot.3)).reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)))?;
    let widest = dots.iter().map(|dot| dot.4.abs()).fold(0.0, f64::max);
    let reach = (widest * 1.1).clamp(LEAST_PERCENT, MOST_PERCENT);
    // No mark on the axis itself.
    let margin = 0.02 * (last - first).max(1.0);
    let x = Axis::linear((first - margin, last + margin), (60.0, 700.0));
    let y = Axis::linear((-reach, reach), (230.0, 24.0));
    let body = html! {
        (frame(
            &Labelled { axis: x, title: "when the round began, from the beginning of the comparison", show: &|s| format!("{s:.0} s") },
            &Labelled { axis: y, title: "rate by the mean of the runtime's own rounds", show: &signed },
        ))
        @for (series, run, round, at, percent) in &dots {
            g class=(series.class()) {
                title {
                    (run.contender) ", round " (round.number + 1) ": " (units::rate(round.requests_per_second))
                    "/s (" (signed(*percent)) ")"
                }
                (series.mark(x.at(*at), y.at(*percent)))
            }
        }
    };
    let text = "Each mark is one round. Marks that rise or fall together from left to right are the machine's drift; \
                scatter is noise, and what makes the intervals wide.";
    Some(view.figure("rounds", "Rounds", text, (720, 270), &body))
}

fn signed(percent: f64) -> String {
    match percent {
        p if p.abs() < 0.05 => "0 %".to_owned(),
        p if p < 0.0 => format!("−{} %", px(-p)),
        p => format!("+{} %", px(p)),
    }
}

/// Ratios to the baseline with their intervals, beside the band in which differences are of no consequence.
pub(super) fn ratios(view: &View<'_>) -> Option<Markup> {
    let rows: Vec<_> =
        view.rows().filter_map(|(series, run)| Some((series, run, run.ratio.as_ref()?))).collect();
    let (_, _, any) = rows.first()?;
    let baseline = any.baseline.as_str();
    let ends = rows.iter().map(|(_, _, ratio)| {
        let rate = ratio.rate;
        (rate.low.unwrap_or(rate.value), rate.high.unwrap_or(rate.value))
    });
    let (low, high) = ends.fold((0.9, 1.1), |(low, high), (a, b)| (a.min(low), b.max(high)));
    let bottom = 30.0 + 26.0 * rows.len() as f64;
    let x = Axis::log((low.max(1e-4) / 1.05, high.min(1e4) * 1.05), (120.0, 440.0));
    let y = Axis::linear((0.0, rows.len() as f64), (24.0, bottom));
    let band = (x.at(1.0 - SAME_WITHIN), x.at(1.0 / (1.0 - SAME_WITHIN)));
    let body = html! {
        rect class="band" x=(px(band.0)) width=(px(band.1 - band.0)) y="18" height=(px(bottom - 18.0)) {}
        g class="grid" {
            @for tick in x.ticks() {
                line x1=(px(x.at(tick))) x2=(px(x.at(tick))) y1="18" y2=(px(bottom)) {}
                text x=(px(x.at(tick))) y=(px(bottom + 16.0)) text-anchor="middle" { (units::times(tick)) }
            }
            text class="title" x="280" y=(px(bottom + 34.0)) text-anchor="middle" { "rate by that of " (baseline) ", logarithmic" }
        }
        @for (row, (series, run, ratio)) in rows.iter().enumerate() {
            @let at = y.at(row as f64 + 0.5);
            g class=(series.class()) {
                text x="112" y=(px(at + 4.0)) text-anchor="end" { (run.contender) }
                @if let (Some(low), Some(high)) = (ratio.rate.low, ratio.rate.high) {
                    path class="line solid" d=(format!("M{} {}H{}", px(x.at(low)), px(at), px(x.at(high)))) {}
                }
                (series.mark(x.at(ratio.rate.value), at))
                text x="450" y=(px(at + 4.0)) { (figures(ratio)) }
            }
        }
    };
    let text = "The mark is the estimate, the line its 95 % interval from paired rounds. An interval inside the shaded \
                band (±3 %) is “same”, one that leaves 1 on one side is a difference, any other needs more rounds.";
    Some(view.figure("ratios", "Ratios", text, (720, (bottom + 44.0).ceil() as u32), &body))
}

fn figures(ratio: &crate::report::Ratio) -> String {
    let range = match (ratio.rate.low, ratio.rate.high) {
        (Some(low), Some(high)) => format!(" ({low:.3} … {high:.3})"),
        _ => String::new(),
    };
    format!("{:.3}{range} {}", ratio.rate.value, ratio.verdict)
}
