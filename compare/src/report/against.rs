//! Two reports side by side: what changed, and whether it is real.

use super::{Report, Round, Run, rows, units};
use crate::stats::{Better, Interval, Verdict, unpaired};

/// What has become of the contenders of an earlier report. Rounds of different runs have nothing in common, so they are
/// not paired, and a difference has to be larger than between contenders of one run.
///
/// A line for each contender, mode and number of connections that both have: the change of the rate and of the median,
/// each with its 95 % interval and a word. Before them stands what was measured differently.
pub fn against(report: &Report, earlier: &Report) -> String {
    let mut out = String::new();
    for difference in differences(report, earlier) {
        out.push_str(&format!("! {difference}\n"));
    }
    let mut rows = Vec::new();
    for run in &report.runs {
        let mut table = earlier.table(run.connections, run.mode);
        let Some(before) = table.find(|before| before.contender == run.contender) else {
            out.push_str(&format!("! {}: not in the earlier report\n", label(report, run)));
            continue;
        };
        rows.push([
            label(report, run),
            change(run, before, Better::Higher, |round| Some(round.requests_per_second)),
            change(run, before, Better::Lower, |round| round.latency.p50_ns.map(|ns| ns as f64)),
        ]);
    }
    let width =
        |column: usize| rows.iter().map(|row: &[String; 3]| row[column].chars().count()).max().unwrap_or(0);
    let (first, second) = (width(0), width(1));
    for [name, rate, median] in &rows {
        out.push_str(format!("{name:first$}  req/s {rate:second$}  p50 {median}").trim_end());
        out.push('\n');
    }
    out
}

fn label(report: &Report, run: &Run) -> String {
    let mut label = run.contender.clone();
    if report.modes.len() > 1 {
        label.push_str(&format!(", {}", run.mode));
    }
    if report.connections.len() > 1 {
        label.push_str(&format!(", c={}", run.connections));
    }
    label
}

/// `−0.4 % (−1.2 … +0.5) same`.
fn change(now: &Run, before: &Run, better: Better, figure: fn(&Round) -> Option<f64>) -> String {
    let figures = |run: &Run| run.rounds.iter().map(figure).collect::<Option<Vec<f64>>>();
    let ratio = figures(now).zip(figures(before)).and_then(|(now, before)| unpaired(&now, &before));
    let Some(ratio) = ratio else {
        return format!("{} (too few answers)", units::UNKNOWN);
    };
    let Interval { value, low, high } = ratio;
    let range = match (low, high) {
        (Some(low), Some(high)) => format!(" ({} … {})", part(low), part(high)),
        _ => String::new(),
    };
    format!("{} %{range} {}", part(value), Verdict::of(&ratio, better))
}

fn part(ratio: f64) -> String {
    let percent = (ratio - 1.0) * 100.0;
    let sign = if percent < 0.0 { '−' } else { '+' };
    format!("{sign}{:.1}", percent.abs())
}

/// What keeps the figures from being comparable.
fn differences(report: &Report, earlier: &Report) -> Vec<String> {
    let mut found: Vec<String> = report
        .environment
        .differences(&earlier.environment)
        .into_iter()
        .map(|(what, now, before)| format!("{what}: it was {before}, it is {now}"))
        .collect();
    let load =
        |report: &Report| report.rate_per_second.map_or("closed loop".to_owned(), |rate| format!("{rate}/s"));
    let cores = |report: &Report| report.cores.as_ref().map_or("the system's choice".to_owned(), rows::cores);
    let conditions = [
        (
            "the request",
            format!("{} {}", report.method, report.path),
            format!("{} {}", earlier.method, earlier.path),
        ),
        ("the answer", format!("{} bytes", report.body_bytes), format!("{} bytes", earlier.body_bytes)),
        ("the load", load(report), load(earlier)),
        ("the cores", cores(report), cores(earlier)),
        ("the rounds", rows::rounds(report), rows::rounds(earlier)),
    ];
    let conditions = conditions.into_iter().filter(|(_, now, before)| now != before);
    found.extend(conditions.map(|(what, now, before)| format!("{what}: it was {before}, it is {now}")));
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::tests::report;

    #[test]
    fn a_change_is_told_with_its_interval_and_a_word() {
        let earlier = report();
        let mut now = report();
        for round in
            now.runs.iter_mut().filter(|run| run.contender == "threaded").flat_map(|run| &mut run.rounds)
        {
            round.requests_per_second *= 0.95;
        }
        let text = against(&now, &earlier);
        let threaded = text.lines().find(|line| line.starts_with("threaded")).unwrap();
        assert!(threaded.contains("req/s −5.0 % (−5.") && threaded.contains(") slower"), "{text}");
        assert!(threaded.ends_with("same") && !text.contains('!'), "{text}");
        assert!(text.lines().any(|line| line.starts_with("blocking") && line.contains(") same")), "{text}");
    }

    #[test]
    fn what_was_measured_differently_is_said_first() {
        let mut earlier = report();
        earlier.environment.cores = 64;
        earlier.path = "/other".to_owned();
        earlier.runs.retain(|run| run.contender != "blocking");
        let text = against(&report(), &earlier);
        assert!(text.starts_with("! cores: it was 64, it is 2\n! the request: it was GET /other"), "{text}");
        assert!(
            text.contains("! blocking, new connection per request: not in the earlier report\n"),
            "{text}"
        );
    }
}
