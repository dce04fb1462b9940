//! What a reader of the table has to know and would not see in it.

use super::{Errors, Outside, Report, Run, simulated, units};
use crate::{Cores, Mode};

/// Below this part of the connections at work, the figures are those of fewer clients than asked for.
const PRODUCTIVE_FROM: f64 = 0.95;
/// Above this part of a core, it is the load generator that was measured.
const BUSY_FROM: f64 = 0.90;
/// How far rate × latency may be from the connections before it is remarked upon.
const LITTLE_WITHIN: f64 = 0.10;

/// A sentence for each, in the order of the tables.
pub(super) fn warnings(report: &Report) -> Vec<String> {
    let mut found = Vec::new();
    if report.environment.debug_build {
        found.push("this is a debug build: measure with --release".to_owned());
    }
    found.extend(report.outside.iter().map(|outside| not_ours(outside, report.cores.as_ref())));
    for run in &report.runs {
        let mode = match run.mode {
            Mode::NewConnection => "new connections",
            Mode::KeepAlive => "keep-alive",
        };
        let connections =
            if report.connections.len() > 1 { format!(", c={}", run.connections) } else { String::new() };
        for warning in of_run(report, run) {
            found.push(format!("{} ({mode}{connections}): {warning}", run.contender));
        }
    }
    found
}

/// How a server that ran already differs from those that were started, and what to do about it.
fn not_ours(outside: &Outside, cores: Option<&Cores>) -> String {
    let mut text = format!(
        "{} ran already (--url): it is not started afresh for each round, its backlog is its own, and what it costs is \
         not counted",
        outside.contender
    );
    if let Some(Cores { server, client }) = cores.filter(|_| outside.here) {
        let own: Vec<String> = server.iter().map(ToString::to_string).collect();
        let own = own.join(",");
        text.push_str(&format!(
            "; it is not pinned either, so it may share core {client} with the load generator, while the others have core \
             {own} to themselves: start it with `taskset -c {own}`, or measure all with --no-pin"
        ));
    }
    text
}

fn of_run(report: &Report, run: &Run) -> Vec<String> {
    let mut found = Vec::new();
    if run.responses == 0 {
        found.push("no request was answered in the window".to_owned());
    }
    if run.errors.total() > 0 {
        found.push(errors(&run.errors, run.first_connect_error.as_deref()));
    }
    if run.starved_connections > 0 && run.responses > 0 && report.rate_per_second.is_none() {
        found.push(format!(
            "{} of {} connections had no answer in a round; a longer one tells a late turn from none",
            run.starved_connections, run.connections
        ));
    }
    let connections = run.connections as f64;
    let closed_loop = report.rate_per_second.is_none();
    let one_each = closed_loop && report.pipeline == 1;
    if closed_loop && run.productive_connections < PRODUCTIVE_FROM * connections {
        found.push(hanging(run));
    } else if let Some(in_system) =
        run.in_system.filter(|n| one_each && (n / connections - 1.0).abs() > LITTLE_WITHIN)
    {
        found.push(if report.simulated.is_some() {
            simulated::little(in_system, run.connections)
        } else {
            format!(
            "rate × latency is {in_system:.1}, with {connections} connections (Little's law): the rounds are too short \
             for a queue this long, so measure longer"
        )});
    } else if run.unanswered > 0 {
        found.push(format!(
            "{} still without an answer at the end; the latencies leave them out",
            count(run.unanswered, "request")
        ));
    }
    if let Some(overflows @ 1..) = run.listen_overflows {
        found.push(format!(
            "the kernel dropped {} because a listen queue was full: those clients waited {} or more to try again",
            count(overflows, "connection attempt"),
            report.simulated.as_ref().map_or("a second".to_owned(), |simulated| units::time(simulated.retransmit_ns))
        ));
    }
    if run.left_open > 0 {
        found.push(format!(
            "{} stayed open for 100 ms after the last answer: the server should close first",
            count(run.left_open, "connection")
        ));
    }
    if run.reconnects > 0 {
        found.push(format!(
            "the server closed {} although asked to keep them; the client reconnected",
            count(run.reconnects, "connection")
        ));
    }
    if run.unsent > 0 {
        found.push(format!(
            "{} were due and found no free connection: the server fell behind, and the latencies leave them out",
            count(run.unsent, "request")
        ));
    }
    if run.client_bound {
        let ceiling = report.ceiling(run.connections, run.mode).unwrap_or_default();
        found.push(format!(
            "† client-bound: the load generator reaches no more than {}/s with a server that does nothing, so the server \
             may be faster than this rate",
            units::rate(ceiling)
        ));
    } else if let Some(share) = run.client_cpu_share.filter(|share| closed_loop && *share >= BUSY_FROM) {
        found.push(format!(
            "the load generator was busy {} of the time: the server may be faster than this rate",
            units::percent(share.min(1.0))
        ));
    }
    found
}

/// Little's law, said in words: rate × latency comes to fewer connections than there are.
fn hanging(run: &Run) -> String {
    let mut text = format!(
        "rate × latency accounts for {:.1} of {} connections",
        run.productive_connections, run.connections
    );
    match run.unanswered {
        0 => text.push_str("; the others spent their time on requests that failed"),
        n => text.push_str(&format!("; {} unanswered at the end", count(n, "request"))),
    }
    text.push_str(", which the latencies do not show");
    text
}

fn errors(errors: &Errors, first_connect_error: Option<&str>) -> String {
    let kinds = [
        (errors.connect, "not connected"),
        (errors.read, "closed or reset before the answer was complete"),
        (errors.timeout, "timed out"),
        (errors.malformed, "answered with something else than HTTP"),
        (errors.status, "answered with another status than in the check"),
    ];
    let named: Vec<String> =
        kinds.iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!("{n} {what}")).collect();
    let mut text = format!("{} failed: {}", count(errors.total(), "request"), named.join(", "));
    if let Some(first) = first_connect_error {
        text.push_str(&format!(" (first: {first})"));
    }
    text
}

fn count(n: u64, what: &str) -> String {
    let plural = if n == 1 { "" } else { "s" };
    format!("{n} {what}{plural}")
}
