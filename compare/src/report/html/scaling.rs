//! Rates and medians by the number of connections; only of a sweep.

use maud::{Markup, html};

use super::plot::{Axis, Labelled, frame, path, px};
use super::series::{Series, legend};
use super::units;
use crate::Mode;
use crate::report::{Report, Run};

/// What is drawn over the number of connections.
struct Curve {
    id: &'static str,
    heading: &'static str,
    title: &'static str,
    text: &'static str,
    value: fn(&Run) -> Option<f64>,
    show: fn(f64) -> String,
    ideal: bool,
}

const CURVES: [Curve; 2] = [
    Curve {
        id: "scaling",
        heading: "Rate by connections",
        title: "requests a second, logarithmic",
        text: "The thin line is c/W: what a server reaches that makes no request wait for another. Where a curve leaves \
               it, something is full: threads, the one loop, or the processor.",
        value: |run| Some(run.requests_per_second.value).filter(|rate| *rate > 0.0),
        show: units::axis_rate,
        ideal: true,
    },
    Curve {
        id: "scaling-p50",
        heading: "Median latency by connections",
        title: "p50, logarithmic",
        text: "A flat curve is a server whose clients do not notice each other.",
        value: |run| run.latency.p50_ns.map(|ns| ns as f64),
        show: units::axis_time,
        ideal: false,
    },
];

pub(super) fn section(report: &Report, command: &str) -> Option<Markup> {
    if report.connections.len() < 2 {
        return None;
    }
    let figures = report.modes.iter().flat_map(|mode| CURVES.iter().map(move |curve| (*mode, curve)));
    let figures: Vec<Markup> =
        figures.filter_map(|(mode, curve)| figure(report, command, mode, curve)).collect();
    Some(html! { section { h2 { "Scaling" } @for figure in &figures { (figure) } } })
}

fn figure(report: &Report, command: &str, mode: Mode, curve: &Curve) -> Option<Markup> {
    let points = |contender: &String| {
        let runs = report.runs.iter().filter(move |run| run.mode == mode && run.contender == *contender);
        let mut points: Vec<(f64, f64)> =
            runs.filter_map(|run| Some((run.connections as f64, (curve.value)(run)?))).collect();
        points.sort_by(|a, b| a.0.total_cmp(&b.0));
        points
    };
    let named = report.contenders.iter().enumerate();
    let lines: Vec<_> = named.map(|(at, name)| (Series(at), name.as_str(), points(name))).collect();
    let all = lines.iter().flat_map(|(_, _, points)| points.iter().copied());
    let (low, high) = all.map(|(_, value)| (value, value)).reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)))?;
    let (fewest, most) = (report.connections.iter().min()?, report.connections.iter().max()?);
    let x = Axis::log((*fewest as f64, *most as f64), (60.0, 690.0));
    let y = Axis::log((low / 1.5, high * 1.5), (260.0, 24.0));
    let ideal = report.connections.iter().copied().filter(|_| curve.ideal);
    let mut ideal: Vec<(f64, f64)> =
        ideal.filter_map(|n| Some((n as f64, report.ideal_per_second(n)?))).collect();
    ideal.sort_by(|a, b| a.0.total_cmp(&b.0));
    let names: Vec<(Series, &str)> = lines.iter().map(|(series, name, _)| (*series, *name)).collect();
    let body = html! {
        (frame(
            &Labelled { axis: x, title: "connections, logarithmic", show: &units::axis_rate },
            &Labelled { axis: y, title: curve.title, show: &curve.show },
        ))
        @if !ideal.is_empty() {
            path class="reference" d=(path(ideal.iter().map(|(n, rate)| (x.at(*n), y.at(*rate))))) {}
        }
        @for (series, name, points) in &lines {
            g class=(series.class()) {
                path class="line" d=(path(points.iter().map(|(n, value)| (x.at(*n), y.at(*value))))) {}
                @for (n, value) in points {
                    g {
                        title { (name) " at c=" (px(*n)) ": " ((curve.show)(*value)) }
                        (series.mark(x.at(*n), y.at(*value)))
                    }
                }
            }
        }
    };
    let id = match mode {
        _ if report.modes.len() == 1 => curve.id.to_owned(),
        Mode::NewConnection => format!("{}-new", curve.id),
        Mode::KeepAlive => format!("{}-keep-alive", curve.id),
    };
    let heading = format!("{} ({mode})", curve.heading);
    Some(super::drawing(&id, &heading, curve.text, command, &legend(&names), (720, 300), &body))
}
