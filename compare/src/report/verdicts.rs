//! Who is faster than whom, in words, and what to try next.

use super::why::{Facts, why};
use super::{Report, Run, load, simulated, units};
use crate::Mode;
use crate::stats::{Interval, SAME_WITHIN, Verdict};

/// From how many times on a difference is told in times and no longer in percent.
const TIMES_FROM: f64 = 2.0;
/// Where threads and loops part company.
const MANY_CONNECTIONS: usize = 1000;

/// A word and what it is said of.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) word: &'static str,
    pub(super) text: String,
}

/// The lines below a table: who is faster than whom, and why each is as fast as it is.
pub(super) fn lines(report: &Report, connections: usize, mode: Mode) -> Vec<Line> {
    let mut lines = differences(report, connections, mode);
    for run in report.table(connections, mode) {
        if let Some(reason) = why(&Facts::of(report, run)) {
            lines.push(Line { word: "why", text: format!("{}: {reason}", run.contender) });
        }
    }
    lines
}

/// None for one contender, who is alone.
fn differences(report: &Report, connections: usize, mode: Mode) -> Vec<Line> {
    let runs: Vec<&Run> = report.table(connections, mode).collect();
    if report.simulated.is_some() {
        return simulated::differences(&runs);
    }
    let Some(baseline) = runs.iter().find_map(|run| run.ratio.as_ref()).map(|ratio| ratio.baseline.as_str())
    else {
        return Vec::new();
    };
    let mut lines = Vec::new();
    // The baseline stands among its equals where it stands in the table.
    let same: Vec<&str> = runs
        .iter()
        .filter(|run| run.contender == baseline || verdict(run) == Some(Verdict::Same))
        .map(|run| run.contender.as_str())
        .collect();
    if same.len() > 1 {
        let text =
            format!("{}   (95 % CI of every ratio within ±{:.0} %)", same.join(" ≈ "), SAME_WITHIN * 100.0);
        lines.push(Line { word: "same", text });
    }
    for (word, wanted) in [("faster", Verdict::Faster), ("slower", Verdict::Slower)] {
        for run in runs.iter().filter(|run| verdict(run) == Some(wanted)) {
            if let Some(ratio) = &run.ratio {
                lines.push(Line {
                    word,
                    text: format!("{}: {}", run.contender, difference(&ratio.rate, baseline)),
                });
            }
        }
    }
    for run in runs.iter().filter(|run| verdict(run) == Some(Verdict::Inconclusive)) {
        if let Some(ratio) = &run.ratio {
            let text =
                format!("{}: {} {baseline}'s rate; give more budget", run.contender, percent(&ratio.rate));
            lines.push(Line { word: "inconclusive", text });
        }
    }
    lines
}

fn verdict(run: &Run) -> Option<Verdict> {
    run.ratio.as_ref().map(|ratio| ratio.verdict)
}

/// `9.9× (9.8 … 10.0) fewer requests than threaded`, `5.1 % (4.0 … 6.2) more requests than threaded`.
fn difference(ratio: &Interval, baseline: &str) -> String {
    let (word, times) = if ratio.value < 1.0 { ("fewer", ratio.reciprocal()) } else { ("more", *ratio) };
    if times.value >= TIMES_FROM {
        let range = bounds(&times, |times| format!("{times:.1}"));
        return format!("{:.1}×{range} {word} requests than {baseline}", times.value);
    }
    let by = |ratio: f64| format!("{:.1}", (ratio - 1.0).abs() * 100.0);
    // From the smaller difference to the larger.
    let range = match (ratio.value < 1.0, ratio.low, ratio.high) {
        (true, Some(low), Some(high)) => format!(" ({} … {})", by(high), by(low)),
        (false, Some(low), Some(high)) => format!(" ({} … {})", by(low), by(high)),
        _ => String::new(),
    };
    format!("{} %{range} {word} requests than {baseline}", by(ratio.value))
}

