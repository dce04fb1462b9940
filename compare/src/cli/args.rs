//! What can be said on the command line. The doc comments are its help.

use super::{
    bounds::Bounds,
    outside::{Outside, outside},
    program::Program,
    quantity::{Sweep, rate, requests, sweep},
    request::Request,
    shape::Shaped,
    simulate::Simulation,
    work,
};
use crate::Claim;
use clap::{
    Parser, Subcommand, ValueEnum,
    builder::{PossibleValue, PossibleValuesParser},
};
use polyserve_host::Strategy;
use std::{num::NonZeroUsize, path::PathBuf, time::Duration};

/// Serves the handlers of this program on any of its runtimes, and compares the runtimes.
#[derive(Debug, Parser)]
#[command(
    version,
    after_help = "Examples:\n  \
        polyserve serve --runtime threaded       serve on http://127.0.0.1:8000\n  \
        polyserve compare                        measure every runtime with the same handler\n  \
        polyserve compare -c 100 --path /block   100 clients, a handler that holds its thread\n  \
        polyserve compare -r 500/s -c 100        500 requests a second, whatever the server does\n  \
        polyserve compare --format md > table.md"
)]
pub(super) struct Args {
    #[command(subcommand)]
    pub(super) command: Command,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Serve the handlers on one runtime until Ctrl-C
    Serve(Box<Serve>),
    /// Measure the runtimes with the same request, in interleaved rounds
    Compare(Box<Compare>),
    /// List the routes: method, path, handler, and where it is in the source
    Routes,
    /// List the runtimes: how each waits, and the tutorial file it answers
    Runtimes,
    /// Print the completions for a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Print the man page
    #[command(hide = true)]
    Man,
    /// Answers at once whatever it is asked: how `compare` finds the ceiling of its load generator
    #[command(hide = true)]
    Canned(CannedArgs),
}

#[derive(Debug, Clone, Copy, clap::Args)]
pub(super) struct CannedArgs {
    /// The length of a request
    #[arg(long)]
    pub(super) request_bytes: usize,

    /// The length of an answer's body
    #[arg(long)]
    pub(super) body_bytes: usize,

    /// Close after an answer
    #[arg(long)]
    pub(super) close: bool,
}

#[derive(Debug, clap::Args)]
pub(super) struct Serve {
    /// Which runtime hosts the handlers
    #[arg(short, long, env = "POLYSERVE_RUNTIME", default_value = "threaded", value_name = "NAME")]
    pub(super) runtime: String,

    /// Where to listen; port 0 lets the system choose [default: 127.0.0.1:8000, or the listener that systemd hands over]
    #[arg(short, long, value_parser = address, value_name = "HOST:PORT")]
    pub(super) addr: Option<String>,

    /// The port to listen on at 127.0.0.1, unless --addr says otherwise
    #[arg(long, env = "PORT", default_value_t = 8000, value_name = "PORT")]
    pub(super) port: u16,

    /// How long the demo's handlers wait
    #[arg(short, long, default_value = "100ms", value_parser = duration, value_name = "DURATION")]
    pub(super) wait: Duration,

    /// How many steps the demo's handlers compute that do
    #[arg(long, default_value_t = work::USUAL, value_name = "STEPS")]
    pub(super) work: u64,

    /// Worker threads, where the runtime has them [default: one for each core]
    #[arg(long, value_name = "N")]
    pub(super) workers: Option<NonZeroUsize>,

    #[command(flatten)]
    pub(super) bounds: Bounds,

    /// Prints the bounds in force, as flags, and exits
    #[arg(long)]
    pub(super) print_config: bool,

    /// Prints the address on stdout and stops at the end of stdin: how `compare` starts its children
    #[arg(long, hide = true)]
    pub(super) for_compare: bool,

    /// Writes to this file, at the end, when which thread ran the handler of which request
    #[arg(long, hide = true, value_name = "FILE")]
    pub(super) trace: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
// So that a command line that is repeated can be changed at its end.
#[command(args_override_self = true)]
pub(super) struct Compare {
    /// Connections that each have at most one request in flight [default: 10]
    #[arg(short, long, value_name = "N", help_heading = "Load")]
    pub(super) connections: Option<NonZeroUsize>,

    /// Several numbers of connections, one after the other
    #[arg(long, value_parser = sweep, value_name = "c=N,N", conflicts_with = "connections", help_heading = "Load")]
    pub(super) sweep: Option<Sweep>,

    /// Requests in flight on each connection, which must be kept (--mode keep-alive)
    #[arg(long, default_value = "1", value_name = "N", conflicts_with = "rate", help_heading = "Load")]
    pub(super) pipeline: NonZeroUsize,

