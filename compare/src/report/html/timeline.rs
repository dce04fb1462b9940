//! What a few requests and the threads did when: one block for each contender, all on one axis.

use maud::{Markup, html};

use super::plot::{Axis, px};
use super::units;
use crate::report::timeline::{Span, State};
use crate::report::{Report, Timeline, TracedRequest};

/// Pixels from the top of one lane to the next.
const LANE: f64 = 18.0;
const LEFT: f64 = 60.0;
const RIGHT: f64 = 700.0;

/// Classes and what they mean, in the order of a request's life.
const STATES: [(State, &str, &str); 5] = [
    (State::Queued, "queued", "queued: no handler knows of it yet"),
    (State::Running, "running", "its handler is on a processor"),
    (State::Holding, "holding", "it waits, holding its thread"),
    (State::Parked, "parked", "it waits, and its thread is free for others"),
    (State::Answered, "answered", "answered"),
];

/// `None` if nothing was traced.
pub(super) fn section(report: &Report, command: &str) -> Option<Markup> {
    let longest = report.timelines.iter().map(Timeline::length_ns).max().filter(|ns| *ns > 0)?;
    let x = Axis::linear((0.0, longest as f64), (LEFT, RIGHT));
    let legend = html! {
        ul.legend {
            @for (_, class, meaning) in STATES {
                li { svg.key viewBox="0 0 30 12" aria-hidden="true" { rect class=(class) x="1" y="1" width="28" height="10" {} } (meaning) }
            }
        }
    };
    let text =
        "Lanes t are threads that ran handlers, lanes r are requests; W is what a request takes alone.";
    let blocks = report.timelines.iter().enumerate().map(|(at, timeline)| {
        let heading = format!("{}: {}", timeline.contender, in_waits(timeline.length_ns(), report.wait_ns));
        let id = format!("timeline-{}", at + 1);
        let lanes = timeline.threads() + timeline.requests.len();
        let height = 30.0 + LANE * lanes as f64 + 22.0;
        let body = block(timeline, &x, 12.0 + LANE * lanes as f64);
        super::drawing(&id, &heading, text, command, &html! {}, (720, height as u32), &body)
    });
    let blocks: Vec<Markup> = blocks.collect();
    Some(html! {
        section id="timeline" {
            h2 { "Timeline" }
            p {
                "A traced run of its own, after the measurement: each client asks on a new connection, and again when it \
                 has been answered. A wait holds its thread when the thread served nobody else meanwhile. Point at a span \
                 for its length; trace.json, beside this page, opens in Perfetto."
            }
            (legend)
            svg.patterns width="0" height="0" aria-hidden="true" {
                defs {
                    pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)" {
                        rect class="ground" width="6" height="6" {}
                        rect class="stripe" width="3" height="6" {}
                    }
                    pattern id="dots" width="5" height="5" patternUnits="userSpaceOnUse" {
                        circle class="dot" cx="2.5" cy="2.5" r="1" {}
                    }
                }
            }
            @for block in &blocks { (block) }
        }
    })
}

/// `601 ms, 6.0 W`.
fn in_waits(ns: u64, wait_ns: u64) -> String {
    match wait_ns {
        0 => units::time(ns),
        wait => format!("{}, {:.1} W", units::time(ns), ns as f64 / wait as f64),
    }
}

fn block(timeline: &Timeline, x: &Axis, bottom: f64) -> Markup {
    let spans: Vec<(&TracedRequest, Vec<Span>)> =
        timeline.requests.iter().map(|request| (request, timeline.spans(request))).collect();
    let threads = timeline.threads();
    let lane = |at: usize| 8.0 + LANE * at as f64;
    html! {
        g class="grid" {
            @for tick in x.ticks() {
                line x1=(px(x.at(tick))) x2=(px(x.at(tick))) y1="4" y2=(px(bottom)) {}
                text x=(px(x.at(tick))) y=(px(bottom + 16.0)) text-anchor="middle" { (units::axis_time(tick)) }
            }
        }
        @for thread in 0..threads {
            g class="lane" {
                text x=(px(LEFT - 8.0)) y=(px(lane(thread) + 11.0)) text-anchor="end" { "t" (thread + 1) }
                line class="idle" x1=(px(LEFT)) x2=(px(RIGHT)) y1=(px(lane(thread) + 7.0)) y2=(px(lane(thread) + 7.0)) {}
                @for (request, spans) in &spans {
                    @for span in spans.iter().filter(|span| span.thread == Some(thread)) {
                        (drawn(span, request, x, lane(thread), 14.0))
                    }
                }
            }
        }
        @for (row, (request, spans)) in spans.iter().enumerate() {
            g class="lane" {
                text x=(px(LEFT - 8.0)) y=(px(lane(threads + row) + 11.0)) text-anchor="end" { "r" (request.id) }
                @for span in spans { (drawn(span, request, x, lane(threads + row) + 3.0, 9.0)) }
            }
        }
    }
}

fn drawn(span: &Span, request: &TracedRequest, x: &Axis, top: f64, height: f64) -> Markup {
    let (from, to) = (x.at(span.from_ns as f64), x.at(span.to_ns as f64));
    let state = STATES.iter().find(|(state, ..)| *state == span.state);
    let (class, meaning) = state.map_or(("", ""), |(_, class, meaning)| (*class, *meaning));
    html! {
        // A poll of microseconds is seen, too.
        rect class=(class) x=(px(from)) width=(px((to - from).max(1.5))) y=(px(top)) height=(px(height)) {
            title { "r" (request.id) ": " (meaning) ", " (units::time(span.to_ns - span.from_ns)) }
        }
    }
}
