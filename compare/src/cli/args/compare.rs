//! The flags of `compare`.

use super::duration;
use crate::{
    Claim,
    cli::{
        outside::{Outside, outside},
        program::Program,
        quantity::{Sweep, rate, requests, sweep},
        request::Request,
        shape::Shaped,
        simulate::Simulation,
    },
};
use clap::ValueEnum;
use std::{num::NonZeroUsize, path::PathBuf, time::Duration};

#[derive(Debug, clap::Args)]
// So that a command line that is repeated can be changed at its end.
#[command(args_override_self = true)]
pub(in crate::cli) struct Compare {
    /// Connections that each have at most one request in flight [default: 10]
    #[arg(short, long, value_name = "N", help_heading = "Load")]
    pub(in crate::cli) connections: Option<NonZeroUsize>,

    /// Several numbers of connections, one after the other
    #[arg(long, value_parser = sweep, value_name = "c=N,N", conflicts_with = "connections", help_heading = "Load")]
    pub(in crate::cli) sweep: Option<Sweep>,

    /// Requests in flight on each connection, which must be kept (--mode keep-alive)
    #[arg(long, default_value = "1", value_name = "N", conflicts_with = "rate", help_heading = "Load")]
    pub(in crate::cli) pipeline: NonZeroUsize,

    /// Requests a second that begin whatever the server does, as in 500/s or 30/m [default: each connection asks again
    /// after an answer]
    #[arg(short, long, value_parser = rate, value_name = "RATE", help_heading = "Load")]
    pub(in crate::cli) rate: Option<f64>,

    /// How long all rounds take together, about; longer gives more rounds [default: 30s]
    #[arg(long, value_parser = duration, value_name = "DURATION", overrides_with_all = ["duration", "requests"], help_heading = "Load")]
    pub(in crate::cli) budget: Option<Duration>,

    /// How long each runtime is measured, in all rounds together, instead of a budget
    #[arg(short, long, short_alias = 'z', value_parser = duration, value_name = "DURATION", help_heading = "Load")]
    pub(in crate::cli) duration: Option<Duration>,

    /// How many requests each runtime is asked, in all rounds together, instead of a budget; as in 500, 10k or 1m
    #[arg(short = 'n', long, value_parser = requests, value_name = "N", conflicts_with = "duration", help_heading = "Load")]
    pub(in crate::cli) requests: Option<u64>,

    /// Rounds in which everybody is measured once [default: 5, more with a larger budget]
    #[arg(long, value_name = "N", help_heading = "Load")]
    pub(in crate::cli) rounds: Option<NonZeroUsize>,

    /// Load before each measurement [default: 200ms, at most a fifth of a round]
    #[arg(short, long, value_parser = duration, value_name = "DURATION", help_heading = "Load")]
    pub(in crate::cli) warm_up: Option<Duration>,

    /// What another tool does unless told otherwise: -n 1000 -c 10 --mode new, as the tutorial's ab
    #[arg(long, value_enum, value_name = "TOOL", help_heading = "Load")]
    pub(in crate::cli) like: Option<Like>,

    /// Only these runtimes
    #[arg(long, value_delimiter = ',', value_name = "NAME,NAME")]
    pub(in crate::cli) runtimes: Vec<String>,

    /// Any program that serves, as one more row: started for each round like the runtimes, in the foreground. {port} and
    /// {addr} in the command are where it is to listen, and PORT in its environment; or it prints http://HOST:PORT
    #[arg(long, value_parser = Program::parse, value_name = "NAME=COMMAND ARGS {port}")]
    pub(in crate::cli) server: Vec<Program>,

    /// A server that runs already, as one more row
    #[arg(long, value_parser = outside, value_name = "http://HOST:PORT")]
    pub(in crate::cli) url: Vec<Outside>,

    #[command(flatten)]
    pub(in crate::cli) request: Request,

    /// How long the demo's handlers wait [default: 100ms, or what the shape has]
    #[arg(long, value_parser = duration, value_name = "DURATION")]
    pub(in crate::cli) wait: Option<Duration>,

    #[command(flatten)]
    pub(in crate::cli) shape: Shaped,

    #[command(flatten)]
    pub(in crate::cli) simulation: Simulation,

    /// A request that takes longer than this is an error
    #[arg(short, long, default_value = "30s", value_parser = duration, value_name = "DURATION")]
    pub(in crate::cli) timeout: Duration,

    /// Whom the others are held against [default: the fastest]
    #[arg(long, value_name = "NAME", help_heading = "Result")]
    pub(in crate::cli) baseline: Option<String>,

    /// A report of `--format json`: tells what has changed since, and whether it is real
    #[arg(long, value_name = "FILE", help_heading = "Result")]
    pub(in crate::cli) against: Option<PathBuf>,

    /// Exits with status 99 if this is so in any table, as in 'threaded.p99 > 120ms || async.rps < 0.95 * base'
    #[arg(long, value_parser = Claim::parse, value_name = "CONDITION", help_heading = "Result")]
    pub(in crate::cli) fail_if: Vec<Claim>,

    /// How the result is printed
    #[arg(short, long, value_enum, default_value_t = Format::Text, help_heading = "Result")]
    pub(in crate::cli) format: Format,

    /// Measures nothing, and shows the report of an earlier comparison again: its run.json, or what `--format json` wrote
    #[arg(long, value_name = "FILE", help_heading = "Result", conflicts_with_all = [
        "connections", "sweep", "rate", "budget", "duration", "requests", "rounds", "like", "pipeline", "runtimes", "server", "url", "baseline"
    ])]
    pub(in crate::cli) from: Option<PathBuf>,

    /// Where the page report.html and its data run.json are written [default: polyserve/latest in cargo's target folder,
    /// and for a program elsewhere polyserve-report]
    #[arg(long, value_name = "DIR", help_heading = "Result")]
    pub(in crate::cli) report: Option<PathBuf>,

    /// Writes no page
    #[arg(long, conflicts_with = "report", help_heading = "Result")]
    pub(in crate::cli) no_report: bool,

    /// Writes the result to a file
    #[arg(short, long, value_name = "FILE", help_heading = "Result")]
    pub(in crate::cli) output: Option<PathBuf>,

    /// Decides the order in which the runtimes have their turns
    #[arg(long, default_value = "1", value_name = "N", help_heading = "Method")]
    pub(in crate::cli) seed: u64,

    /// Leaves the choice of cores to the system
    #[arg(long, help_heading = "Method")]
    pub(in crate::cli) no_pin: bool,

    /// Server and load generator share a core: batches are then equally large for all, and CPU times per request compare
    #[arg(long, conflicts_with = "no_pin", help_heading = "Method")]
    pub(in crate::cli) same_core: bool,

    /// Does not look at a few requests of each runtime one by one, which is where the timelines come from
    #[arg(long, help_heading = "Method")]
    pub(in crate::cli) no_trace: bool,

    /// Does not measure what the load generator can do
    #[arg(long, help_heading = "Method")]
    pub(in crate::cli) no_ceiling: bool,
}

/// Other tools' habits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum Like {
    /// ApacheBench as the tutorial calls it: -n 1000 -c 10, a new connection each
    Ab,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum Format {
    /// A table for the terminal
    Text,
    /// Everything that was measured
    Json,
    /// A line for each round
    Csv,
    /// A table for a README
    Md,
    /// A page with drawings, in one file
    Html,
    /// What a few requests and the threads did when, as text
    Timeline,
    /// The same as a Chrome trace, for ui.perfetto.dev
    Trace,
}
