//! `compare --simulate`: every runtime as a model that follows from what it says of itself.

use super::args::{self, duration};
use crate::{Model, Report, Scenario, Threads, simulate};
use polyserve_host::{Error, Result, Strategy};
use std::{env, num::NonZeroUsize, time::Duration};

#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "Simulation")]
pub(super) struct Simulation {
    /// Measures nothing: models of the runtimes on a virtual clock, 1000 requests or -n, the same bytes every time
    #[arg(long, conflicts_with_all = [
        "rate", "pipeline", "budget", "duration", "rounds", "warm_up", "server", "url", "from", "against", "baseline", "mode",
        "path", "method", "headers", "body", "timeout", "seed", "no_pin", "same_core", "no_trace", "no_ceiling"
    ])]
    pub(super) simulate: bool,

    /// What the simulated servers tell `listen`: the accept queue holds one more [default: 4096, as all runtimes here]
    #[arg(long, requires = "simulate", value_name = "N")]
    backlog: Option<u32>,

    /// How long a simulated handler is on a core, beside its wait [default: 0, or what the shape has]
    #[arg(long, requires = "simulate", value_parser = duration, value_name = "DURATION")]
    cpu: Option<Duration>,

    /// Cores of the simulated server [default: 1, and 2 for the shapes cpu and mixed]
    #[arg(long, requires = "simulate", value_name = "N")]
    cores: Option<NonZeroUsize>,

    /// One more row: a pool of so many threads, each with one connection at a time
    #[arg(long, requires = "simulate", value_name = "N")]
    pool: Option<NonZeroUsize>,

    /// How long a client waits that found the accept queue full; twice as long after each further attempt [default: 1s]
    #[arg(long, requires = "simulate", value_parser = duration, value_name = "DURATION")]
    retransmit: Option<Duration>,

    /// From an answer to the server's next look at its accept queue [default: 0]
    #[arg(long, requires = "simulate", value_parser = duration, value_name = "DURATION")]
    accept: Option<Duration>,

    /// From an answer to the client's next connection [default: 0, after the server's look]
    #[arg(long, requires = "simulate", value_parser = duration, value_name = "DURATION")]
    redial: Option<Duration>,
}

/// The report of the models.
pub(super) fn report(runtimes: &'static [Strategy], args: &args::Compare) -> Result<Report> {
    simulate(&scenario(runtimes, args)?).map_err(|error| Error::setting(error.to_string()))
}

fn scenario(runtimes: &'static [Strategy], args: &args::Compare) -> Result<Scenario> {
    let simulation = &args.simulation;
    let shape = args.shape.model()?;
    let cores = simulation.cores.unwrap_or(shape.cores);
    let chosen = |name: &str| args.runtimes.is_empty() || args.runtimes.iter().any(|chosen| chosen == name);
    let runtimes = runtimes.iter().filter(|runtime| chosen(runtime.name));
    let models = runtimes.map(|runtime| (runtime.name.to_owned(), Model::of(&runtime.capabilities, cores)));
    let pool = simulation
        .pool
        .map(|threads| (format!("pool of {threads}"), Model::Threads(Threads::Fixed(threads))));
    let mut scenario = Scenario::new(models.chain(pool).collect());
    scenario.wait = args.wait.unwrap_or(shape.wait);
    scenario.cpu = simulation.cpu.unwrap_or(shape.cpu);
    scenario.send = shape.send;
    scenario.slow_one_in = shape.one_in;
    scenario.shape = shape.shown;
    scenario.backlog = simulation.backlog.unwrap_or(scenario.backlog);
    scenario.retransmit = simulation.retransmit.unwrap_or(scenario.retransmit);
    scenario.accept = simulation.accept.unwrap_or(scenario.accept);
    scenario.redial = simulation.redial.unwrap_or(scenario.redial);
    scenario.cores = cores;
    if let Some(requests) = args.requests {
        scenario.requests = usize::try_from(requests).unwrap_or(usize::MAX);
    }
    match (&args.sweep, args.connections) {
        (Some(sweep), _) => scenario.connections.clone_from(&sweep.0),
        (None, Some(connections)) => scenario.connections = vec![connections.get()],
        (None, None) => {}
    }
    scenario.command = command();
    Ok(scenario)
}

/// The command line without the folder in which the program happens to be.
fn command() -> Vec<String> {
    let mut command: Vec<String> = env::args().collect();
    if let Some(first) = command.first_mut() {
        *first = super::program_name();
    }
    command
}
