//! Results as Markdown.

use polyserve_compare::stats::Interval;
use polyserve_compare::{Placement, Report, Run};

use crate::conditions;
use crate::crowd::Crowd;
use crate::idle::Idle;
use crate::pressure::Pressure;
use crate::results::Results;
use crate::scenario::{self, Scenario, limit_of};
use crate::servers::{Kind, Server};

const UNKNOWN: &str = "–";

/// All scenarios side by side: CPU time of each request.
pub(crate) fn summary(results: &Results, servers: &[Server]) -> String {
    let mut head = vec!["server".to_owned()];
    head.extend(results.reports.iter().map(|(scenario, _)| scenario.column.to_owned()));
    head.push("idle connection".to_owned());
    let row = |server: &Server| {
        let mut row = vec![name(server)];
        row.extend(results.reports.iter().map(|(scenario, _)| {
            results.run(scenario.name, &server.name).map_or_else(|| UNKNOWN.to_owned(), cpu)
        }));
        row.push(results.idle(&server.name).map_or_else(|| UNKNOWN.to_owned(), memory));
        row
    };
    let rows = servers.iter().map(row).filter(|row| row[1..].iter().any(|cell| cell != UNKNOWN)).collect();
    table(&head, rows)
}

/// One scenario in full.
pub(crate) fn of(scenario: &Scenario, report: &Report, servers: &[Server]) -> String {
    let run = |name: &str| report.runs.iter().find(|run| run.contender == name);
    let head = [
        "server",
        "CPU µs (user)",
        "by canned-loop",
        "by canned-threads",
        "req/s",
        "p50",
        "p99",
        "waits",
        "peak memory",
    ];
    let rows = servers.iter().filter_map(|server| Some((server, run(&server.name)?)));
    let rows = rows.map(|(server, measured)| {
        let by = |limit: &str| {
            let of_its_kind = limit_of(server).is_some_and(|own| own == limit || limit == "canned-loop");
            let limit = run(limit).filter(|_| of_its_kind);
            limit.and_then(|limit| measured.cpu_by(limit)).map_or_else(|| UNKNOWN.to_owned(), ratio)
        };
        vec![
            name(server),
            cpu(measured),
            by("canned-loop"),
            by("canned-threads"),
            format!("{:.0}", measured.requests_per_second.value),
            time(measured.latency.p50_ns),
            time(measured.latency.p99_ns),
            measured
                .server
                .voluntary_switches_per_response
                .map_or_else(|| UNKNOWN.to_owned(), |n| format!("{n:.2}")),
            measured.server.peak_memory_bytes.map_or_else(|| UNKNOWN.to_owned(), mib),
        ]
    });
    let mut text = table(&head.map(str::to_owned), rows.collect());
    text.push_str(&format!("\n{}.\n", conditions::of(scenario, report)));
    for run in report.runs.iter().filter(|run| run.errors.total() > 0 || run.starved_connections > 0) {
        text.push_str(&format!(
            "- {}: {} errors, {} connections without an answer in a round\n",
            run.contender,
            run.errors.total(),
            run.starved_connections
        ));
    }
    text
}

/// Memory of idle connections.
pub(crate) fn idle(idle: &[Idle], servers: &[Server]) -> String {
    let head = ["server", "connections", "resident memory each", "kernel stacks each"].map(str::to_owned);
    let found = servers
        .iter()
        .filter_map(|server| Some((server, idle.iter().find(|idle| idle.server == server.name)?)));
    let rows = found.map(|(server, idle)| {
        vec![name(server), idle.connections.to_string(), bytes(idle.resident), bytes(idle.kernel_stacks)]
    });
    let mut text = table(&head, rows.collect());
    let most = idle.iter().map(|idle| idle.connections).max();
    if idle.iter().any(|idle| Some(idle.connections) < most) {
        text.push_str(
            "\nWhere there are fewer connections, twice as many were more than the server could hold.\n",
        );
    }
    text
}

/// Clients that mean no good.
pub(crate) fn crowd(found: &[Crowd], servers: &[Server]) -> String {
    let head = [
        "server",
        "memory rose by",
        "asked meanwhile",
        "got no answer",
        "longest wait",
        "descriptors left over",
    ];
    let row = |server: &Server| {
        let crowd = found.iter().find(|crowd| crowd.server == server.name)?;
        Some(vec![
            name(server),
            mib(crowd.memory),
            crowd.asked.to_string(),
            crowd.refused.to_string(),
            time(Some(crowd.slowest_ns)),
            crowd.leaked.to_string(),
        ])
    };
    table(&head.map(str::to_owned), servers.iter().filter_map(row).collect())
}

