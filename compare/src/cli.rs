//! The command line around an app: `serve`, `compare`, `routes`, `runtimes`, `completions`.
//!
//! A runtime is named on the command line and found in the table it was built with, so the same command line
//! serves the demo and every user's own program.

mod args;
mod bar;
mod bounds;
mod canned;
mod compare;
mod interrupt;
mod outside;
mod page;
mod program;
mod quantity;
mod request;
mod serve;
mod shape;
mod simulate;
mod work;

use args::{Args, Command};
use clap::{CommandFactory, FromArgMatches};
use polyserve_core::{Handler, RouteList, Start};
use polyserve_host::{Result, Strategy};
use std::{
    io::{self, Write},
    sync::OnceLock,
    time::Duration,
};

pub use work::work;

/// What the tutorial's handlers wait, and so the default of `--wait`.
const TUTORIAL_WAIT: Duration = Duration::from_millis(100);

static WAIT: OnceLock<Duration> = OnceLock::new();

/// What `--wait` asks handlers to wait, for handlers that are there to be compared. Default: 100 ms.
#[must_use]
pub fn wait() -> Duration {
    WAIT.get().copied().unwrap_or(TUTORIAL_WAIT)
}

/// Reads the program's arguments and does what they say with `app` on `runtimes`.
///
/// Exits with status 2 after arguments that make no sense, with 0 after `--help`, with 99 after a comparison that shows
/// what `--fail-if` excludes, and with 130 after one that Ctrl-C has cut short.
///
/// # Errors
/// When serving or comparing fails.
pub fn run(app: impl Handler, runtimes: &'static [Strategy]) -> Result {
    let name = program_name();
    let command = args::with_runtimes(Args::command(), runtimes);
    let mut command = command.display_name(&name).bin_name(&name);
    let args = Args::from_arg_matches(&command.get_matches_mut()).unwrap_or_else(|error| error.exit());
    // `RUST_LOG=debug` tells why each connection ended.
    env_logger::Builder::from_env(env_logger::Env::default().default_filter_or("info")).init();
    match args.command {
        Command::Serve(serve) => serve::run(app, runtimes, *serve),
        Command::Compare(compare) => compare::run(&app, runtimes, *compare),
        Command::Routes => {
            print(&RouteList::of(&app).to_string())?;
            // Routes that stand in each other's way are not all in the list.
            Ok(Start::check(&app)?)
        }
        Command::Runtimes => print(&list(runtimes)),
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut command, name, &mut script);
            print(&String::from_utf8_lossy(&script))
        }
        Command::Man => {
            let mut page = Vec::new();
            clap_mangen::Man::new(command)
                .title(name)
                .render(&mut page)
                .map_err(|error| polyserve_host::Error::io("cannot write the man page", error))?;
            print(&String::from_utf8_lossy(&page))
        }
        Command::Canned(canned) => canned::run(canned),
    }
}

/// The user's program, not this crate, is what has completions and a man page.
fn program_name() -> String {
    let path = std::env::args_os().next().map(std::path::PathBuf::from);
    let name =
        path.as_deref().and_then(std::path::Path::file_stem).map(|name| name.to_string_lossy().into_owned());
    name.unwrap_or_else(|| "polyserve".to_owned())
}

/// One paragraph a runtime: a table would break its lines.
fn list(runtimes: &[Strategy]) -> String {
    let width = runtimes.iter().map(|runtime| runtime.name.len()).max().unwrap_or(0);
    runtimes
        .iter()
        .map(|Strategy { name, summary, tutorial, .. }| {
            format!("{name:width$}  {summary}\n{:width$}  the tutorial's {tutorial}\n", "")
        })
        .collect()
}

/// Results go to stdout. A reader that has seen enough (`| head`) is no failure.
fn print(text: &str) -> Result {
    match io::stdout().lock().write_all(text.as_bytes()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(polyserve_host::Error::io("cannot write to standard output", error))
        }
        _ => Ok(()),
    }
}
