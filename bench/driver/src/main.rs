//! Measures polyserve and its peers side by side, and says whether polyserve reaches its goals.
//!
//! `cargo run --release` in `bench/` builds everything and measures for about an hour; `--quick` takes a few minutes and
//! `--only`, `--servers` and `--rounds` less. PERFORMANCE.md says what the figures are.

use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use std::{fs, io, process};

use clap::Parser;

use args::Args;
use curves::Point;
use measure::Effort;
use results::Results;
use scenario::Scenario;
use sections::{AT_ONCE, CROWD, GENERATOR, IDLE, OTHERS, PRESSURE, WORKERS};
use serde::Serialize;
use servers::{Kind, Server};

mod args;
mod at_once;
mod conditions;
mod crowd;
mod curves;
mod document;
mod generator;
mod goals;
mod idle;
mod measure;
mod pressure;
mod results;
mod scenario;
mod sections;
mod servers;
mod table;
mod workers;

fn main() {
    if let Err(error) = run(&Args::parse()) {
        eprintln!("{error}");
        process::exit(1);
    }
}

fn run(args: &Args) -> Result<(), Box<dyn Error>> {
    let all = servers::all(args.nginx.as_deref(), args.before.as_deref());
    if args.list {
        print!("scenarios:\n{}", table::scenarios());
        OTHERS.iter().for_each(|(name, what)| println!("- `{name}`: {what}"));
        println!("\ncurves:");
        curves::ALL.iter().for_each(|curve| println!("- {}: {}", curve.name, curve.axis));
        println!("\nservers:");
        all.iter().for_each(|server| println!("- {}", server.name));
        return Ok(());
    }
    let mut complete = true;
    if !args.render {
        complete = measure_all(args, &all)?;
    }
    let results = Results::read()?;
    let sections = sections::all(&results, &all)?;
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
        for curve in curves::ALL {
            if let Some(points) = results::read::<Vec<Point>>(curve.name)? {
                let drawing = document::curve(curve.name, "svg");
                drawing.parent().map_or(Ok(()), fs::create_dir_all)?;
                fs::write(drawing, curves::svg(curve, &points)?)?;
                fs::write(document::curve(curve.name, "csv"), curves::csv(&points))?;
            }
        }
    }
    if complete { Ok(()) } else { Err("not everything was measured: the reasons stand above".into()) }
}

/// Measures what is asked for; false if something failed. What failed is no reason to give up the rest.
fn measure_all(args: &Args, all: &[Server]) -> Result<bool, Box<dyn Error>> {
    let known = |name: &String| match args.curves {
        true => curves::ALL.iter().any(|curve| curve.name == name),
        false => OTHERS.iter().any(|(other, _)| other == name) || Scenario::named(name).is_some(),
    };
    if let Some(unknown) = args.only.iter().find(|name| !known(name)) {
        return Err(format!("there is no scenario or curve {unknown}: --list lists them").into());
    }
    if let Some(unknown) = args.servers.iter().find(|name| !all.iter().any(|server| server.name == **name)) {
        return Err(format!("there is no server {unknown}: --list lists them").into());
    }
    let chosen = |server: &&Server| {
        let limits = ["canned-loop", "canned-threads"].contains(&server.name.as_str());
        limits || args.servers.is_empty() || args.servers.contains(&server.name)
    };
    let chosen: Vec<&Server> = all.iter().filter(chosen).collect();
    servers::build(&chosen)?;
    let mut servers: Vec<Server> = Vec::new();
    for server in chosen {
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
    let mut complete = true;
    let wanted = |name: &str| args.only.is_empty() || args.only.iter().any(|only| only == name);
    if args.curves {
        for curve in curves::ALL.iter().filter(|curve| wanted(curve.name)) {
            match curves::measure(curve, &servers, effort, &stopped) {
                Ok(points) => results::keep(curve.name, &points)?,
                Err(error) => complete &= failed(curve.name, &error),
            }
        }
        return Ok(complete);
    }
    for scenario in scenario::ALL.iter().filter(|scenario| wanted(scenario.name)) {
        let able: Vec<Server> = servers.iter().filter(|server| scenario.takes(server)).cloned().collect();
        match measure::measure(scenario, &able, effort, &stopped) {
            Ok(report) if report.interrupted => process::exit(130),
            Ok(report) => results::keep_report(scenario.name, &report)?,
            Err(error) => complete &= failed(scenario.name, &error),
        }
    }
    let others = Others { servers: &servers, stopped: &stopped };
    if wanted(IDLE) {
        let measure = |server: &Server| {
            idle::measure(&server.name, &server.contender(Vec::new()), args.idle_connections).map(Some)
        };
        others.each(IDLE, measure)?;
    }
    if wanted(CROWD) {
        others.each(CROWD, |server| match server.kind {
            // They parse nothing, and so are not what such clients are out for.
            Kind::Canned => Ok(None),
            Kind::Ours | Kind::Peer => crowd::measure(&server.name, &server.contender(Vec::new())).map(Some),
        })?;
    }
    if wanted(PRESSURE) {
        others.each(PRESSURE, |server| {
            let able = server.kind != Kind::Canned && server.echoes && server.closes;
            let short = server.with_descriptors(pressure::DESCRIPTORS).filter(|_| able);
            let measure = |short| pressure::measure(&server.name, &server.for_bodies(), &short);
            short.map(measure).transpose()
        })?;
    }
    if wanted(GENERATOR) {
        match generator::measure(&servers, effort, &stopped) {
            Ok(found) => found.map_or(Ok(()), |found| results::keep(GENERATOR, &found))?,
            Err(error) => complete &= failed(GENERATOR, &error),
        }
    }
    if wanted(AT_ONCE) {
        match at_once::measure(&servers, !args.servers.is_empty(), effort, &stopped) {
            Ok(found) => results::keep(AT_ONCE, &found)?,
            Err(error) => complete &= failed(AT_ONCE, &error),
        }
    }
    if wanted(WORKERS) {
        match workers::measure(&servers, effort, &stopped) {
            Ok(found) => found.map_or(Ok(()), |report| results::keep_report(WORKERS, &report))?,
            Err(error) => complete &= failed(WORKERS, &error),
        }
    }
    Ok(complete)
}

/// Says why, and returns false: it is not complete.
fn failed(name: &str, error: &polyserve_compare::Error) -> bool {
    if matches!(error, polyserve_compare::Error::Interrupted) {
        process::exit(130);
    }
    eprintln!("{name}: {error}");
    false
}

/// Measures without rounds.
struct Others<'a> {
    servers: &'a [Server],
    stopped: &'a AtomicBool,
}

impl Others<'_> {
    /// Measures everybody that can be, and keeps it under the name. A server that fails is said to, and left out.
    fn each<T: Serialize>(
        &self,
        name: &str,
        measure: impl Fn(&Server) -> io::Result<Option<T>>,
    ) -> io::Result<()> {
        let mut found = Vec::new();
        for server in self.servers {
            eprint!("\r\x1b[K{name}: {}", server.name);
            if self.stopped.load(Ordering::Relaxed) {
                process::exit(130);
            }
            match measure(server) {
                Ok(measured) => found.extend(measured),
                Err(error) => eprintln!("\r\x1b[K{name}: {}: {error}", server.name),
            }
        }
        eprint!("\r\x1b[K");
        results::keep(name, &found)
    }
}
