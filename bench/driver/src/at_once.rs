//! A server and its limit on one core at the same time, each under a load of its own.
//!
//! What the machine's neighbours take they take from both, so that the ratio is steady where rounds that follow each other
//! are not. Two servers are colder than one: such ratios compare with each other, and not with those of the scenarios.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use polyserve_compare::stats::{Interval, paired};
use polyserve_compare::{Cores, Error, Placement, Plan, Progress, Report, run};
use serde::{Deserialize, Serialize};

use crate::measure::{self, Effort};
use crate::scenario::{Scenario, limit_of};
use crate::servers::{Kind, Server};
use crate::table::{self, ratio};

/// The loads that one core carries for two servers.
const SCENARIOS: [&str; 4] = ["keep-alive", "keep-alive-1000", "pipeline-16", "new-connection"];
/// What peers stand beside polyserve's own engine, where nobody has named servers.
const PEERS: [&str; 3] = ["hyper", "may_minihttp", "nginx"];
/// Both have begun well before the windows open.
const WARM_UP: Duration = Duration::from_secs(1);

/// What was found.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct AtOnce {
    core: Option<usize>,
    window_seconds: f64,
    pairs: Vec<Pair>,
}

/// A server and its limit under one load, a figure for each round: CPU time of a request in nanoseconds.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Pair {
    server: String,
    limit: String,
    scenario: String,
    its: Vec<f64>,
    limits: Vec<f64>,
}

/// Whether it takes part where nobody has named servers.
fn is_chosen(server: &Server) -> bool {
    match server.kind {
        // Its engine is hyper's.
        Kind::Ours => server.name != "polyserve hyper",
        Kind::Peer => PEERS.contains(&server.name.as_str()),
        Kind::Canned => false,
    }
}

/// Measures each server beside its limit; all of them, if they are `named`.
pub(crate) fn measure(
    servers: &[Server],
    named: bool,
    effort: Effort,
    stopped: &Arc<AtomicBool>,
) -> Result<AtOnce, Error> {
    let mut found = AtOnce { core: None, window_seconds: effort.window.as_secs_f64(), pairs: Vec::new() };
    let subjects = || servers.iter().filter(|server| named || is_chosen(server));
    for scenario in SCENARIOS.into_iter().filter_map(Scenario::named) {
        for server in subjects().filter(|server| scenario.takes(server)) {
            let limit = limit_of(server).and_then(|name| servers.iter().find(|limit| limit.name == name));
            let Some(limit) = limit else { continue };
            let mut pair = Pair {
                server: server.name.clone(),
                limit: limit.name.clone(),
                scenario: scenario.name.to_owned(),
                its: Vec::new(),
                limits: Vec::new(),
            };
            for round in 0..effort.rounds {
                eprint!("\r\x1b[Kat-once: {}, round {}: {}", scenario.name, round + 1, server.name);
                // Whoever is started first has the core for itself, for some milliseconds.
                let order = if round % 2 == 0 { [server, limit] } else { [limit, server] };
                let [first, second] = one_round(scenario, order, effort, stopped)?;
                let (its, limits) = if round % 2 == 0 { (first, second) } else { (second, first) };
                found.core = its.core;
                pair.its.push(its.cpu);
                pair.limits.push(limits.cpu);
            }
            found.pairs.push(pair);
        }
    }
    eprint!("\r\x1b[K");
    Ok(found)
}

/// What one round of one server shows.
#[derive(Clone, Copy, Debug)]
struct Found {
    core: Option<usize>,
    cpu: f64,
}

/// Both under load, at the same time.
fn one_round(
    scenario: &Scenario,
    servers: [&Server; 2],
    effort: Effort,
    stopped: &AtomicBool,
) -> Result<[Found; 2], Error> {
    let effort = Effort { rounds: 1, ..effort };
    let [first, second] = thread::scope(|scope| {
        let threads = servers.map(|server| {
            scope.spawn(move || {
                let mut plan: Plan = measure::plan(scenario, std::slice::from_ref(server), effort);
                plan.placement = Placement::Together;
                plan.warm_up = WARM_UP;
                found(&run(&plan, &mut Silent(stopped))?)
            })
        });
        threads.map(|thread| thread.join().map_err(|_| failed("a load has panicked"))?)
    });
    Ok([first?, second?])
}

