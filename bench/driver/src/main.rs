//! Measures polyserve and its peers side by side, and says whether polyserve reaches its goals.
//!
//! `cargo run --release` in `bench/` builds everything and measures for about half an hour; `--quick` takes a few minutes and
//! `--only`, `--servers` and `--rounds` less. PERFORMANCE.md says what the figures are.

use std::error::Error;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use std::{fs, io, process};

use clap::Parser;

use measure::Effort;
use results::Results;
use scenario::Scenario;
use servers::Server;

mod document;
mod goals;
mod idle;
mod measure;
mod results;
mod scenario;
mod servers;
mod table;

/// Measures polyserve and its peers side by side
#[derive(Debug, Parser)]
struct Args {
    /// Only these scenarios [default: all]
    #[arg(long, value_delimiter = ',', value_name = "NAME,NAME")]
    only: Vec<String>,

    /// Only these servers, and the canned ones that they are held against [default: all that are there]
    #[arg(long, value_delimiter = ',', value_name = "NAME,NAME")]
    servers: Vec<String>,

    /// Rounds in which everybody is measured once
    #[arg(long, default_value_t = 5, value_name = "N")]
    rounds: usize,

    /// How long everybody is measured in each round
    #[arg(long, default_value_t = 3.0, value_name = "SECONDS")]
    seconds: f64,

    /// Three rounds of a second
    #[arg(long, conflicts_with_all = ["rounds", "seconds"])]
    quick: bool,

    /// Idle connections whose memory is measured
    #[arg(long, default_value_t = 10_000, value_name = "N")]
    idle_connections: usize,

    /// Decides the order of the servers
    #[arg(long, default_value_t = 1, value_name = "N")]
    seed: u64,

    /// nginx, if it is not on the PATH
    #[arg(long, value_name = "PROGRAM")]
    nginx: Option<PathBuf>,

    /// An earlier polyserve-peer: its runtimes take part as `... before`
    #[arg(long, value_name = "PROGRAM")]
    before: Option<PathBuf>,

    /// Measures nothing: makes the tables of what was measured last
    #[arg(long)]
    render: bool,

    /// Writes the tables into PERFORMANCE.md
    #[arg(long)]
    update: bool,

    /// Lists scenarios and servers
    #[arg(long)]
    list: bool,
}

const IDLE: &str = "idle";

fn main() -> Result<(), Box<dyn Error>> {
    let args = Args::parse();
    let all = servers::all(args.nginx.as_deref(), args.before.as_deref());
    if args.list {
        println!("scenarios:\n{}- `{IDLE}`: memory of idle connections\n\nservers:", table::scenarios());
        all.iter().for_each(|server| println!("- {}", server.name));
        return Ok(());
    }
    if !args.render {
        measure_all(&args, &all)?;
    }
    let results = Results::read()?;
    let sections = sections(&results, &all);
    for (_, text) in &sections {
        println!("{text}\n");
    }
    if args.update {
        let path = document::path();
        let mut text = fs::read_to_string(&path)?;
        for (name, section) in &sections {
            text = document::put(&text, name, section)?;
        }
        fs::write(&path, text)?;
    }
    Ok(())
}

fn measure_all(args: &Args, all: &[Server]) -> Result<(), Box<dyn Error>> {
    let known = |name: &String| name == IDLE || Scenario::named(name).is_some();
    if let Some(unknown) = args.only.iter().find(|name| !known(name)) {
        return Err(format!("there is no scenario {unknown}: --list lists them").into());
    }
    if let Some(unknown) = args.servers.iter().find(|name| !all.iter().any(|server| server.name == **name)) {
        return Err(format!("there is no server {unknown}: --list lists them").into());
    }
    servers::build()?;
    let chosen = |server: &&Server| {
        let limits = ["canned-loop", "canned-threads"].contains(&server.name.as_str());
        limits || args.servers.is_empty() || args.servers.contains(&server.name)
    };
    let mut servers: Vec<Server> = Vec::new();
    for server in all.iter().filter(chosen) {
        if servers::is_there(server) {
            servers.push(server.clone());
        } else {
            eprintln!("{} is not there and is left out", server.name);
        }
    }
    let effort = match args.quick {
        true => Effort { rounds: 3, window: Duration::from_secs(1), seed: args.seed },
        false => Effort {
            rounds: args.rounds,
            window: Duration::try_from_secs_f64(args.seconds)?,
            seed: args.seed,
        },
    };

    let stopped = Arc::new(AtomicBool::new(false));
    // Servers have groups of their own, so that Ctrl-C is for this program alone: it ends them.
    for signal in [signal_hook::consts::SIGINT, signal_hook::consts::SIGTERM] {
        signal_hook::flag::register_conditional_shutdown(signal, 130, Arc::clone(&stopped))?;
        signal_hook::flag::register(signal, Arc::clone(&stopped))?;
    }
    let wanted = |name: &str| args.only.is_empty() || args.only.iter().any(|only| only == name);
    for scenario in scenario::ALL.iter().filter(|scenario| wanted(scenario.name)) {
        let able: Vec<Server> = servers.iter().filter(|server| scenario.takes(server)).cloned().collect();
        let report = measure::measure(scenario, &able, effort, &stopped)?;
        if report.interrupted {
            process::exit(130);
        }
        results::keep_report(scenario, &report)?;
    }
    if wanted(IDLE) {
        idle_memory(&servers, args.idle_connections, &stopped)?;
    }
    Ok(())
}

fn idle_memory(servers: &[Server], connections: usize, stopped: &AtomicBool) -> io::Result<()> {
    let mut found = Vec::new();
    for server in servers {
        eprint!("\r\x1b[K{IDLE}: {}", server.name);
        if stopped.load(Ordering::Relaxed) {
            process::exit(130);
        }
        match idle::measure(&server.name, &server.contender(Vec::new()), connections) {
            Ok(idle) => found.push(idle),
            Err(error) => eprintln!("\r\x1b[K{}: {connections} idle connections: {error}", server.name),
        }
    }
    eprint!("\r\x1b[K");
    results::keep(IDLE, &found)
}

/// The document's parts by their names.
fn sections(results: &Results, servers: &[Server]) -> Vec<(String, String)> {
    let mut sections = vec![("scenarios".to_owned(), table::scenarios())];
    for (scenario, report) in &results.reports {
        sections.push((scenario.name.to_owned(), table::of(scenario, report, servers)));
    }
    if !results.idle.is_empty() {
        sections.push((IDLE.to_owned(), table::idle(&results.idle, servers)));
    }
    sections.push(("summary".to_owned(), table::summary(results, servers)));
    sections.push(("goals".to_owned(), goals::table(results, servers)));
    sections
}
