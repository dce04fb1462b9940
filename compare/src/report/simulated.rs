//! What is said of a report that nobody measured.

use std::time::Duration;

use super::rows;
use super::verdicts::{Line, again};
use super::{Report, Run, units};
use crate::Simulated;
use crate::stats::SAME_WITHIN;

/// The first words of every view.
pub(super) const MARK: &str = "SIMULATED, NOT MEASURED";

/// What was simulated, in the place of what was asked.
pub(super) fn heading(report: &Report, simulated: &Simulated) -> Vec<Vec<String>> {
    let length = |ns| units::length(Duration::from_nanos(ns));
    let cores = rows::count(simulated.cores);
    let mut conditions = vec![
        format!("closed loop, {}", rows::list("c=", &report.connections)),
        rows::rounds(report).replace("1 round of ", ""),
        format!("each sleeps {}", length(simulated.wait_ns)),
        format!("CPU {} on {cores}", length(simulated.cpu_ns)),
    ];
    if simulated.send_ns > 0 {
        let who = match simulated.slow_one_in {
            1 => "clients send".to_owned(),
            n => format!("one client in {n} sends"),
        };
        conditions.push(format!("{who} for {}", length(simulated.send_ns)));
    }
    conditions.push(format!("backlog {}", simulated.backlog));
    if report.runs.iter().any(|run| run.listen_overflows > Some(0)) {
        conditions.push(format!(
            "first retry after {}, then twice as long each time",
            length(simulated.retransmit_ns)
        ));
    }
    for (name, ns) in [("accept", simulated.accept_ns), ("redial", simulated.redial_ns)] {
        if ns > 0 {
            conditions.push(format!("{name} {}", length(ns)));
        }
    }
    let models = report.contenders.iter().zip(&simulated.models);
    vec![
        vec![format!("{MARK}: a model of each runtime, on a virtual clock; the same bytes every time")],
        vec![format!("one request alone takes W = {}", units::time(report.wait_ns)), rows::ideal(report)],
        conditions,
        models.map(|(name, model)| format!("{name}: {model}")).collect(),
    ]
}

/// A model has no intervals: its differences are what they are.
pub(super) fn differences(runs: &[&Run]) -> Vec<Line> {
    let rate = |run: &Run| run.requests_per_second.value;
    let Some(best) = runs.iter().copied().reduce(|a, b| if rate(b) > rate(a) { b } else { a }) else {
        return Vec::new();
    };
    let is_same = |run: &&Run| rate(run) >= (1.0 - SAME_WITHIN) * rate(best);
    let same: Vec<&str> = runs.iter().copied().filter(is_same).map(|run| run.contender.as_str()).collect();
    let mut lines = Vec::new();
    if same.len() > 1 {
        let text = format!("{}   (within {:.0} % in the model)", same.join(" ≈ "), SAME_WITHIN * 100.0);
        lines.push(Line { word: "same", text });
    }
    for run in runs.iter().copied().filter(|run| !is_same(run)) {
        let text = format!(
            "{}: {:.1}× fewer requests than {}",
            run.contender,
            rate(best) / rate(run),
            best.contender
        );
        lines.push(Line { word: "slower", text });
    }
    lines
}

/// The command that measures what was simulated.
pub(super) fn next(report: &Report, simulated: &Simulated) -> Line {
    let program: Vec<String> = report.command.iter().take(1).cloned().collect();
    let connections: Vec<String> = report.connections.iter().map(ToString::to_string).collect();
    let load = match connections.as_slice() {
        [one] => format!("-c {one}"),
        many => format!("--sweep c={}", many.join(",")),
    };
    let what = match &report.shape {
        Some(shape) => format!("--shape {}", shape.name),
        None => format!("--wait {}", units::length(Duration::from_nanos(simulated.wait_ns)).replace(' ', "")),
    };
    let compare = if program.is_empty() { "" } else { "compare " };
    let flags = format!("{compare}{load} {what}");
    let text =
        format!("{}   (the same, measured: what differs is the machine's doing)", again(&program, &flags));
    Line { word: "next", text }
}

/// Little's law in a closed loop whose clients do not all have something to ask until the end.
pub(super) fn little(in_system: f64, connections: usize) -> String {
    format!(
        "rate × latency is {in_system:.1}, with {connections} connections (Little's law): the others were through with \
         their requests, and the run waited for the last ones"
    )
}

#[cfg(test)]
mod tests {
    use crate::{Model, Scenario, report, simulate};

    #[test]
    fn every_view_that_has_room_for_words_says_that_nothing_was_measured() {
        let report = simulate(&Scenario::new(vec![("one".to_owned(), Model::ONE_THREAD)])).unwrap();
        for view in [
            report::text(&report, 80),
            report::markdown(&report),
            report::html(&report).unwrap(),
            report::timeline(&report).unwrap(),
        ] {
            assert!(view.contains(super::MARK), "{view}");
            assert!(!view.contains("1970"), "{view}");
        }
        assert!(report::chrome_trace(&report).unwrap().contains("one (simulated)"));
        assert!(report::json(&report).unwrap().contains("\"simulated\": {"));
        let again = report::from_json(&report::json(&report).unwrap()).unwrap();
        assert_eq!(again, report);
    }
}
