//! The cells of the tables, whatever they are drawn with.

use super::{IDEAL_FROM_NS, Latency, Percentile, Report, Run, simulated, units};
use crate::stats::Interval;
use crate::{Cores, Mode};

/// One column of a table.
#[derive(Debug)]
pub(super) struct Column {
    pub(super) head: &'static str,
    pub(super) cells: Vec<String>,
    /// Narrow terminals do without the columns of rank 1 first, then 2, and so on. Rank 0 always stays.
    pub(super) drop_rank: u8,
}

/// The table's title: what one row is, for latency too.
pub(super) fn title(report: &Report, connections: usize, mode: Mode) -> String {
    let from = match (report.rate_per_second, mode) {
        (Some(_), _) => "latency from when a request was due",
        (None, Mode::NewConnection) => "latency from before the connect",
        (None, Mode::KeepAlive) => "latency from before the write",
    };
    match report.connections.len() {
        1 => format!("{mode} ({from})"),
        _ => format!("c={connections}, {mode} ({from})"),
    }
}

struct Rows<'a>(Vec<&'a Run>);

impl Rows<'_> {
    fn column(&self, head: &'static str, drop_rank: u8, cell: impl Fn(&Run) -> String) -> Column {
        Column { head, cells: self.0.iter().map(|run| cell(run)).collect(), drop_rank }
    }

    fn names(&self) -> Column {
        self.column("runtime", 0, |run| run.contender.clone())
    }
}

/// What clients see; the first column holds names, the others figures.
pub(super) fn client_side(report: &Report, connections: usize, mode: Mode) -> Vec<Column> {
    let rows = Rows(report.table(connections, mode).collect());
    let percentile = |head, rank, percentile| {
        rows.column(head, rank, move |run| show_percentile(Some(&run.latency), percentile))
    };
    let from_send = |head, rank, percentile| {
        rows.column(head, rank, move |run| show_percentile(run.latency_from_send.as_ref(), percentile))
    };
    let mut columns = vec![
        rows.names(),
        rows.column("req/s", 0, rate),
        rows.column("95 % CI", 3, |run| margin(&run.requests_per_second)),
        rows.column("of ideal", 4, |run| {
            let ideal = report.ideal_per_second(connections);
            known(ideal.map(|ideal| run.requests_per_second.value / ideal), units::percent)
        }),
        percentile("p50", 0, Percentile::P50),
        percentile("p90", 1, Percentile::P90),
        percentile("p99", 0, Percentile::P99),
        rows.column("max", 0, |run| {
            known((run.latency.count > 0).then_some(run.latency.max_ns), units::time)
        }),
    ];
    if report.rate_per_second.is_some() {
        columns.push(from_send("sent p50", 2, Percentile::P50));
        columns.push(from_send("sent p99", 2, Percentile::P99));
        columns.push(rows.column("unsent", 0, |run| run.unsent.to_string()));
    } else {
        columns.push(rows.column("X·W", 2, |run| known(run.in_system, |n| format!("{n:.1}"))));
    }
    columns.push(rows.column("errors", 0, |run| run.errors.total().to_string()));
    known_to_models(report, &mut columns);
    columns
}

/// A model has no intervals and no memory, and its threads are never preempted.
fn known_to_models(report: &Report, columns: &mut Vec<Column>) {
    if report.simulated.is_some() {
        columns.retain(|column| column.cells.iter().any(|cell| cell != units::UNKNOWN));
    }
}

/// What the figures of [`server_side`] are.
pub(super) fn server_side_title(report: &Report) -> &'static str {
    if report.simulated.is_some() {
        "server's side, in the model"
    } else {
        "server's side: CPU (by the baseline's, 95 % CI), waits, preemptions per request; longest accept queue, drops"
    }
}