/// A large body, and too few descriptors.
pub(crate) fn pressure(found: &[Pressure], servers: &[Server]) -> String {
    let head = ["server", "memory rose by", "echo of 1 GiB took", "first answer after too many clients"];
    let row = |server: &Server| {
        let pressure = found.iter().find(|pressure| pressure.server == server.name)?;
        let recovered = pressure.recovered_ns.map_or("none".to_owned(), |ns| time(Some(ns)));
        Some(vec![name(server), mib(pressure.memory), time(Some(pressure.echo_ns)), recovered])
    };
    table(&head.map(str::to_owned), servers.iter().filter_map(row).collect())
}

pub(crate) fn mib(bytes: u64) -> String {
    format!("{:.1} MiB", bytes as f64 / 1_048_576.0)
}

/// `5.12 (0.42)`: µs, and those in user mode; `102.3 ms (9.5)` where it takes long.
fn cpu(run: &Run) -> String {
    cpu_of(run.server.cpu_ns_per_response, run.server.cpu_user_ns_per_response)
}

fn cpu_of(all: Option<u64>, user: Option<u64>) -> String {
    let Some(all) = all else {
        return UNKNOWN.to_owned();
    };
    let us = |ns: u64| match ns as f64 / 1e3 {
        us if us < 99.95 => format!("{us:.2}"),
        us => format!("{us:.0}"),
    };
    let ms = |ns: u64| format!("{:.1}", ns as f64 / 1e6);
    let long = all >= 10_000_000;
    let user = user.map_or_else(String::new, |user| format!(" ({})", if long { ms(user) } else { us(user) }));
    if long { format!("{} ms{user}", ms(all)) } else { format!("{}{user}", us(all)) }
}

/// `1.04 (1.02–1.06)`.
pub(crate) fn ratio(ratio: Interval) -> String {
    match (ratio.low, ratio.high) {
        (Some(low), Some(high)) => format!("{:.2} ({low:.2}–{high:.2})", ratio.value),
        _ => format!("{:.2}", ratio.value),
    }
}

fn memory(idle: &Idle) -> String {
    match idle.kernel_stacks {
        small if small < 1024.0 => bytes(idle.resident),
        stacks => format!("{} + {} kernel", bytes(idle.resident), bytes(stacks)),
    }
}

pub(crate) fn bytes(bytes: f64) -> String {
    if bytes < 1024.0 { format!("{bytes:.0} B") } else { format!("{:.1} KiB", bytes / 1024.0) }
}

pub(crate) fn time(ns: Option<u64>) -> String {
    match ns {
        None => UNKNOWN.to_owned(),
        Some(ns) if ns < 1_000_000 => format!("{:.0} µs", ns as f64 / 1e3),
        Some(ns) => format!("{:.1} ms", ns as f64 / 1e6),
    }
}

fn name(server: &Server) -> String {
    match server.kind {
        Kind::Ours => format!("**{}**", server.name),
        Kind::Canned | Kind::Peer => server.name.clone(),
    }
}

pub(crate) fn table(head: &[String], rows: Vec<Vec<String>>) -> String {
    let line = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
    let rule: Vec<String> =
        (0..head.len()).map(|at| if at == 0 { ":---" } else { "---:" }.to_owned()).collect();
    let rows: String = rows.iter().map(|row| line(row)).collect();
    format!("{}{}{rows}", line(head), line(&rule))
}

/// The scenarios, as the document explains them.
pub(crate) fn scenarios() -> String {
    let line = |scenario: &Scenario| {
        let apart =
            if scenario.placement == Placement::Apart { "; server and generator on a core each" } else { "" };
        format!("- `{}`: {}{apart}\n", scenario.name, scenario.what)
    };
    scenario::ALL.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_the_digits_that_they_need() {
        let cases = [
            (Some(5123), Some(420), "5.12 (0.42)"),
            (Some(943_210), Some(239_000), "943 (239)"),
            (Some(5123), None, "5.12"),
            (Some(102_345_678), Some(9_512_000), "102.3 ms (9.5)"),
            (None, None, UNKNOWN),
        ];
        for (all, user, text) in cases {
            assert_eq!(cpu_of(all, user), text);
        }
    }

    #[test]
    fn idle_connections_that_were_fewer_are_said_to_be() {
        let server = |name: &str| Server::own(name, Kind::Peer, "x".into(), &[]);
        let servers = ["a", "b"].map(server);
        let of = |server: &str, connections| Idle {
            server: server.to_owned(),
            connections,
            resident: 417.0,
            kernel_stacks: 0.0,
        };
        let few = idle(&[of("a", 10_000), of("b", 5000)], &servers);
        assert!(few.contains("| b | 5000 | 417 B | 0 B |\n\nWhere there are fewer"), "{few}");
        assert!(!idle(&[of("a", 10_000), of("b", 10_000)], &servers).contains("fewer"));
    }
}
