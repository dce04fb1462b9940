//! Results as Markdown.

use polyserve_compare::stats::Interval;
use polyserve_compare::{Report, Run};

use crate::idle::Idle;
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
            measured
                .server
                .peak_memory_bytes
                .map_or_else(|| UNKNOWN.to_owned(), |n| format!("{:.1} MiB", n as f64 / 1048576.0)),
        ]
    });
    let mut text = table(&head.map(str::to_owned), rows.collect());
    text.push_str(&format!("\n{}.\n", conditions(scenario, report)));
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

fn conditions(scenario: &Scenario, report: &Report) -> String {
    let window = match report.bound {
        polyserve_compare::Bound::Duration(length) => format!("{} s", length.as_secs_f64()),
        polyserve_compare::Bound::Requests(n) => format!("{n} requests"),
    };
    let cores = report
        .cores
        .as_ref()
        .map_or("wherever the system likes".to_owned(), |cores| format!("both on core {}", cores.client));
    let environment = &report.environment;
    format!(
        "{}; {} interleaved rounds of {window}, server and load generator {cores}; {}, Linux {}, {}",
        scenario.what,
        report.rounds,
        environment.cpu.as_deref().unwrap_or("unknown processor"),
        environment.kernel.as_deref().unwrap_or("unknown"),
        environment.rustc.as_deref().unwrap_or("unknown compiler"),
    )
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
    table(&head, rows.collect())
}

/// `5.12 (0.42)`: µs, and those in user mode.
fn cpu(run: &Run) -> String {
    let us = |ns: u64| match ns as f64 / 1e3 {
        us if us < 99.95 => format!("{us:.2}"),
        us => format!("{us:.0}"),
    };
    match (run.server.cpu_ns_per_response, run.server.cpu_user_ns_per_response) {
        (Some(all), Some(user)) => format!("{} ({})", us(all), us(user)),
        (Some(all), None) => us(all),
        _ => UNKNOWN.to_owned(),
    }
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
    scenario::ALL.iter().map(|scenario| format!("- `{}`: {}\n", scenario.name, scenario.what)).collect()
}
