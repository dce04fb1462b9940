//! How the cost of a request grows: with connections, with requests in flight on each, with header fields, with routes.
//!
//! Each point is a comparison of its own, so all servers of a point are measured in the same interleaved rounds.

use std::io;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use http::{HeaderName, HeaderValue};
use plotters::prelude::*;
use polyserve_compare::{Error, Mode, Plan, Report, RequestSpec, run};
use serde::{Deserialize, Serialize};

use crate::measure::{Effort, Lines, set};
use crate::servers::{Kind, Server};
use crate::table;

/// What is varied.
pub(crate) struct Curve {
    pub(crate) name: &'static str,
    /// What a point's x counts.
    pub(crate) axis: &'static str,
    points: &'static [usize],
    kind: What,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum What {
    Connections,
    Pipeline,
    Headers,
    Routes,
}

pub(crate) const ALL: &[Curve] = &[
    Curve {
        name: "connections",
        axis: "connections, one request in flight on each",
        points: &[1, 10, 100, 1000, 10_000],
        kind: What::Connections,
    },
    Curve {
        name: "pipelined",
        axis: "requests in flight on each of 64 connections",
        points: &[1, 2, 4, 8, 16, 32, 64],
        kind: What::Pipeline,
    },
    Curve {
        name: "headers",
        axis: "header fields of a request, 64 connections",
        points: &[1, 2, 5, 10, 20, 50, 99],
        kind: What::Headers,
    },
    Curve {
        name: "routes",
        axis: "routes of the app, 64 connections",
        points: &[1, 10, 100, 1000, 10_000],
        kind: What::Routes,
    },
];

/// One server at one x.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Point {
    pub(crate) x: usize,
    pub(crate) server: String,
    pub(crate) cpu_ns: u64,
    pub(crate) user_ns: u64,
    pub(crate) requests_per_second: f64,
}

/// Measures every point of a curve.
pub(crate) fn measure(
    curve: &Curve,
    servers: &[Server],
    effort: Effort,
    stopped: &Arc<AtomicBool>,
) -> Result<Vec<Point>, Error> {
    let mut points = Vec::new();
    for &x in curve.points {
        let further = match curve.kind {
            What::Routes => x,
            _ => 0,
        };
        let takes = |server: &&Server| match (curve.kind, server.kind) {
            (What::Routes, kind) => kind == Kind::Ours || server.name == "canned-loop",
            (_, Kind::Ours | Kind::Canned) => true,
            (_, Kind::Peer) => server.name == "hyper",
        };
        let contender = |server: &Server| {
            let routes = server.kind == Kind::Ours && further > 0;
            server.contender(if routes { vec![further.to_string()] } else { Vec::new() })
        };
        let contenders = servers.iter().filter(takes).map(contender).collect();
        let mut plan = Plan::new(contenders, request(curve.kind, x)?);
        plan.modes = vec![Mode::KeepAlive];
        plan.connections = vec![if curve.kind == What::Connections { x } else { 64 }];
        plan.pipeline = if curve.kind == What::Pipeline { x } else { 1 };
        set(&mut plan, effort);
        let head = format!("{} {x}:", curve.name);
        let report: Report = run(&plan, &mut Lines { head, stopped: Arc::clone(stopped) })?;
        if report.interrupted {
            return Err(Error::Interrupted);
        }
        points.extend(report.runs.iter().filter_map(|run| {
            Some(Point {
                x,
                server: run.contender.clone(),
                cpu_ns: run.server.cpu_ns_per_response?,
                user_ns: run.server.cpu_user_ns_per_response?,
                requests_per_second: run.requests_per_second.value,
            })
        }));
    }
    Ok(points)
}

fn request(what: What, x: usize) -> Result<RequestSpec, Error> {
    let path = match what {
        // The last of them: a search from the first to the last would show.
        What::Routes => format!("/route/{}", x - 1),
        _ => "/".to_owned(),
    };
    let path = path.parse().map_err(|error| Error::Plan(format!("{path}: {error}")))?;
    let mut request = RequestSpec::get(path);
    if what == What::Headers {
        // Host is one, and the check adds `Connection`: with 99 there are the 100 that servers usually allow.
        for n in 1..x {
            let name = HeaderName::try_from(format!("x-field-{n}"))
                .map_err(|error| Error::Plan(error.to_string()))?;
            request.headers.insert(name, HeaderValue::from_static("some value of usual length"));
        }
    }
    Ok(request)
}