/// What it costs the server.
pub(super) fn server_side(report: &Report, connections: usize, mode: Mode) -> Vec<Column> {
    let rows = Rows(report.table(connections, mode).collect());
    let mut columns = vec![
        rows.names(),
        rows.column("CPU/req", 0, |run| known(run.server.cpu_ns_per_response, units::time)),
        rows.column("by base", 2, cpu_ratio),
        rows.column("user", 3, |run| known(run.server.cpu_user_ns_per_response, units::time)),
        rows.column("sys", 3, |run| known(run.server.cpu_system_ns_per_response, units::time)),
        rows.column("waits", 4, |run| known(run.server.voluntary_switches_per_response, units::count)),
        rows.column("preempts", 1, |run| known(run.server.involuntary_switches_per_response, units::count)),
        rows.column("threads", 0, |run| known(run.server.threads, |threads| threads.to_string())),
        rows.column("peak mem", 0, |run| known(run.server.peak_memory_bytes, units::memory)),
        rows.column("mem/conn", 1, |run| known(run.server.memory_bytes_per_connection, units::small_memory)),
        rows.column("queue", 0, |run| known(run.accept_queue, |queue| queue.to_string())),
        rows.column("drops", 5, |run| known(run.listen_overflows, |drops| drops.to_string())),
    ];
    known_to_models(report, &mut columns);
    columns
}

/// Rates by number of connections, for a sweep: a row for each contender, a column for each number.
pub(super) fn sweep(report: &Report, mode: Mode) -> (Vec<String>, Vec<Vec<String>>) {
    let mut head = vec!["req/s at c=".to_owned()];
    head.extend(report.connections.iter().map(ToString::to_string));
    let cell = |contender: &str, connections| {
        let run = report.table(connections, mode).find(|run| run.contender == contender);
        run.map_or_else(|| units::UNKNOWN.to_owned(), rate)
    };
    let row = |contender: &String| {
        let mut row = vec![contender.clone()];
        row.extend(report.connections.iter().map(|connections| cell(contender, *connections)));
        row
    };
    (head, report.contenders.iter().map(row).collect())
}

/// A dagger marks what may be the load generator's rate.
fn rate(run: &Run) -> String {
    let mark = if run.client_bound { "†" } else { "" };
    format!("{}{mark}", units::rate(run.requests_per_second.value))
}

/// `±0.3`, with as many digits as the rate has.
fn margin(rate: &Interval) -> String {
    match rate.half_width() {
        Some(half) if rate.value < 999.95 => format!("±{half:.1}"),
        Some(half) => format!("±{half:.0}"),
        None => units::UNKNOWN.to_owned(),
    }
}

/// `1.05 ±0.02`; the baseline has none.
fn cpu_ratio(run: &Run) -> String {
    let Some(ratio) = run.ratio.as_ref().and_then(|ratio| ratio.cpu) else {
        return units::UNKNOWN.to_owned();
    };
    match ratio.half_width() {
        Some(half) => format!("{:.2} ±{half:.2}", ratio.value),
        None => format!("{:.2}", ratio.value),
    }
}

fn known<T>(value: Option<T>, show: impl Fn(T) -> String) -> String {
    value.map_or_else(|| units::UNKNOWN.to_owned(), show)
}

fn show_percentile(latency: Option<&Latency>, percentile: Percentile) -> String {
    let Some(latency) = latency else {
        return units::UNKNOWN.to_owned();
    };
    let ns = match percentile {
        Percentile::P50 => latency.p50_ns,
        Percentile::P90 => latency.p90_ns,
        Percentile::P99 => latency.p99_ns,
    };
    ns.map_or_else(|| format!("n<{}", percentile.needs()), units::time)
}

/// What was asked, how, and what the ideal is: short pieces for the lines above the tables.
pub(super) fn heading(report: &Report) -> Vec<Vec<String>> {
    let mut lines = match &report.simulated {
        None => measured(report),
        Some(simulated) => simulated::heading(report, simulated),
    };
    if let Some(shape) = &report.shape {
        let set_up = Some(&shape.set_up).filter(|set_up| !set_up.is_empty());
        let line = format!("shape {}: {}", shape.name, shape.shows);
        lines.insert(1, std::iter::once(line).chain(set_up.cloned()).collect());
    }
    lines
}

