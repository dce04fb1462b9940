//! Which part of the answers came within which time: all contenders on one logarithmic axis.

use std::collections::BTreeMap;

use maud::{Markup, html};

use super::plot::{Axis, Labelled, frame, path, px};
use super::series::Series;
use super::{View, units};
use crate::report::Run;

/// The latencies of all rounds, shortest first, each with the part of the answers that took no longer.
fn distribution(run: &Run) -> Vec<(f64, f64)> {
    let mut counts: BTreeMap<u64, u64> = BTreeMap::new();
    for (ns, count) in run.rounds.iter().flat_map(crate::report::Round::distribution) {
        *counts.entry(ns).or_default() += count;
    }
    let total: u64 = counts.values().sum();
    let mut so_far = 0;
    let cumulated = counts.into_iter().map(|(ns, count)| {
        so_far += count;
        (ns as f64, so_far as f64 / total as f64)
    });
    cumulated.collect()
}

/// `None` if nobody was answered.
pub(super) fn figure(view: &View<'_>) -> Option<Markup> {
    let curves: Vec<(Series, Vec<(f64, f64)>)> =
        view.rows().map(|(series, run)| (series, distribution(run))).collect();
    let ends = curves.iter().filter_map(|(_, curve)| Some((curve.first()?.0, curve.last()?.0)));
    let (low, high) = ends.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)))?;
    let x = Axis::log((low / 1.3, high * 1.3), (60.0, 700.0));
    let y = Axis::linear((0.0, 1.0), (260.0, 24.0));
    let waits = waits(view, (low / 1.3, high * 1.3));
    let body = html! {
        (frame(
            &Labelled { axis: x, title: "latency, logarithmic", show: &|ns| units::axis_time(ns) },
            &Labelled { axis: y, title: "part of the answers that took no longer", show: &|part| format!("{:.0} %", part * 100.0) },
        ))
        @for (at, label) in waits {
            line class="reference" x1=(px(x.at(at))) x2=(px(x.at(at))) y1="24" y2="260" {}
            text class="reference" x=(px(x.at(at) + 4.0)) y="256" { (label) }
        }
        @for (series, curve) in &curves {
            @if let Some((first, _)) = curve.first() {
                g class=(series.class()) {
                    path class="line" d=(stairs(curve, *first, &x, &y)) {}
                    // Not all at the same height, or equal curves would hide each other's marks.
                    @let part = 0.2 + 0.1 * (series.0 % 7) as f64;
                    @if let Some((ns, _)) = curve.iter().find(|(_, so_far)| *so_far >= part) {
                        (series.mark(x.at(*ns), y.at(part)))
                    }
                }
            }
        }
    };
    let text = "How long answers took: a point (x, y) says that the part y of all answers came within x. A steep line is a \
                server that treats everybody alike; one further left is faster. Dashed verticals are multiples of W, the \
                time that a request takes alone.";
    Some(view.figure("latency", "Latency", text, (720, 300), &body))
}

/// A step at each value, in as few points as the drawing can show.
fn stairs(curve: &[(f64, f64)], first: f64, x: &Axis, y: &Axis) -> String {
    let mut places = vec![(x.at(first), y.at(0.0))];
    let mut height = y.at(0.0);
    for (ns, part) in curve {
        let (at, up) = (x.at(*ns), y.at(*part));
        let (last, _) = places[places.len() - 1];
        if at - last >= 0.8 || (height - up).abs() >= 0.8 || *part >= 1.0 {
            places.push((at, height));
            places.push((at, up));
            height = up;
        }
    }
    path(places)
}

/// W, and what the last of all clients waits if one is served at a time.
fn waits(view: &View<'_>, (low, high): (f64, f64)) -> Vec<(f64, String)> {
    let wait = view.report.wait_ns as f64;
    let mut marks = vec![(wait, "W".to_owned())];
    if view.connections > 1 {
        marks.push((wait * view.connections as f64, format!("{} W", view.connections)));
    }
    marks.retain(|(at, _)| *at > low && *at < high);
    marks
}
