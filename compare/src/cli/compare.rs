//! `compare`: this program's own `serve`, once for each runtime, under the same load.

use super::{args, bar::Bar, print};
use crate::{Bound, Contender, Plan, report, run as measure};
use polyserve_host::{Error, Result, Strategy};
use std::{env, path::PathBuf, process::Command, time::Duration};

/// The width of a table that is not read on a terminal.
const WIDE: u16 = 110;

pub(super) fn run(runtimes: &'static [Strategy], args: args::Compare) -> Result {
    warn_of_a_debug_build();
    let program = env::current_exe()
        .map_err(|error| Error::io("cannot find this program, which serves in its own comparison", error))?;
    let chosen = |name: &str| args.runtimes.is_empty() || args.runtimes.iter().any(|chosen| chosen == name);
    let contenders = runtimes
        .iter()
        .map(|runtime| runtime.name)
        .filter(|name| chosen(name))
        .map(|name| contender(name, program.clone(), args.wait))
        .collect();
    let modes = args.request.modes();
    let mut plan = Plan::new(contenders, args.request.read()?);
    plan.modes = modes;
    plan.connections = args.connections.get();
    plan.timeout = args.timeout;
    plan.bound = args.requests.map_or(Bound::Duration(args.duration), Bound::Requests);

    let mut bar = Bar::new();
    let report = measure(&plan, &mut bar).map_err(|error| Error::setting(error.to_string()))?;
    match args.format {
        args::Format::Text => print(&report::text(&report, width())),
        args::Format::Md => print(&report::markdown(&report)),
        args::Format::Json => {
            let mut json =
                report::json(&report).map_err(|error| Error::io("cannot write the report as JSON", error))?;
            json.push('\n');
            print(&json)
        }
    }
}

fn contender(name: &'static str, program: PathBuf, wait: Duration) -> Contender {
    Contender::new(name, move || {
        let mut command = Command::new(&program);
        let wait = format!("{}ns", wait.as_nanos());
        command.args(["serve", "--for-compare", "--runtime", name, "--addr", "127.0.0.1:0", "--wait", &wait]);
        command
    })
}

fn width() -> u16 {
    terminal_size::terminal_size().map_or(WIDE, |(terminal_size::Width(columns), _)| columns)
}

/// An unoptimised server is many times slower, and not equally so for all runtimes.
#[expect(clippy::print_stderr, reason = "a warning for whoever sits at the terminal")]
fn warn_of_a_debug_build() {
    if cfg!(debug_assertions) {
        eprintln!(
            "WARNING: this is a debug build. Its figures mean nothing: not the speeds, and not their order.\n\
             WARNING: measure with `cargo run --release -- compare`."
        );
    }
}
