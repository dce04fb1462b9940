//! One contender's block: the kernel's queue, the threads, the requests, and how many of them were where, from top to
//! bottom.

use maud::{Markup, html};

use super::super::life::{Phase, Stage, stages};
use super::super::plot::{Axis, px};
use super::super::units;
use super::{LEFT, WIDTH, dwell, in_waits, lanes, over_time};
use crate::report::{Report, Timeline, TracedRequest};

/// More requests than this are not drawn one by one.
const MOST_REQUESTS: usize = 40;

/// A contender's timeline on its way to the page.
pub(super) struct Block<'a> {
    pub(super) number: usize,
    pub(super) timeline: &'a Timeline,
    /// The requests that are drawn, with their stages.
    pub(super) requests: Vec<(&'a TracedRequest, Vec<Stage>)>,
    pub(super) x: Axis,
}

impl<'a> Block<'a> {
    pub(super) fn of(at: usize, timeline: &'a Timeline, x: &Axis) -> Self {
        let drawn = timeline.requests.iter().take(MOST_REQUESTS);
        let requests = drawn.map(|request| (request, stages(timeline, request))).collect();
        Self { number: at + 1, timeline, requests, x: *x }
    }

    pub(super) fn has(&self, phase: Phase) -> bool {
        self.requests.iter().any(|(_, stages)| stages.iter().any(|stage| stage.phase == phase))
    }

    pub(super) fn figure(&self, report: &Report, command: &str) -> Markup {
        let (timeline, id) = (self.timeline, format!("timeline-{}", self.number));
        let heading = format!("{}: {}", timeline.contender, in_waits(timeline.length_ns(), report.wait_ns));
        let label = format!("{id}-label");
        let mut drawing = Drawing { x: self.x, top: 8.0, outside: Vec::new(), inside: Vec::new() };
        over_time::queue(self, &mut drawing);
        lanes::threads(self, &mut drawing);
        lanes::requests(self, &mut drawing);
        over_time::in_flight(self, &mut drawing);
        let bottom = drawing.top;
        html! {
            figure id=(id) {
                h3 { a href=(format!("#{id}")) { (heading) } }
                div.linked {
                    div.drawing tabindex="0" role="group" aria-labelledby=(label) {
                        svg viewBox=(format!("0 0 720 {}", px(bottom + 24.0))) role="group" aria-labelledby=(label) {
                            g class="grid ticks" {
                                @for tick in self.x.ticks() {
                                    @let at = px(LEFT + self.x.at(tick));
                                    line x1=(at) x2=(at) y1="4" y2=(px(bottom)) {}
                                    text x=(at) y=(px(bottom + 16.0)) text-anchor="middle" { (units::axis_time(tick)) }
                                }
                            }
                            @for one in &drawing.outside { (one) }
                            svg.plot x=(px(LEFT)) y="0" width=(px(WIDTH)) height=(px(bottom)) {
                                @for one in &drawing.inside { (one) }
                                path class="link" {}
                            }
                        }
                    }
                    div.box {}
                }
                figcaption {
                    span id=(label) { (self.caption(report)) }
                    (dwell::table(self))
                    code.command { (command) }
                }
            }
        }
    }

    fn caption(&self, report: &Report) -> String {
        let run = if report.simulated.is_some() { "simulated run" } else { "traced run" };
        let mut text = format!("What {} did in its {run}.", self.timeline.contender);
        let left_out = self.timeline.requests.len() - self.requests.len();
        if left_out > 0 {
            text.push_str(&format!(" The last {left_out} requests are not drawn; trace.json has them."));
        }
        text
    }
}

/// Lanes below each other: what stands beside the axis, and what stands on it.
pub(super) struct Drawing {
    pub(super) x: Axis,
    /// The upper edge of the next lane.
    pub(super) top: f64,
    outside: Vec<Markup>,
    inside: Vec<Markup>,
}

impl Drawing {
    /// A lane of this height, with its name; what is drawn in it gets its upper edge.
    pub(super) fn lane(&mut self, height: f64, name: &str, title: &str, draw: impl FnOnce(f64) -> Markup) {
        let top = self.top;
        self.outside.push(html! {
            text x=(px(LEFT - 8.0)) y=(px(top + height / 2.0 + 4.0)) text-anchor="end" {
                @if !title.is_empty() { title { (title) } }
                (name)
            }
        });
        self.inside.push(draw(top));
        self.top += height + 4.0;
    }

    /// A number at the right end of the axis.
    pub(super) fn at_the_end(&mut self, y: f64, number: usize) {
        self.outside.push(html! { text x="720" y=(px(y)) text-anchor="end" { (number) } });
    }
}