    /// Requests a second that begin whatever the server does, as in 500/s or 30/m [default: each connection asks again
    /// after an answer]
    #[arg(short, long, value_parser = rate, value_name = "RATE", help_heading = "Load")]
    pub(super) rate: Option<f64>,

    /// How long all rounds take together, about; longer gives more rounds [default: 30s]
    #[arg(long, value_parser = duration, value_name = "DURATION", overrides_with_all = ["duration", "requests"], help_heading = "Load")]
    pub(super) budget: Option<Duration>,

    /// How long each runtime is measured, in all rounds together, instead of a budget
    #[arg(short, long, short_alias = 'z', value_parser = duration, value_name = "DURATION", help_heading = "Load")]
    pub(super) duration: Option<Duration>,

    /// How many requests each runtime is asked, in all rounds together, instead of a budget; as in 500, 10k or 1m
    #[arg(short = 'n', long, value_parser = requests, value_name = "N", conflicts_with = "duration", help_heading = "Load")]
    pub(super) requests: Option<u64>,

    /// Rounds in which everybody is measured once [default: 5, more with a larger budget]
    #[arg(long, value_name = "N", help_heading = "Load")]
    pub(super) rounds: Option<NonZeroUsize>,

    /// Load before each measurement [default: 200ms, at most a fifth of a round]
    #[arg(short, long, value_parser = duration, value_name = "DURATION", help_heading = "Load")]
    pub(super) warm_up: Option<Duration>,

    /// What another tool does unless told otherwise: -n 1000 -c 10 --mode new, as the tutorial's ab
    #[arg(long, value_enum, value_name = "TOOL", help_heading = "Load")]
    pub(super) like: Option<Like>,

    /// Only these runtimes
    #[arg(long, value_delimiter = ',', value_name = "NAME,NAME")]
    pub(super) runtimes: Vec<String>,

    /// Any program that serves, as one more row: started for each round like the runtimes, in the foreground. {port} and
    /// {addr} in the command are where it is to listen, and PORT in its environment; or it prints http://HOST:PORT
    #[arg(long, value_parser = Program::parse, value_name = "NAME=COMMAND ARGS {port}")]
    pub(super) server: Vec<Program>,

    /// A server that runs already, as one more row
    #[arg(long, value_parser = outside, value_name = "http://HOST:PORT")]
    pub(super) url: Vec<Outside>,

    #[command(flatten)]
    pub(super) request: Request,

    /// How long the demo's handlers wait [default: 100ms, or what the shape has]
    #[arg(long, value_parser = duration, value_name = "DURATION")]
    pub(super) wait: Option<Duration>,

    #[command(flatten)]
    pub(super) shape: Shaped,

    #[command(flatten)]
    pub(super) simulation: Simulation,

    /// A request that takes longer than this is an error
    #[arg(short, long, default_value = "30s", value_parser = duration, value_name = "DURATION")]
    pub(super) timeout: Duration,

    /// Whom the others are held against [default: the fastest]
    #[arg(long, value_name = "NAME", help_heading = "Result")]
    pub(super) baseline: Option<String>,

    /// A report of `--format json`: tells what has changed since, and whether it is real
    #[arg(long, value_name = "FILE", help_heading = "Result")]
    pub(super) against: Option<PathBuf>,

    /// Exits with status 99 if this is so in any table, as in 'threaded.p99 > 120ms || async.rps < 0.95 * base'
    #[arg(long, value_parser = Claim::parse, value_name = "CONDITION", help_heading = "Result")]
    pub(super) fail_if: Vec<Claim>,

    /// How the result is printed
    #[arg(short, long, value_enum, default_value_t = Format::Text, help_heading = "Result")]
    pub(super) format: Format,

