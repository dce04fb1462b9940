//! The cells of the table, whatever it is drawn with.

use super::{Latency, Percentile, Report, Run, units};
use crate::Mode;

/// One column of one mode's table.
#[derive(Debug)]
pub(super) struct Column {
    pub(super) head: &'static str,
    pub(super) cells: Vec<String>,
    /// Narrow terminals do without the columns of rank 1 first, then 2, and so on. Rank 0 always stays.
    pub(super) drop_rank: u8,
}

/// The table's title: what one row is, for latency too.
pub(super) fn title(mode: Mode) -> &'static str {
    match mode {
        Mode::NewConnection => "new connection per request (latency from before the connect)",
        Mode::KeepAlive => "keep-alive (latency from before the write)",
    }
}

/// The columns of a mode's table; the first holds names, the others figures.
pub(super) fn columns(report: &Report, mode: Mode) -> Vec<Column> {
    let runs: Vec<&Run> = report.runs.iter().filter(|run| run.mode == mode).collect();
    let column = |head, drop_rank, cell: &dyn Fn(&Run) -> String| Column {
        head,
        cells: runs.iter().map(|run| cell(run)).collect(),
        drop_rank,
    };
    let percentile = |head, drop_rank, percentile| {
        column(head, drop_rank, &|run| show_percentile(&run.latency, percentile))
    };
    vec![
        column("runtime", 0, &|run| run.contender.clone()),
        column("req/s", 0, &|run| units::rate(run.requests_per_second)),
        column("of ideal", 5, &|run| {
            let share = report.ideal_per_second.map(|ideal| run.requests_per_second / ideal);
            known(share, units::percent)
        }),
        percentile("p50", 0, Percentile::P50),
        percentile("p90", 1, Percentile::P90),
        percentile("p99", 0, Percentile::P99),
        column("max", 0, &|run| known((run.latency.count > 0).then_some(run.latency.max_ns), units::time)),
        column("CPU/req", 4, &|run| known(run.server.cpu_ns_per_response, units::time)),
        column("peak mem", 3, &|run| known(run.server.peak_memory_bytes, units::memory)),
        column("threads", 2, &|run| known(run.server.threads, |threads| threads.to_string())),
        column("errors", 0, &|run| run.errors.total().to_string()),
    ]
}

fn known<T>(value: Option<T>, show: impl Fn(T) -> String) -> String {
    value.map_or_else(|| units::UNKNOWN.to_owned(), show)
}

fn show_percentile(latency: &Latency, percentile: Percentile) -> String {
    let ns = match percentile {
        Percentile::P50 => latency.p50_ns,
        Percentile::P90 => latency.p90_ns,
        Percentile::P99 => latency.p99_ns,
    };
    ns.map_or_else(|| format!("n<{}", percentile.needs()), units::time)
}

/// What was asked, how, and what the ideal is: short pieces for the lines above the tables.
pub(super) fn heading(report: &Report) -> Vec<Vec<String>> {
    let wait = units::time(report.wait_ns);
    let ideal = match report.ideal_per_second {
        Some(ideal) => format!("ideal {}/W = {} req/s", report.connections, units::rate(ideal)),
        None => "no ideal rate: W is below 1 ms".to_owned(),
    };
    let same = match report.contenders.len() {
        1 => "only one contender".to_owned(),
        n => format!("identical from all {n}"),
    };
    let bound = match report.bound {
        crate::Bound::Duration(length) => format!("{} each", units::length(length)),
        crate::Bound::Requests(n) => format!("{n} requests each"),
    };
    let connections = match report.connections {
        1 => "closed loop of 1 connection".to_owned(),
        n => format!("closed loop of {n} connections"),
    };
    vec![
        vec![
            format!("{} {}", report.method, report.path),
            format!("status {}, {} bytes, {same}", report.status, report.body_bytes),
        ],
        vec![format!("one request alone takes W = {wait}"), ideal],
        vec![
            connections,
            bound,
            format!("timeout {}", units::length(std::time::Duration::from_nanos(report.timeout_ns))),
        ],
    ]
}
