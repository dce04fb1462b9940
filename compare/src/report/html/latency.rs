//! Which part of the answers came within which time: all contenders on one logarithmic axis.

use maud::{Markup, html};

use super::plot::{Axis, Labelled, frame, path, px};
use super::series::Series;
use super::{View, units};
use crate::report::{Round, Run};
use ecdf::Ecdf;

mod ecdf;

/// Pixels between two multiples of W that are both named.
const APART: f64 = 26.0;
/// More multiples of W than this are a hatched area, and say nothing.
const MOST_MULTIPLES: usize = 20;

const TEXT: &str = "How long answers took: a point (x, y) says that the part y of all answers came within x. A steep line is a \
    server that treats everybody alike; one further left is faster. Dashed verticals are multiples of W, the time that a request takes alone: a server that serves one client at a \
    time makes stairs of them.";
const TEXT_BANDS: &str = " The shade around a line is its 95 % interval from the rounds.";
const TEXT_FROM_SEND: &str = " The dotted line counts from when the request was sent instead of when it was due: between the \
    two lies what a client waited before it could send at all, which a closed loop hides (coordinated omission).";

/// What is drawn of one contender.
struct Curve {
    series: Series,
    all: Ecdf,
    rounds: Vec<Ecdf>,
    from_send: Ecdf,
}

impl Curve {
    fn of((series, run): (Series, &Run)) -> Self {
        let from_send = run.rounds.iter().flat_map(Round::distribution_from_send);
        let rounds = run.rounds.iter().map(|round| Ecdf::of(round.distribution()));
        Self {
            series,
            all: Ecdf::of(run.rounds.iter().flat_map(Round::distribution)),
            rounds: rounds.filter(|round| !round.is_empty()).collect(),
            from_send: Ecdf::of(from_send),
        }
    }
}

/// `None` if nobody was answered.
pub(super) fn figure(view: &View<'_>) -> Option<Markup> {
    let curves: Vec<Curve> = view.rows().map(Curve::of).collect();
    let ends = curves.iter().flat_map(|curve| [curve.all.ends(), curve.from_send.ends()]).flatten();
    let (low, high) = ends.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)))?;
    let x = Axis::log((low / 1.3, high * 1.3), (60.0, 700.0));
    let y = Axis::linear((0.0, 1.0), (260.0, 24.0));
    let body = html! {
        (frame(
            &Labelled { axis: x, title: "latency, logarithmic", show: &|ns| units::axis_time(ns) },
            &Labelled { axis: y, title: "part of the answers that took no longer", show: &|part| format!("{:.0} %", part * 100.0) },
        ))
        @for (at, label) in waits(view, &x, (low / 1.3, high * 1.3)) {
            line class="reference" x1=(px(at)) x2=(px(at)) y1="24" y2="260" {}
            @if let Some(label) = label { text class="reference" x=(px(at + 3.0)) y="34" { (label) } }
        }
        @for curve in curves.iter().filter(|curve| !curve.all.is_empty()) {
            g class=(curve.series.class()) {
                @let band = ecdf::band(&curve.rounds, &x, &y);
                @if !band.is_empty() { path class="interval" d=(band) {} }
                path class="line" d=(path(curve.all.stairs(&x, &y))) {}
                @if !curve.from_send.is_empty() { path class="sent" d=(path(curve.from_send.stairs(&x, &y))) {} }
                // Not all at the same height, or equal curves would hide each other's marks.
                @let part = 0.2 + 0.1 * (curve.series.0 % 7) as f64;
                @if let Some(ns) = curve.all.first_at(part) { (curve.series.mark(x.at(ns), y.at(part))) }
            }
        }
    };
    let mut text = TEXT.to_owned();
    if curves.iter().any(|curve| curve.rounds.len() > 1) {
        text.push_str(TEXT_BANDS);
    }
    if curves.iter().any(|curve| !curve.from_send.is_empty()) {
        text.push_str(TEXT_FROM_SEND);
    }
    Some(view.figure("latency", "Latency", &text, (720, 300), &body))
}

/// Where the multiples of W stand, up to what the last of all clients waits if one is served at a time; named where there
/// is room. Only W itself where it is no wait, and its multiples are nothing to wait for.
fn waits(view: &View<'_>, x: &Axis, (low, high): (f64, f64)) -> Vec<(f64, Option<String>)> {
    let wait = view.report.wait_ns as f64;
    let stairs = view.connections <= MOST_MULTIPLES;
    let known = view.report.ideal_per_second(view.connections).is_some();
    let most = if known { view.connections } else { 1 };
    let multiples = (1..=most).filter(|k| stairs || *k == 1 || *k == most);
    let mut named = f64::NEG_INFINITY;
    let inside = multiples.map(|k| (k, wait * k as f64)).filter(|(_, at)| *at > low && *at < high);
    let places = inside.map(|(k, at)| {
        let at = x.at(at);
        let name = match k {
            1 => "W".to_owned(),
            k => format!("{k} W"),
        };
        let room = at - named >= APART;
        if room {
            named = at;
        }
        (at, room.then_some(name))
    });
    places.collect()
}
