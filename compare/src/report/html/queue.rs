//! Clients that the kernel has connected and nobody has accepted, over time.

use maud::{Markup, html};

use super::View;
use super::plot::{Axis, Labelled, frame, path};

/// Of each contender's first round. `None` if the system does not tell.
pub(super) fn figure(view: &View<'_>) -> Option<Markup> {
    let curves: Vec<_> = view
        .rows()
        .filter_map(|(series, run)| {
            let samples = &run.rounds.first()?.samples;
            let known = samples
                .iter()
                .filter_map(|sample| Some((sample.at_ns as f64 / 1e6, f64::from(sample.accept_queue?))));
            let points: Vec<(f64, f64)> = known.collect();
            (points.len() > 1).then_some((series, points))
        })
        .collect();
    let ends = curves.iter().flat_map(|(_, points)| points.iter().copied());
    let (last, most) = ends.reduce(|a, b| (a.0.max(b.0), a.1.max(b.1)))?;
    let x = Axis::linear((0.0, last), (60.0, 700.0));
    let y = Axis::linear((0.0, most.max(view.connections as f64)), (200.0, 24.0));
    let body = html! {
        (frame(
            &Labelled { axis: x, title: "time in the first round, warm-up included", show: &|ms| format!("{ms:.0} ms") },
            &Labelled { axis: y, title: "clients in the kernel’s accept queue", show: &|n| format!("{n}") },
        ))
        @for (series, points) in &curves {
            g class=(series.class()) {
                path class="line" d=(path(points.iter().map(|(ms, depth)| (x.at(*ms), y.at(*depth))))) {}
                @let at = points.len() * (series.0 % 7 + 1) / 8;
                @if let Some((ms, depth)) = points.get(at) { (series.mark(x.at(*ms), y.at(*depth))) }
            }
        }
    };
    let text = "Looked at every 50 ms. A client in this queue is connected, may have sent its request, and the server \
                does not know of it yet.";
    Some(view.figure("queue", "Accept queue", text, (720, 240), &body))
}
