//! What was seen of the servers from outside while they were measured, over time.

use maud::{Markup, html};

use super::View;
use super::plot::{Axis, Labelled, frame, path, px};
use super::series::Series;
use super::units;
use crate::report::Sample;

/// One drawing of the samples.
struct Seen {
    id: &'static str,
    heading: &'static str,
    title: &'static str,
    text: &'static str,
    value: fn(&Sample) -> Option<u32>,
}

const QUEUE: Seen = Seen {
    id: "queue",
    heading: "Accept queue",
    title: "clients in the kernel’s accept queue",
    text: "A client in this queue is connected, may have sent its request, and the server does not \
           know of it yet.",
    value: |sample| sample.accept_queue,
};

const THREADS: Seen = Seen {
    id: "threads",
    heading: "Threads",
    title: "threads of the server’s process",
    text: "What rises with the load is what a wait costs where it holds a thread.",
    value: |sample| sample.threads,
};

const DROPPED: &str = " Red ticks: since the look before, a full queue has dropped connection attempts.";

/// The points of one contender: milliseconds and what was seen.
type Points = Vec<(f64, f64)>;

/// Clients that the kernel has connected and nobody has accepted, in the first round of each contender. `None` if the
/// system does not tell.
pub(super) fn queue(view: &View<'_>) -> Option<Markup> {
    figure(view, &QUEUE, view.connections as f64)
}

/// Threads, likewise. `None` also where nobody's number ever changes: the table has it already.
pub(super) fn threads(view: &View<'_>) -> Option<Markup> {
    let changes = |points: &Points| points.windows(2).any(|pair| pair[0].1 != pair[1].1);
    curves(view, &THREADS).iter().any(|(_, points)| changes(points)).then(|| figure(view, &THREADS, 1.0))?
}

fn curves(view: &View<'_>, seen: &Seen) -> Vec<(Series, Points)> {
    let curve = |(series, run): (Series, &crate::report::Run)| {
        let samples = &run.rounds.first()?.samples;
        let known = samples
            .iter()
            .filter_map(|sample| Some((sample.at_ns as f64 / 1e6, f64::from((seen.value)(sample)?))));
        let points: Points = known.collect();
        (points.len() > 1).then_some((series, points))
    };
    view.rows().filter_map(curve).collect()
}

fn figure(view: &View<'_>, seen: &Seen, least: f64) -> Option<Markup> {
    let curves = curves(view, seen);
    let ends = curves.iter().flat_map(|(_, points)| points.iter().copied());
    let (last, most) = ends.reduce(|a, b| (a.0.max(b.0), a.1.max(b.1)))?;
    let x = Axis::linear((0.0, last), (60.0, 700.0));
    let y = Axis::linear((0.0, most.max(least)), (200.0, 24.0));
    let (title, looked) = if view.report.simulated.is_some() {
        ("virtual time", "As the model has it.")
    } else {
        ("time in the first round, warm-up included", "Looked at every 50 ms.")
    };
    let dropped: Vec<f64> = match seen.id {
        "queue" => dropped(view).map(|ms| x.at(ms)).collect(),
        _ => Vec::new(),
    };
    let body = html! {
        (frame(
            &Labelled { axis: x, title, show: &|ms| units::axis_time(ms * 1e6) },
            &Labelled { axis: y, title: seen.title, show: &|n| format!("{n}") },
        ))
        @for at in &dropped { path class="dropped" d=(format!("M{} 200v-8", px(*at))) {} }
        @for (series, points) in &curves {
            g class=(series.class()) {
                path class="line" d=(path(points.iter().map(|(ms, n)| (x.at(*ms), y.at(*n))))) {}
                @let at = points.len() * (series.0 % 7 + 1) / 8;
                @if let Some((ms, n)) = points.get(at) { (series.mark(x.at(*ms), y.at(*n))) }
            }
        }
    };
    let ticks = if dropped.is_empty() { "" } else { DROPPED };
    Some(view.figure(seen.id, seen.heading, &format!("{looked} {}{ticks}", seen.text), (720, 240), &body))
}

/// When looks of the first rounds found that a full queue had dropped somebody: milliseconds.
fn dropped(view: &View<'_>) -> impl Iterator<Item = f64> {
    let samples = view.rows().filter_map(|(_, run)| run.rounds.first()).flat_map(|round| &round.samples);
    samples.filter(|sample| sample.overflows > 0).map(|sample| sample.at_ns as f64 / 1e6)
}