/// `97 % (91 … 104) of`.
fn percent(ratio: &Interval) -> String {
    let range = bounds(ratio, |ratio| format!("{:.0}", ratio * 100.0));
    format!("{:.0} %{range} of", ratio.value * 100.0)
}

fn bounds(interval: &Interval, show: impl Fn(f64) -> String) -> String {
    match (interval.low, interval.high) {
        (Some(low), Some(high)) => format!(" ({} … {})", show(low), show(high)),
        _ => String::new(),
    }
}

/// The command that tells more, and why.
pub(super) fn next(report: &Report) -> Option<Line> {
    if let Some(simulated) = &report.simulated {
        return Some(simulated::next(report, simulated));
    }
    let inconclusive = report.runs.iter().any(|run| verdict(run) == Some(Verdict::Inconclusive));
    let unsent = report.runs.iter().any(|run| run.unsent > 0);
    let most = report.connections.iter().copied().max().unwrap_or(0);
    let (flags, why) = if report.interrupted {
        (String::new(), "to its end".to_owned())
    } else if let (Some(rate), true, [_]) = (report.rate_per_second, unsent, report.connections.as_slice()) {
        let connections = load::connections_for(rate, report.wait_ns);
        (format!("-c {connections}"), format!("enough connections for {}/s", units::rate(rate)))
    } else if inconclusive && report.rounds < 2 {
        ("--rounds 5".to_owned(), "one round has no interval".to_owned())
    } else if inconclusive {
        ("--budget 2m".to_owned(), "more rounds narrow the intervals".to_owned())
    } else if report.rate_per_second.is_none()
        && report.connections.len() == 1
        && most < MANY_CONNECTIONS
        && report.runs.len() > 1
    {
        (format!("-c {MANY_CONNECTIONS}"), "where threads and loops part company".to_owned())
    } else {
        return None;
    };
    let command = again(&report.command, &flags);
    Some(Line { word: "next", text: format!("{command}   ({why})") })
}

/// The command line with more flags, of which the last counts.
pub(super) fn again(command: &[String], flags: &str) -> String {
    let mut words: Vec<String> = Vec::new();
    for (at, word) in command.iter().enumerate() {
        let word = if at == 0 { word.rsplit(['/', '\\']).next().unwrap_or(word) } else { word };
        words.push(quoted(word));
    }
    if words.is_empty() {
        words.push("compare".to_owned());
    }
    if !flags.is_empty() {
        words.push(flags.to_owned());
    }
    words.join(" ")
}

/// As a POSIX shell takes it back.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_=./:,@%+".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn interval(low: f64, value: f64, high: f64) -> Interval {
        Interval { value, low: Some(low), high: Some(high) }
    }

    #[test]
    fn a_difference_is_told_in_percent_and_a_large_one_in_times() {
        for (ratio, expected) in [
            (interval(0.1, 0.101, 0.102), "9.9× (9.8 … 10.0) fewer requests than it"),
            (interval(0.938, 0.949, 0.96), "5.1 % (4.0 … 6.2) fewer requests than it"),
            (interval(1.04, 1.051, 1.062), "5.1 % (4.0 … 6.2) more requests than it"),
            (interval(2.9, 3.0, 3.1), "3.0× (2.9 … 3.1) more requests than it"),
            (Interval { value: 3.0, low: None, high: None }, "3.0× more requests than it"),
        ] {
            assert_eq!(difference(&ratio, "it"), expected);
        }
        assert_eq!(percent(&interval(0.91, 0.97, 1.04)), "97 % (91 … 104) of");
    }

    #[test]
    fn a_command_is_repeated_as_a_shell_takes_it() {
        let command = ["/a/polyserve", "compare", "-H", "x: it's"].map(str::to_owned);
        assert_eq!(again(&command, "-c 7"), r"polyserve compare -H 'x: it'\''s' -c 7");
        assert_eq!(again(&[], "-c 7"), "compare -c 7");
    }
}