fn found(report: &Report) -> Result<Found, Error> {
    if report.interrupted {
        return Err(Error::Interrupted);
    }
    let run = report.runs.first().ok_or_else(|| failed("nothing was measured"))?;
    if run.errors.total() > 0 || run.starved_connections > 0 {
        return Err(failed(&format!("{}: errors, or connections without an answer", run.contender)));
    }
    let cpu = run.server.cpu_ns_per_response.ok_or_else(|| failed("a server's CPU time is unknown"))?;
    let shared = report.cores.as_ref().filter(|cores| cores.are_shared());
    Ok(Found { core: shared.map(|cores: &Cores| cores.client), cpu: cpu as f64 })
}

fn failed(why: &str) -> Error {
    Error::Generator(io::Error::other(why.to_owned()))
}

/// Says nothing: two of them would write over each other.
struct Silent<'a>(&'a AtomicBool);

impl Progress for Silent<'_> {
    fn cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// A row for each server, a column for each load.
pub(crate) fn markdown(found: &AtOnce) -> String {
    let scenarios = || SCENARIOS.into_iter().filter_map(Scenario::named);
    let mut head = vec!["server".to_owned(), "by".to_owned()];
    head.extend(scenarios().map(|scenario| scenario.column.to_owned()));
    let mut servers: Vec<(&str, &str)> = Vec::new();
    for pair in &found.pairs {
        let named = (pair.server.as_str(), pair.limit.as_str());
        if !servers.contains(&named) {
            servers.push(named);
        }
    }
    let row = |(server, limit): &(&str, &str)| {
        let mut row = vec![(*server).to_owned(), (*limit).to_owned()];
        row.extend(scenarios().map(|scenario| {
            let pair =
                found.pairs.iter().find(|pair| pair.server == *server && pair.scenario == scenario.name);
            pair.and_then(Pair::ratio).map_or_else(|| "–".to_owned(), ratio)
        }));
        row
    };
    let rounds = found.pairs.iter().map(|pair| pair.its.len()).max().unwrap_or(0);
    let place =
        found.core.map_or_else(|| "wherever the system likes".to_owned(), |core| format!("on core {core}"));
    format!(
        "{}\nCPU time of a request by that of the other, {rounds} rounds of {} s, both servers and their load generators {place}.\n",
        table::table(&head, servers.iter().map(row).collect()),
        found.window_seconds,
    )
}

impl Pair {
    fn ratio(&self) -> Option<Interval> {
        paired(&self.its, &self.limits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair(server: &str, limit: &str, scenario: &str, its: [f64; 2], limits: [f64; 2]) -> Pair {
        let [server, limit, scenario] = [server, limit, scenario].map(str::to_owned);
        Pair { server, limit, scenario, its: its.into(), limits: limits.into() }
    }

    #[test]
    fn each_server_is_by_its_limit_whatever_a_round_has_taken() {
        let found = AtOnce {
            core: Some(1),
            window_seconds: 0.5,
            pairs: vec![
                pair("a", "canned-loop", "keep-alive", [1200.0, 3600.0], [1000.0, 3000.0]),
                pair("a", "canned-loop", "pipeline-16", [300.0, 150.0], [200.0, 100.0]),
                pair("b", "canned-threads", "keep-alive", [2200.0, 1100.0], [2000.0, 1000.0]),
            ],
        };
        let text = markdown(&found);
        let rows = [
            "| server | by | keep-alive | 1,000 connections | 16 pipelined | new connection each |",
            "| a | canned-loop | 1.20 (1.20–1.20) | – | 1.50 (1.50–1.50) | – |",
            "| b | canned-threads | 1.10 (1.10–1.10) | – | – | – |",
            "2 rounds of 0.5 s, both servers and their load generators on core 1.",
        ];
        for row in rows {
            assert!(text.contains(row), "{row}\n{text}");
        }
    }

    #[test]
    fn the_loads_are_scenarios_that_one_core_carries() {
        for name in SCENARIOS {
            assert_eq!(Scenario::named(name).map(|scenario| scenario.placement), Some(Placement::Together));
        }
    }
}
