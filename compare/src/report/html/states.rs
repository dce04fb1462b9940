//! The states that a request goes through, and how long it stays in each: a row for each contender.

use maud::{Markup, html};

use super::life::{Phase, Stage, dwell, stages};
use super::plot::px;
use super::units;
use crate::report::{Report, Timeline};

const WIDTH: f64 = 104.0;
const HEIGHT: f64 = 34.0;
/// From the left edge of one state to that of the next.
const STEP: f64 = 120.0;
/// From the top of one contender to that of the next.
const ROW: f64 = 118.0;

/// Where a state stands: its column and its line.
fn place(phase: Phase) -> (f64, f64) {
    match phase {
        Phase::Connecting => (0.0, 0.0),
        Phase::Kernel => (1.0, 0.0),
        Phase::Reading => (2.0, 0.0),
        Phase::Waiting => (3.0, 0.0),
        Phase::Running => (4.0, 0.0),
        Phase::Holding => (3.5, 1.0),
        Phase::Parked => (4.5, 1.0),
        Phase::Writing => (5.0, 0.0),
    }
}

/// What the requests of one contender did on average.
struct Means {
    /// For each state the mean over all requests, in nanoseconds; `None` where none was ever in it.
    dwell: Vec<(Phase, Option<f64>)>,
    whole: f64,
    polls: f64,
}

impl Means {
    /// `None` without requests.
    fn of(timeline: &Timeline) -> Option<Self> {
        let lives: Vec<Vec<Stage>> =
            timeline.requests.iter().map(|request| stages(timeline, request)).collect();
        if lives.is_empty() {
            return None;
        }
        let mean = |sum: f64| sum / lives.len() as f64;
        let dwell = Phase::ALL.map(|phase| {
            let all: Vec<u64> = lives.iter().filter_map(|stages| dwell(stages, phase)).collect();
            (phase, (!all.is_empty()).then(|| mean(all.iter().sum::<u64>() as f64)))
        });
        let polls = timeline.requests.iter().map(|request| request.polls.len()).sum::<usize>();
        let whole = dwell.iter().filter_map(|(_, mean)| *mean).sum();
        Some(Self { dwell: dwell.into(), whole, polls: mean(polls as f64) })
    }

    fn known(&self, phase: Phase) -> bool {
        self.dwell.iter().any(|(one, mean)| *one == phase && mean.is_some())
    }

    /// The arrows between the states that were seen.
    fn arrows(&self) -> String {
        let line = Phase::ALL.into_iter().filter(|phase| place(*phase).1 == 0.0 && self.known(*phase));
        let line: Vec<f64> = line.map(|phase| place(phase).0 * STEP).collect();
        let along = line.windows(2).map(|pair| arrow((pair[0] + WIDTH, 17.0), (pair[1], 17.0)));
        let mut arrows: Vec<String> = along.collect();
        let on_cpu = place(Phase::Running).0 * STEP + WIDTH / 2.0;
        for asleep in [Phase::Holding, Phase::Parked].into_iter().filter(|phase| self.known(*phase)) {
            let side = place(asleep).0 * STEP + WIDTH / 2.0 - on_cpu;
            let at = on_cpu + side * 0.65;
            let top = (at.clamp(on_cpu - WIDTH / 2.0 + 6.0, on_cpu + WIDTH / 2.0 - 6.0), HEIGHT);
            arrows.push(arrow((top.0 - 5.0, top.1), (top.0 - 5.0, HEIGHT + 26.0)));
            arrows.push(arrow((top.0 + 5.0, HEIGHT + 26.0), (top.0 + 5.0, top.1)));
        }
        arrows.concat()
    }
}

/// A line with a head, along one of the axes.
fn arrow(from: (f64, f64), to: (f64, f64)) -> String {
    let (x, y) = ((to.0 - from.0).signum() * 4.0, (to.1 - from.1).signum() * 4.0);
    let head = if from.1 == to.1 { format!("l{} -3v6z", px(-x)) } else { format!("l-3 {}h6z", px(-y)) };
    let tip = format!("{} {}", px(to.0), px(to.1));
    format!("M{} {}L{tip}M{tip}{head}", px(from.0), px(from.1))
}