    /// Measures nothing, and shows the report of an earlier comparison again: its run.json, or what `--format json` wrote
    #[arg(long, value_name = "FILE", help_heading = "Result", conflicts_with_all = [
        "connections", "sweep", "rate", "budget", "duration", "requests", "rounds", "like", "pipeline", "runtimes", "server", "url", "baseline"
    ])]
    pub(super) from: Option<PathBuf>,

    /// Where the page report.html and its data run.json are written [default: polyserve/latest in cargo's target folder,
    /// and for a program elsewhere polyserve-report]
    #[arg(long, value_name = "DIR", help_heading = "Result")]
    pub(super) report: Option<PathBuf>,

    /// Writes no page
    #[arg(long, conflicts_with = "report", help_heading = "Result")]
    pub(super) no_report: bool,

    /// Writes the result to a file
    #[arg(short, long, value_name = "FILE", help_heading = "Result")]
    pub(super) output: Option<PathBuf>,

    /// Decides the order in which the runtimes have their turns
    #[arg(long, default_value = "1", value_name = "N", help_heading = "Method")]
    pub(super) seed: u64,

    /// Leaves the choice of cores to the system
    #[arg(long, help_heading = "Method")]
    pub(super) no_pin: bool,

    /// Server and load generator share a core: batches are then equally large for all, and CPU times per request compare
    #[arg(long, conflicts_with = "no_pin", help_heading = "Method")]
    pub(super) same_core: bool,

    /// Does not look at a few requests of each runtime one by one, which is where the timelines come from
    #[arg(long, help_heading = "Method")]
    pub(super) no_trace: bool,

    /// Does not measure what the load generator can do
    #[arg(long, help_heading = "Method")]
    pub(super) no_ceiling: bool,
}

/// Other tools' habits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Like {
    /// ApacheBench as the tutorial calls it: -n 1000 -c 10, a new connection each
    Ab,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
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

/// Lets clap refuse an unknown runtime: it lists the known ones and suggests the nearest.
pub(super) fn with_runtimes(command: clap::Command, runtimes: &'static [Strategy]) -> clap::Command {
    let names = || {
        let values = runtimes.iter().map(|runtime| PossibleValue::new(runtime.name).help(runtime.summary));
        PossibleValuesParser::new(values)
    };
    command
        .mut_subcommand("serve", |serve| serve.mut_arg("runtime", |arg| arg.value_parser(names())))
        .mut_subcommand("compare", |compare| compare.mut_arg("runtimes", |arg| arg.value_parser(names())))
}

pub(super) fn duration(text: &str) -> Result<Duration, String> {
    humantime::parse_duration(text)
        .map_err(|error| format!("{error}: a duration has a unit, as in 100ms, 5s or 2m"))
}

/// The host may be a name; whether it exists is found out when it is bound.
fn address(text: &str) -> Result<String, String> {
    match text.rsplit_once(':') {
        Some((host, port)) if !host.is_empty() && port.parse::<u16>().is_ok() => Ok(text.to_owned()),
        _ => {
            Err("an address is HOST:PORT, as in 127.0.0.1:8000, or 0.0.0.0:8000 for all of this machine's"
                .into())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        Args::command().debug_assert();
    }

    #[test]
    fn a_duration_without_a_unit_is_explained() {
        let error = Args::try_parse_from(["polyserve", "compare", "-d", "5"]).unwrap_err().to_string();
        assert!(error.contains("a duration has a unit, as in 100ms, 5s or 2m"), "{error}");
    }

    #[test]
    fn an_address_without_a_port_is_explained() {
        for addr in ["127.0.0.1", ":8000", "localhost:http", "localhost:80000"] {
            let error = Args::try_parse_from(["polyserve", "serve", "--addr", addr]).unwrap_err().to_string();
            assert!(error.contains("an address is HOST:PORT, as in 127.0.0.1:8000"), "{error}");
        }
        assert!(Args::try_parse_from(["polyserve", "serve", "--addr", "[::1]:0"]).is_ok());
    }

    #[test]
    fn a_condition_that_is_none_is_refused_at_its_place() {
        let error =
            Args::try_parse_from(["polyserve", "compare", "--fail-if", "threaded.p98 > 1s"]).unwrap_err();
        assert!(error.to_string().contains("column 1: there is no metric p98: use one of rps"), "{error}");
    }

    #[test]
    fn a_command_line_can_be_changed_at_its_end() {
        let line = ["polyserve", "compare", "-c", "10", "--budget", "1s", "-c", "20", "--budget", "2m"];
        let Command::Compare(compare) = Args::try_parse_from(line).unwrap().command else {
            panic!("not a comparison");
        };
        assert_eq!(compare.connections.map(NonZeroUsize::get), Some(20));
        assert_eq!(compare.budget, Some(Duration::from_secs(120)));
        let line = ["polyserve", "compare", "-n", "10k", "--budget", "2m"];
        let Command::Compare(compare) = Args::try_parse_from(line).unwrap().command else {
            panic!("not a comparison");
        };
        assert_eq!((compare.budget, compare.requests), (Some(Duration::from_secs(120)), None));
    }

    #[test]
    fn a_number_of_requests_excludes_a_duration() {
        let error = Args::try_parse_from(["polyserve", "compare", "-d", "5s", "-n", "9"]).unwrap_err();
        assert!(error.to_string().contains("cannot be used with"), "{error}");
    }
}
