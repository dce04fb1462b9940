//! What can be said on the command line. The doc comments are its help.

use super::{bounds::Bounds, work};
use clap::{
    Parser, Subcommand,
    builder::{PossibleValue, PossibleValuesParser},
};
use polyserve_host::Strategy;
use std::{num::NonZeroUsize, path::PathBuf, time::Duration};

mod compare;
#[cfg(test)]
mod tests;

pub(super) use compare::{Compare, Format, Like};

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