const TRACED: &str = "How long a request of the traced run is in each state on average, and which part of its life that is: \
    the bar. A state without a figure was not seen; where the server does not say when it accepts, the kernel’s queue is part \
    of the waiting.";
const SIMULATED: &str = "How long a request of the simulated run above is in each state on average, and which part of its life \
    that is: the bar. A state without a figure takes no time in the model.";

/// `None` if nothing was traced.
pub(super) fn section(report: &Report, command: &str) -> Option<Markup> {
    let rows: Vec<(&str, Means)> = report
        .timelines
        .iter()
        .filter_map(|timeline| Some((timeline.contender.as_str(), Means::of(timeline)?)))
        .collect();
    let height = 4.0 + ROW * rows.len() as f64;
    let body = html! {
        @for (at, (name, means)) in rows.iter().enumerate() {
            g class="states" transform=(format!("translate(8 {})", px(4.0 + ROW * at as f64))) {
                text class="name" x="0" y="12" { (name) }
                text x="0" y="68" { (units::time(means.whole.round() as u64)) " in all" }
                text x="0" y="84" { "handler called " (format!("{:.1}", means.polls)) "×" }
                g transform="translate(0 18)" {
                    path class="arrow" d=(means.arrows()) {}
                    @for (phase, mean) in &means.dwell { (state(*phase, *mean, means.whole)) }
                }
            }
        }
    };
    let text = if report.simulated.is_some() { SIMULATED } else { TRACED };
    (!rows.is_empty()).then(|| {
        html! {
            section {
                h2 { "States" }
                (super::drawing("states", "Where a request’s time goes", text, command, &html! {}, (720, height as u32), &body))
            }
        }
    })
}

fn state(phase: Phase, mean: Option<f64>, whole: f64) -> Markup {
    let (column, line) = place(phase);
    let share = mean.map(|mean| if whole > 0.0 { mean / whole } else { 0.0 });
    // Of the two ways to sleep, one that was not seen needs no room.
    let needless = line > 0.0 && mean.is_none();
    html! {
        @if !needless {
            g class=(if mean.is_some() { "state" } else { "state unseen" })
                transform=(format!("translate({} {})", px(column * STEP), px(line * (HEIGHT + 26.0)))) {
                title { (phase.meaning()) }
                rect class="node" width=(px(WIDTH)) height=(px(HEIGHT)) rx="3" {}
                @if let Some(share) = share {
                    rect class=(phase.class()) x="1" width=(px((share * (WIDTH - 2.0)).max(1.0))) y=(px(HEIGHT - 7.0)) height="6" {}
                }
                text x=(px(WIDTH / 2.0)) y="11" text-anchor="middle" { (phase.name()) }
                text class="figure" x=(px(WIDTH / 2.0)) y="24" text-anchor="middle" {
                    @match (mean, share) {
                        (Some(mean), Some(share)) => { (units::time(mean.round() as u64)) " · " (units::percent(share)) }
                        _ => { (units::UNKNOWN) }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::tests::report;

    #[test]
    fn the_means_of_all_states_are_the_mean_life() {
        for timeline in &report().timelines {
            let means = Means::of(timeline).unwrap();
            let lives = timeline.requests.iter().map(|request| request.done_ns - request.dial_ns);
            let mean = lives.sum::<u64>() as f64 / timeline.requests.len() as f64;
            assert!((means.whole - mean).abs() < 1.0, "{} is not {mean}", means.whole);
        }
        assert!(Means::of(&Timeline::default()).is_none());
    }

    #[test]
    fn a_request_that_none_saw_in_a_state_still_counts_in_its_mean() {
        let mut timeline = report().timelines.swap_remove(0);
        timeline.requests[1].polls.clear();
        let means = Means::of(&timeline).unwrap();
        // The other's 99.95 ms, by two.
        assert!(means.dwell.contains(&(Phase::Holding, Some(49_975_000.0))), "{:?}", means.dwell);
        assert!(means.dwell.contains(&(Phase::Parked, None)));
    }

    #[test]
    fn arrows_join_only_what_was_seen() {
        let arrows = |at: usize| Means::of(&report().timelines[at]).unwrap().arrows().matches('z').count();
        // Connecting, kernel, read, waiting, on CPU, write; to the sleep and back.
        assert_eq!(arrows(0), 5 + 2);
        assert_eq!(arrows(1), 3 + 2);
    }
}
