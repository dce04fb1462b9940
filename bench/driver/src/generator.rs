//! The load generator beside wrk: whether a server costs the same under either.
//!
//! Both load the same servers from the same core in interleaved rounds, and the server's CPU time is read from the same clock.

use std::io;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use polyserve_compare::stats::{Interval, paired};
use polyserve_compare::{Error, run};
use serde::{Deserialize, Serialize};

use crate::measure::{self, Effort, Lines};
use crate::scenario::Scenario;
use crate::servers::Server;
use crate::table::{self, ratio};

/// The limit, and a server that parses.
pub(crate) const SERVERS: [&str; 2] = ["canned-loop", "polyserve poll-loop"];
/// Whose load wrk imitates.
const SCENARIO: &str = "keep-alive";

/// What was found.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Generator {
    /// wrk's name and version.
    wrk: String,
    connections: usize,
    core: usize,
    window_seconds: u64,
    servers: Vec<Loaded>,
}

/// One server under both, a figure for each round: CPU time of a request in nanoseconds.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Loaded {
    server: String,
    ours: Vec<f64>,
    wrks: Vec<f64>,
}

/// Measures in rounds, each generator first in every other one; `None`, with a word on standard error, where wrk, taskset or
/// a server is missing.
pub(crate) fn measure(
    servers: &[Server],
    effort: Effort,
    stopped: &Arc<AtomicBool>,
) -> Result<Option<Generator>, Error> {
    let servers: Vec<Server> =
        servers.iter().filter(|server| SERVERS.contains(&server.name.as_str())).cloned().collect();
    let (Some(wrk), Some(_), Some(scenario)) =
        (version("wrk"), version("taskset"), Scenario::named(SCENARIO))
    else {
        eprintln!("generator: wrk or taskset is not there: the generator is not held against wrk");
        return Ok(None);
    };
    if servers.len() < SERVERS.len() {
        eprintln!("generator: this takes {}", SERVERS.join(" and "));
        return Ok(None);
    }
    // wrk knows whole seconds.
    let window_seconds = effort.window.as_secs().max(1);
    let round = Effort { rounds: 1, window: Duration::from_secs(window_seconds), ..effort };
    let mut found = Generator {
        wrk,
        connections: scenario.connections,
        core: 0,
        window_seconds,
        servers: servers.iter().map(|server| Loaded::new(&server.name)).collect(),
    };
    for number in 0..effort.rounds {
        let round = Effort { seed: effort.seed + number as u64, ..round };
        // Ours begins, for it says which core it is.
        let ours_first = number % 2 == 0;
        for by_ours in [ours_first, !ours_first] {
            if by_ours {
                ours(scenario, &servers, &mut found, round, stopped)?;
            } else {
                wrks(&servers, &mut found, number, stopped)?;
            }
        }
    }
    Ok(Some(found))
}

fn ours(
    scenario: &Scenario,
    servers: &[Server],
    found: &mut Generator,
    effort: Effort,
    stopped: &Arc<AtomicBool>,
) -> Result<(), Error> {
    let plan = measure::plan(scenario, servers, effort);
    let report = run(&plan, &mut Lines { head: "generator".to_owned(), stopped: Arc::clone(stopped) })?;
    if report.interrupted {
        return Err(Error::Interrupted);
    }
    found.core = report.cores.map_or(0, |cores| cores.client);
    for (loaded, run) in found.servers.iter_mut().zip(&report.runs) {
        let cpu = run.server.cpu_ns_per_response;
        loaded.ours.push(cpu.ok_or_else(|| failed("a server's CPU time is unknown"))? as f64);
    }
    Ok(())
}

fn wrks(servers: &[Server], found: &mut Generator, round: usize, stopped: &AtomicBool) -> Result<(), Error> {
    for (server, loaded) in servers.iter().zip(&mut found.servers) {
        if stopped.load(Ordering::Relaxed) {
            return Err(Error::Interrupted);
        }
        eprint!("\r\x1b[Kgenerator: round {}: {} by wrk", round + 1, server.name);
        let contender =
            server.on_core(found.core).ok_or_else(|| failed("a server that taskset cannot start"))?;
        let running = polyserve_compare::Server::of(&contender)?;
        let cpu = || running.cpu_ns().ok_or_else(|| failed("a server's CPU time is unknown"));
        let before = cpu()?;
        let output = Command::new("taskset")
            .args(["--cpu-list", &found.core.to_string(), "wrk", "--threads", "1"])
            .args(["--connections", &found.connections.to_string()])
            .args(["--duration", &format!("{}s", found.window_seconds)])
            .arg(format!("http://{}/", running.addr()))
            .output()
            .map_err(Error::Generator)?;
        let after = cpu()?;
        let requests = requests(&String::from_utf8_lossy(&output.stdout)).map_err(|why| failed(&why))?;
        loaded.wrks.push((after - before) as f64 / requests as f64);
    }
    eprint!("\r\x1b[K");
    Ok(())
}