fn measured(report: &Report) -> Vec<Vec<String>> {
    let same = match report.contenders.len() {
        1 => "only one contender".to_owned(),
        n => format!("identical from all {n}"),
    };
    let mut conditions = match report.rate_per_second {
        None => vec![format!("closed loop, {}", list("c=", &report.connections))],
        Some(rate) => {
            vec![format!("open loop, {} req/s, {}", units::rate(rate), list("c=", &report.connections))]
        }
    };
    if report.pipeline > 1 {
        conditions.push(format!("{} pipelined", report.pipeline));
    }
    conditions.push(rounds(report));
    conditions.push(format!("timeout {}", units::length(std::time::Duration::from_nanos(report.timeout_ns))));
    if let Some(most) = report.ceilings.iter().map(|ceiling| ceiling.requests_per_second).reduce(f64::min) {
        conditions.push(format!("client ceiling {}/s", units::rate(most)));
    }
    if let Some(cores) = &report.cores {
        conditions.push(self::cores(cores));
    }
    let mut lines = vec![
        vec![
            format!("{} {}", report.method, report.path),
            format!("status {}, {} bytes, {same}", report.status, report.body_bytes),
        ],
        vec![format!("one request alone takes W = {}", units::time(report.wait_ns)), ideal(report)],
        conditions,
    ];
    if report.rate_per_second.is_some() {
        lines.push(vec![
            "latency counts from when a request was due, `sent` from when a connection was free to send it:"
                .to_owned(),
            "the difference is the wait that a closed loop hides".to_owned(),
        ]);
    }
    lines
}

/// Who ran where.
pub(super) fn cores(cores: &Cores) -> String {
    let server = match cores.server.as_slice() {
        [core] => format!("core {core}"),
        many => format!("{} cores", many.len()),
    };
    if cores.are_shared() {
        return format!("server and client on {server}");
    }
    format!("server on {server}, client on core {}", cores.client)
}

pub(super) fn ideal(report: &Report) -> String {
    let ideals: Option<Vec<String>> =
        report.connections.iter().map(|n| report.ideal_per_second(*n).map(units::rate)).collect();
    match (ideals.as_deref(), report.connections.as_slice()) {
        (Some([ideal]), [connections]) if report.rate_per_second.is_none() => {
            match report.computed_per_second() {
                Some(most) if most < *connections as f64 * 1e9 / report.wait_ns as f64 => {
                    format!("ideal {ideal} req/s, as much as {} can compute", count(report.server_cores()))
                }
                _ => format!("ideal {connections}/W = {ideal} req/s"),
            }
        }
        (Some(ideals), _) => format!("ideal {} req/s", ideals.join(", ")),
        (None, _) if report.pipeline > 1 => "no ideal rate of pipelined requests".to_owned(),
        (None, _) if report.wait_ns < IDEAL_FROM_NS => "no ideal rate: W is below 1 ms".to_owned(),
        (None, _) => "no ideal rate: W is no wait".to_owned(),
    }
}

pub(super) fn count(cores: usize) -> String {
    if cores == 1 { "1 core".to_owned() } else { format!("{cores} cores") }
}

/// How often and how long everybody was measured.
pub(super) fn rounds(report: &Report) -> String {
    let bound = match report.bound {
        crate::Bound::Duration(length) => units::length(length),
        crate::Bound::Requests(n) => format!("{n} requests"),
    };
    match report.rounds {
        1 => format!("1 round of {bound}"),
        n => format!("{n} interleaved rounds of {bound}"),
    }
}

pub(super) fn list(before: &str, numbers: &[usize]) -> String {
    let numbers: Vec<String> = numbers.iter().map(ToString::to_string).collect();
    format!("{before}{}", numbers.join(","))
}
