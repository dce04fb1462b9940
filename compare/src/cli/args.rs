//! What can be said on the command line. The doc comments are its help.

use super::{bounds::Bounds, request::Request};
use clap::{
    Parser, Subcommand, ValueEnum,
    builder::{PossibleValue, PossibleValuesParser},
};
use polyserve_host::Strategy;
use std::{net::SocketAddr, num::NonZeroUsize, time::Duration};

/// Serves the handlers of this program on any of its runtimes, and compares the runtimes.
#[derive(Debug, Parser)]
#[command(
    version,
    after_help = "Examples:\n  \
        polyserve serve --runtime threaded       serve on http://127.0.0.1:8000\n  \
        polyserve compare                        measure every runtime with the same handler\n  \
        polyserve compare -c 100 --path /block   100 clients, a handler that holds its thread\n  \
        polyserve compare --format md > table.md"
)]
pub(super) struct Args {
    #[command(subcommand)]
    pub(super) command: Command,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Serve the handlers on one runtime until Ctrl-C
    Serve(Serve),
    /// Measure the runtimes with the same request, one after the other
    Compare(Compare),
    /// List the routes: method, path, handler, and where it is in the source
    Routes,
    /// List the runtimes: how each waits, and the tutorial file it answers
    Runtimes,
}

#[derive(Debug, clap::Args)]
pub(super) struct Serve {
    /// Which runtime hosts the handlers
    #[arg(short, long, env = "POLYSERVE_RUNTIME", default_value = "threaded", value_name = "NAME")]
    pub(super) runtime: String,

    /// Where to listen; port 0 lets the system choose [default: 127.0.0.1:8000]
    #[arg(short, long, value_parser = address, value_name = "HOST:PORT")]
    pub(super) addr: Option<String>,

    /// The port to listen on at 127.0.0.1, unless --addr says otherwise
    #[arg(long, env = "PORT", default_value_t = 8000, value_name = "PORT")]
    pub(super) port: u16,

    /// How long the demo's handlers wait
    #[arg(short, long, default_value = "100ms", value_parser = duration, value_name = "DURATION")]
    pub(super) wait: Duration,

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
}

#[derive(Debug, clap::Args)]
pub(super) struct Compare {
    /// Connections that each have one request in flight
    #[arg(short, long, default_value = "10", value_name = "N")]
    pub(super) connections: NonZeroUsize,

    /// How long each runtime is measured, in each connection mode
    #[arg(short, long, default_value = "3s", value_parser = duration, value_name = "DURATION")]
    pub(super) duration: Duration,

    /// Requests instead of a duration, for each runtime and connection mode
    #[arg(short = 'n', long, value_name = "N", conflicts_with = "duration")]
    pub(super) requests: Option<u64>,

    /// Only these runtimes
    #[arg(short, long, value_delimiter = ',', value_name = "NAME,NAME")]
    pub(super) runtimes: Vec<String>,

    #[command(flatten)]
    pub(super) request: Request,

    /// How long the demo's handlers wait
    #[arg(short, long, default_value = "100ms", value_parser = duration, value_name = "DURATION")]
    pub(super) wait: Duration,

    /// A request that takes longer than this is an error
    #[arg(short, long, default_value = "30s", value_parser = duration, value_name = "DURATION")]
    pub(super) timeout: Duration,

    /// How the result is printed
    #[arg(short, long, value_enum, default_value_t = Format::Text)]
    pub(super) format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// A table for the terminal
    Text,
    /// Everything that was measured
    Json,
    /// A table for a README
    Md,
}

impl Serve {
    /// The address as it is bound.
    pub(super) fn address(&self) -> String {
        let local = || SocketAddr::from(([127, 0, 0, 1], self.port)).to_string();
        self.addr.clone().unwrap_or_else(local)
    }
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
    fn a_number_of_requests_excludes_a_duration() {
        let error = Args::try_parse_from(["polyserve", "compare", "-d", "5s", "-n", "9"]).unwrap_err();
        assert!(error.to_string().contains("cannot be used with"), "{error}");
    }
}