fn failed(why: &str) -> Error {
    Error::Generator(io::Error::other(why))
}

/// How many requests wrk says were answered.
fn requests(output: &str) -> Result<u64, String> {
    if let Some(line) = output
        .lines()
        .map(str::trim)
        .find(|line| line.starts_with("Socket errors:") || line.starts_with("Non-2xx or 3xx responses:"))
    {
        return Err(format!("wrk: {line}"));
    }
    let count = output.lines().find_map(|line| line.trim().split_once(" requests in ")?.0.parse().ok());
    count.filter(|count| *count > 0).ok_or_else(|| format!("wrk reports no requests: {}", output.trim()))
}

/// The first words of a program about itself; `None` if it is not there.
fn version(program: &str) -> Option<String> {
    // wrk takes the question for a mistake, and answers it all the same.
    let output = Command::new(program).arg("-v").stderr(Stdio::null()).output();
    let output = output.or_else(|_| Command::new(program).arg("--version").output()).ok()?;
    let text = String::from_utf8_lossy(&output.stdout);
    let line = text.lines().next().unwrap_or(program);
    Some(line.split(" Copyright").next().unwrap_or(line).trim().to_owned())
}

impl Loaded {
    fn new(server: &str) -> Self {
        Self { server: server.to_owned(), ours: Vec::new(), wrks: Vec::new() }
    }
}

/// The rows, and what the one server is by the other under each generator.
pub(crate) fn markdown(found: &Generator) -> String {
    let us = |values: &[f64]| format!("{:.2}", Interval::of_mean(values).value / 1e3);
    let by = |ours: &[f64], base: &[f64]| paired(ours, base).map_or_else(|| "–".to_owned(), ratio);
    let head = ["server", "CPU µs by ours", "CPU µs by wrk", "ours by wrk"].map(str::to_owned);
    let row = |loaded: &Loaded| {
        vec![loaded.server.clone(), us(&loaded.ours), us(&loaded.wrks), by(&loaded.ours, &loaded.wrks)]
    };
    let mut text = table::table(&head, found.servers.iter().map(row).collect());
    if let [base, other] = &found.servers[..] {
        text.push_str(&format!(
            "\n{} by {}: {} under ours, {} under wrk. ",
            other.server,
            base.server,
            by(&other.ours, &base.ours),
            by(&other.wrks, &base.wrks)
        ));
    }
    let rounds = found.servers.first().map_or(0, |loaded| loaded.wrks.len());
    text.push_str(&format!(
        "{} connections that are kept, {rounds} interleaved rounds of {} s, server and generator both on core {}; {}.\n",
        found.connections, found.window_seconds, found.core, found.wrk
    ));
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const OUTPUT: &str = "Running 2s test @ http://127.0.0.1:1234/\n  1 threads and 64 connections\n\
         \x20 Thread Stats   Avg      Stdev     Max   +/- Stdev\n    Latency   785.09us  157.98us   4.71ms   92.26%\n\
         \x20 163012 requests in 2.01s, 13.37MB read\nRequests/sec:  81099.70\nTransfer/sec:      6.65MB\n";

    #[test]
    fn requests_are_read_from_what_wrk_prints() {
        assert_eq!(requests(OUTPUT), Ok(163_012));
    }

    #[test]
    fn a_load_with_errors_is_no_measurement() {
        for line in
            ["  Socket errors: connect 0, read 3, write 0, timeout 0", "  Non-2xx or 3xx responses: 5"]
        {
            let error = requests(&format!("{OUTPUT}{line}\n")).unwrap_err();
            assert_eq!(error, format!("wrk: {}", line.trim()));
        }
        assert!(
            requests("unable to connect to 127.0.0.1:1 Connection refused\n")
                .unwrap_err()
                .contains("refused")
        );
        assert!(requests("  0 requests in 1.00s, 0.00B read\n").is_err());
    }

    #[test]
    fn the_table_holds_both_generators_against_each_other() {
        let loaded = |server: &str, ours: [f64; 2], wrks: [f64; 2]| Loaded {
            server: server.to_owned(),
            ours: ours.into(),
            wrks: wrks.into(),
        };
        let found = Generator {
            wrk: "wrk 4".to_owned(),
            connections: 64,
            core: 1,
            window_seconds: 3,
            servers: vec![
                loaded("a", [1000.0, 2000.0], [2000.0, 4000.0]),
                loaded("b", [3000.0, 6000.0], [5000.0, 10_000.0]),
            ],
        };
        let text = markdown(&found);
        assert!(text.contains("| a | 1.50 | 3.00 | 0.50 (0.50–0.50) |"), "{text}");
        assert!(text.contains("b by a: 3.00 (3.00–3.00) under ours, 2.50 (2.50–2.50) under wrk."), "{text}");
        assert!(
            text.contains("2 interleaved rounds of 3 s, server and generator both on core 1; wrk 4.\n"),
            "{text}"
        );
    }
}
