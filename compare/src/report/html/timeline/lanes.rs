//! The lanes of threads and the rows of requests.

use maud::{Markup, html};

use super::super::life::Stage;
use super::super::plot::{Axis, px};
use super::super::units;
use super::block::{Block, Drawing};
use super::{WIDTH, dwell};
use crate::report::{Moment, Timeline, TracedRequest};

const THREAD: f64 = 14.0;
const REQUEST: f64 = 12.0;
/// More threads than this are not drawn one by one.
const MOST_THREADS: usize = 24;

/// Something that a thread did with a connection in no time.
struct Deed {
    name: &'static str,
    /// Around the place at the top of a lane.
    shape: &'static str,
    of: fn(&TracedRequest) -> Option<Moment>,
}

const DEEDS: [Deed; 3] = [
    Deed { name: "accepts", shape: "M-3.5 0h7l-3.5 6zM0 6v8", of: |request| request.accepted },
    Deed { name: "has read the request", shape: "M-2.5 4h5v5h-5zM0 0v14", of: |request| request.complete },
    Deed {
        name: "has written the answer",
        shape: "M-3.5 14h7l-3.5 -6zM0 0v8",
        of: |request| request.last_write,
    },
];

/// What the marks on the lanes of threads are; nothing where there are none.
pub(super) fn legend(timelines: &[Timeline]) -> Markup {
    let requests = || timelines.iter().flat_map(|timeline| &timeline.requests);
    html! {
        @for deed in DEEDS.iter().filter(|deed| requests().any(|request| (deed.of)(request).is_some())) {
            li {
                svg.key viewBox="0 0 30 14" aria-hidden="true" { path class="deed" transform="translate(15)" d=(deed.shape) {} }
                "a thread " (deed.name)
            }
        }
    }
}

pub(super) fn threads(block: &Block<'_>, drawing: &mut Drawing) {
    let timeline = block.timeline;
    let all = timeline.threads().max(timeline.thread_names.len());
    for thread in 0..all.min(MOST_THREADS) {
        let name = timeline.thread_names.get(thread).map_or("", String::as_str);
        let x = drawing.x;
        drawing.lane(THREAD, &lane_name(thread, name), name, |top| {
            html! {
                line class="idle" x1="0" x2=(px(WIDTH)) y1=(px(top + THREAD / 2.0)) y2=(px(top + THREAD / 2.0)) {}
                @for (request, stages) in &block.requests {
                    @for stage in stages.iter().filter(|stage| stage.thread == Some(thread)) {
                        (drawn(stage, request, &x, (top, THREAD), true))
                    }
                    @for deed in &DEEDS {
                        @if let Some(moment) = (deed.of)(request).filter(|moment| moment.thread == thread) {
                            (done(deed, request, moment, &x, top))
                        }
                    }
                }
            }
        });
    }
    if all > MOST_THREADS {
        let name = format!("{} more", all - MOST_THREADS);
        drawing.lane(THREAD, &name, "threads that are not drawn", |_| html! {});
    }
}

/// `t2 timer`, as much of it as fits.
fn lane_name(thread: usize, name: &str) -> String {
    let name: String = name.chars().take(9).collect();
    format!("t{} {name}", thread + 1).trim_end().to_owned()
}

/// Each can be reached with the keyboard: the first with the tabulator, and from there the others with the arrows.
pub(super) fn requests(block: &Block<'_>, drawing: &mut Drawing) {
    for (row, (request, stages)) in block.requests.iter().enumerate() {
        let x = drawing.x;
        drawing.lane(REQUEST, &format!("r{}", request.id), "", |top| {
            html! {
                g.request data-q=(request.id) role="button" aria-pressed="false" tabindex=(if row == 0 { "0" } else { "-1" })
                    aria-label=(dwell::sentence(request, stages)) {
                    rect class="hit" x="0" width=(px(WIDTH)) y=(px(top - 2.0)) height=(px(REQUEST + 4.0)) {}
                    @for stage in stages { (drawn(stage, request, &x, (top + 1.5, REQUEST - 3.0), false)) }
                }
            }
        });
    }
}

fn drawn(
    stage: &Stage,
    request: &TracedRequest,
    x: &Axis,
    (top, height): (f64, f64),
    linked: bool,
) -> Markup {
    let (from, to) = (x.at(stage.from_ns as f64), x.at(stage.to_ns as f64));
    let length = stage.to_ns - stage.from_ns;
    html! {
        // A poll of microseconds is seen, too.
        rect class=(stage.phase.class()) data-q=[linked.then_some(request.id)] data-t=(format!("{} {}", stage.from_ns, stage.to_ns))
            x=(px(from)) width=(px((to - from).max(1.5))) y=(px(top)) height=(px(height)) {
            title { "r" (request.id) ": " (stage.phase.name()) ", " (units::time(length)) }
        }
    }
}

fn done(deed: &Deed, request: &TracedRequest, moment: Moment, x: &Axis, top: f64) -> Markup {
    let at = px(x.at(moment.at_ns as f64));
    html! {
        g data-q=(request.id) data-t=(moment.at_ns) transform=(format!("translate({at})")) {
            path class="deed" transform=(format!("translate(0 {})", px(top))) d=(deed.shape) {
                title { (deed.name) ": r" (request.id) ", at " (units::time(moment.at_ns)) }
            }
        }
    }
}
