//! The rounds as a table for other programs.

use std::io;

use super::{Report, Round, Run};
use crate::Mode;

/// One line for each contender and round, with a line of names first. Times are nanoseconds, sizes bytes; what is not
/// known is empty. `cpu_ratio` is `cpu_ns_per_response` by that of the baseline in the same round. Quoting is RFC 4180's, lines end with a line feed.
///
/// # Errors
///
/// None for a report made by [`run`](crate::run).
pub fn csv(report: &Report) -> io::Result<String> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record([
        "contender",
        "mode",
        "connections",
        "round",
        "place",
        "started_ns",
        "window_ns",
        "responses",
        "requests_per_second",
        "mean_ns",
        "p50_ns",
        "p90_ns",
        "p99_ns",
        "max_ns",
        "errors",
        "unanswered",
        "unsent",
        "cpu_ns_per_response",
        "cpu_user_ns_per_response",
        "cpu_ratio",
        "peak_memory_bytes",
        "threads",
        "voluntary_switches_per_response",
        "involuntary_switches_per_response",
        "accept_queue",
        "listen_overflows",
    ])?;
    for run in &report.runs {
        let mode = match run.mode {
            Mode::NewConnection => "new_connection",
            Mode::KeepAlive => "keep_alive",
        };
        for round in &run.rounds {
            let server = &round.server;
            writer.write_record([
                run.contender.clone(),
                mode.to_owned(),
                run.connections.to_string(),
                round.number.to_string(),
                round.place.to_string(),
                round.started_ns.to_string(),
                round.window_ns.to_string(),
                round.responses.to_string(),
                round.requests_per_second.to_string(),
                round.latency.mean_ns.to_string(),
                known(round.latency.p50_ns),
                known(round.latency.p90_ns),
                known(round.latency.p99_ns),
                round.latency.max_ns.to_string(),
                round.errors.total().to_string(),
                round.unanswered.to_string(),
                round.unsent.to_string(),
                known(server.cpu_ns_per_response),
                known(server.cpu_user_ns_per_response),
                known(cpu_ratio(report, run, round)),
                known(server.peak_memory_bytes),
                known(server.threads),
                known(server.voluntary_switches_per_response),
                known(server.involuntary_switches_per_response),
                known(round.accept_queue),
                known(round.listen_overflows),
            ])?;
        }
    }
    let bytes = writer.into_inner().map_err(|error| io::Error::other(error.to_string()))?;
    String::from_utf8(bytes).map_err(io::Error::other)
}

/// The round's CPU time per answer by the baseline's in the same round.
fn cpu_ratio(report: &Report, run: &Run, round: &Round) -> Option<f64> {
    let baseline = &run.ratio.as_ref()?.baseline;
    let mut table = report.table(run.connections, run.mode);
    let theirs = table.find(|other| other.contender == *baseline)?;
    let theirs = theirs.rounds.iter().find(|other| other.number == round.number)?.cpu()?;
    (theirs > 0.0).then_some(round.cpu()? / theirs)
}

fn known(value: Option<impl ToString>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}