/// The curve as a table: CPU time of a request in µs, a column for each x.
pub(crate) fn markdown(points: &[Point]) -> String {
    let (xs, servers) = axes(points);
    let mut head = vec!["CPU µs (user) at".to_owned()];
    head.extend(xs.iter().map(ToString::to_string));
    let cell = |server: &str, x| {
        let point = points.iter().find(|point| point.server == server && point.x == x);
        point.map_or_else(String::new, |point| {
            format!("{:.2} ({:.2})", point.cpu_ns as f64 / 1e3, point.user_ns as f64 / 1e3)
        })
    };
    let row = |server: &&str| {
        let mut row = vec![(*server).to_owned()];
        row.extend(xs.iter().map(|x| cell(server, *x)));
        row
    };
    table::table(&head, servers.iter().map(row).collect())
}

/// The points as RFC 4180 has them; no field needs quotes.
pub(crate) fn csv(points: &[Point]) -> String {
    let mut text = "x,server,cpu_ns,user_ns,requests_per_second\n".to_owned();
    for point in points {
        text.push_str(&format!(
            "{},{},{},{},{:.1}\n",
            point.x, point.server, point.cpu_ns, point.user_ns, point.requests_per_second
        ));
    }
    text
}

/// The curve as SVG: both axes logarithmic, so that what grows in proportion is a straight line.
pub(crate) fn svg(curve: &Curve, points: &[Point]) -> io::Result<String> {
    let mut drawing = String::new();
    draw(&mut drawing, curve, points).map_err(|error| io::Error::other(error.to_string()))?;
    Ok(drawing)
}

/// Pixels of the plot, and beside it for the names of its lines, where they hide none.
const PLOT: i32 = 720;
const NAMES: i32 = 180;

fn draw(drawing: &mut String, curve: &Curve, points: &[Point]) -> Result<(), Box<dyn std::error::Error>> {
    let (xs, servers) = axes(points);
    let ys = points.iter().map(|point| point.cpu_ns as f64 / 1e3);
    let (low, high) = ys.fold((f64::MAX, f64::MIN), |(low, high), y| (low.min(y), high.max(y)));
    let (Some(first), Some(last)) = (xs.first(), xs.last()) else {
        return Ok(());
    };
    let area = SVGBackend::with_string(drawing, ((PLOT + NAMES).unsigned_abs(), 420)).into_drawing_area();
    area.fill(&WHITE)?;
    let mut chart = ChartBuilder::on(&area)
        .margin(12)
        .margin_right(24 + NAMES)
        .x_label_area_size(40)
        .y_label_area_size(56)
        .build_cartesian_2d(
            (*first as f64..*last as f64).log_scale(),
            (low * 0.8..high * 1.25).log_scale(),
        )?;
    chart
        .configure_mesh()
        .light_line_style(TRANSPARENT)
        .x_desc(curve.axis)
        .y_desc("CPU µs of a request")
        .x_label_formatter(&|x| format!("{x:.0}"))
        .y_label_formatter(&|y| if *y < 1.0 { format!("{y:.1}") } else { format!("{y:.0}") })
        .draw()?;
    for (at, server) in servers.iter().enumerate() {
        let colour = COLOURS[at % COLOURS.len()];
        let line = points.iter().filter(|point| point.server == *server);
        let line: Vec<(f64, f64)> = line.map(|point| (point.x as f64, point.cpu_ns as f64 / 1e3)).collect();
        chart.draw_series(line.iter().map(|at| Circle::new(*at, 3, colour.filled())))?;
        chart.draw_series(LineSeries::new(line, colour.stroke_width(2)))?;
        let (x, y) = (PLOT + 4, 24 + 18 * i32::try_from(at)?);
        area.draw(&PathElement::new([(x, y), (x + 16, y)], colour.stroke_width(2)))?;
        area.draw(&Text::new((*server).to_owned(), (x + 24, y - 6), ("sans-serif", 12)))?;
    }
    area.present()?;
    Ok(())
}

/// Okabe and Ito's, which most eyes can tell apart.
const COLOURS: [RGBColor; 8] = [
    RGBColor(0, 0, 0),
    RGBColor(120, 120, 120),
    RGBColor(0, 114, 178),
    RGBColor(86, 180, 233),
    RGBColor(0, 158, 115),
    RGBColor(230, 159, 0),
    RGBColor(213, 94, 0),
    RGBColor(204, 121, 167),
];

/// The values of x in order, and the servers in the order in which they were measured.
fn axes(points: &[Point]) -> (Vec<usize>, Vec<&str>) {
    let mut xs: Vec<usize> = points.iter().map(|point| point.x).collect();
    xs.sort_unstable();
    xs.dedup();
    let mut servers: Vec<&str> = Vec::new();
    for point in points {
        if !servers.contains(&point.server.as_str()) {
            servers.push(&point.server);
        }
    }
    (xs, servers)
}
