//! How many were where: the kernel's queue, and requests in flight, as steps over the block's time.

use maud::{Markup, html};

use super::super::plot::{Axis, px};
use super::block::{Block, Drawing};
use crate::report::{Timeline, TracedRequest};

const HEIGHT: f64 = 26.0;

/// When a number changed, and what it was from then on.
type Steps = Vec<(u64, usize)>;

/// A line of those in flight.
struct Line {
    class: &'static str,
    meaning: &'static str,
    /// From when to when a request counts.
    of: fn(&TracedRequest) -> Option<(u64, u64)>,
}

const LINES: [Line; 3] = [
    Line {
        class: "connected",
        meaning: "in flight: connected",
        of: |request| Some((request.established_ns, request.done_ns)),
    },
    Line {
        class: "accepted",
        meaning: "in flight: accepted",
        of: |request| Some((request.accepted?.at_ns, request.done_ns)),
    },
    Line {
        class: "handled",
        meaning: "in flight: in the handler",
        of: |request| Some((request.polls.first()?.from_ns, request.polls.last()?.to_ns)),
    },
];

/// What the lines are; the kernel's lane is named where it stands.
pub(super) fn legend(blocks: &[Block<'_>]) -> Markup {
    let requests = || blocks.iter().flat_map(|block| &block.timeline.requests);
    html! {
        @for line in LINES.iter().filter(|line| requests().any(|request| (line.of)(request).is_some())) {
            li { svg.key viewBox="0 0 30 12" aria-hidden="true" { path class=(line.class) d="M0 6H30" {} } (line.meaning) }
        }
        @if blocks.iter().any(|block| !block.timeline.overflows.is_empty()) {
            li { svg.key viewBox="0 0 30 12" aria-hidden="true" { path class="dropped" d="M15 0v12" {} } "a connection attempt that the full queue dropped" }
        }
    }
}

/// The lane of the kernel's queue; nothing where nobody told how long it was.
pub(super) fn queue(block: &Block<'_>, drawing: &mut Drawing) {
    let steps = depths(block.timeline);
    let most = steps.iter().map(|(_, depth)| *depth).max().unwrap_or(0);
    if steps.is_empty() {
        return;
    }
    let scale = Scale { x: drawing.x, most: most.max(1) };
    let first = drawing.top;
    drawing.lane(HEIGHT, "queue", "clients in the kernel’s accept queue", |top| {
        html! {
            path class="depth" data-p=(scale.data(&steps, top)) d=(scale.path(&steps, top)) {}
            @for (at, attempts) in dropped(&block.timeline.overflows) {
                g data-t=(at) transform=(format!("translate({})", px(scale.x.at(at as f64)))) {
                    path class="dropped" d=(format!("M0 {}v{}", px(top), px(HEIGHT))) {
                        title { (attempts) " dropped: the queue was full" }
                    }
                }
            }
        }
    });
    drawing.at_the_end(first + 8.0, most);
}

/// How many connection attempts were dropped at each instant.
fn dropped(overflows: &[u64]) -> Vec<(u64, usize)> {
    let mut counted: Vec<(u64, usize)> = Vec::new();
    for &at in overflows {
        match counted.last_mut() {
            Some((last, attempts)) if *last == at => *attempts += 1,
            _ => counted.push((at, 1)),
        }
    }
    counted
}

/// As the kernel said every millisecond, or as it follows from the requests.
fn depths(timeline: &Timeline) -> Steps {
    if timeline.accept_queue.is_empty() {
        let queued = |request: &TracedRequest| {
            Some((request.established_ns, request.accepted?.at_ns.max(request.established_ns)))
        };
        return counted(&timeline.requests, queued).unwrap_or_default();
    }
    // Before it was first looked at, nobody had been dialled.
    let mut steps: Steps = vec![(0, 0)];
    for seen in &timeline.accept_queue {
        let depth = seen.depth as usize;
        if steps.last().is_none_or(|(_, last)| *last != depth) {
            steps.push((seen.at_ns, depth));
        }
    }
    steps
}

/// The lane of those in flight.
pub(super) fn in_flight(block: &Block<'_>, drawing: &mut Drawing) {
    let lines: Vec<(&Line, Steps)> =
        LINES.iter().filter_map(|line| Some((line, counted(&block.timeline.requests, line.of)?))).collect();
    let Some(most) = lines.iter().flat_map(|(_, steps)| steps).map(|(_, n)| *n).max() else {
        return;
    };
    let scale = Scale { x: drawing.x, most: most.max(1) };
    drawing.top += 4.0;
    let first = drawing.top;
    drawing.lane(HEIGHT, "in flight", "requests that were connected, accepted, in the handler", |top| {
        html! {
            @for (line, steps) in &lines {
                path class=(line.class) data-p=(scale.data(steps, top)) d=(scale.path(steps, top)) {}
            }
        }
    });
    drawing.at_the_end(first + 8.0, most);
}

/// How many requests count at each time. `None` if one of them does not say when it does, for then the sum is wrong.
fn counted(requests: &[TracedRequest], of: impl Fn(&TracedRequest) -> Option<(u64, u64)>) -> Option<Steps> {
    let mut changes: Vec<(u64, bool)> = Vec::new();
    for request in requests {
        let (from, to) = of(request)?;
        changes.extend([(from, true), (to.max(from), false)]);
    }
    // At one instant those who go come first: the number in between is nobody's.
    changes.sort_unstable();
    let (mut steps, mut now): (Steps, i64) = (vec![(0, 0)], 0);
    for (at, begins) in changes {
        now += if begins { 1 } else { -1 };
        let number = usize::try_from(now).unwrap_or(0);
        match steps.last_mut() {
            Some(last) if last.0 == at => last.1 = number,
            _ => steps.push((at, number)),
        }
    }
    (!requests.is_empty()).then_some(steps)
}

/// From times and numbers to places in a lane.
struct Scale {
    x: Axis,
    most: usize,
}

impl Scale {
    fn y(&self, number: usize, top: f64) -> f64 {
        top + HEIGHT - 1.0 - (HEIGHT - 3.0) * number as f64 / self.most as f64
    }

    /// For the script: times and heights in turn.
    fn data(&self, steps: &Steps, top: f64) -> String {
        let pairs: Vec<String> =
            steps.iter().map(|(at, number)| format!("{at} {}", px(self.y(*number, top)))).collect();
        pairs.join(" ")
    }

    fn path(&self, steps: &Steps, top: f64) -> String {
        let mut d = String::new();
        for (at, number) in steps {
            let (x, y) = (px(self.x.at(*at as f64)), px(self.y(*number, top)));
            d.push_str(&if d.is_empty() { format!("M{x} {y}") } else { format!("H{x}V{y}") });
        }
        d.push_str("H9999");
        d
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::QueueDepth;
    use crate::report::tests::report;

    #[test]
    fn those_in_flight_are_counted_from_when_they_come_to_when_they_go() {
        let report = report();
        let requests = &report.timelines[0].requests;
        let at = |line: &Line| counted(requests, line.of).unwrap();
        assert_eq!(at(&LINES[0]), [(0, 0), (100_000, 2), (100_300_000, 1), (200_300_000, 0)]);
        assert_eq!(
            at(&LINES[2]),
            [(0, 0), (200_000, 1), (100_200_000, 1), (200_200_000, 0)],
            "one at a time: the second comes as the first goes"
        );
    }

    #[test]
    fn a_request_that_does_not_tell_spoils_the_sum() {
        let report = report();
        assert_eq!(counted(&report.timelines[1].requests, LINES[1].of), None);
        assert_eq!(counted(&[], LINES[0].of), None);
        assert_eq!(depths(&report.timelines[1]), []);
    }

    #[test]
    fn the_queue_is_what_the_kernel_said_or_what_follows_from_the_requests() {
        let mut timeline = report().timelines.swap_remove(0);
        let seen = |at_ns, depth| QueueDepth { at_ns, depth };
        timeline.accept_queue = vec![seen(5, 0), seen(6, 2), seen(7, 2), seen(8, 0)];
        assert_eq!(depths(&timeline), [(0, 0), (6, 2), (8, 0)]);
        timeline.accept_queue.clear();
        assert_eq!(depths(&timeline), [(0, 0), (100_000, 2), (150_000, 1), (100_150_000, 0)]);
    }

    #[test]
    fn steps_go_along_and_then_up_or_down() {
        let scale = Scale { x: Axis::linear((0.0, 100.0), (0.0, 100.0)), most: 1 };
        assert_eq!(scale.path(&vec![(0, 0), (10, 1), (20, 0)], 0.0), "M0 25H10V2H20V25H9999");
        assert_eq!(scale.data(&vec![(0, 0), (10, 1)], 0.0), "0 25 10 2");
    }
}
