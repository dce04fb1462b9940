//! `compare`: this program's own `serve`, once for each runtime and round, under the same load.

use super::{
    args::{self, Format, Like},
    bar::Bar,
    interrupt::{self, Interrupt},
    page, print, program_name,
    shape::Told,
    simulate,
};
use crate::{Bound, Canned, Contender, Exchange, Placement, Plan, Report, report, run as measure};
use polyserve_core::Handler;
use polyserve_host::{Error, Result, Strategy};
use std::{env, fs, num::NonZeroUsize, path::Path, path::PathBuf, process, process::Command, time::Duration};

/// The width of a table that is not read on a terminal.
const WIDE: u16 = 100;
/// Exit status after something that `--fail-if` excludes: k6's, which CI systems know.
const BREACHED: i32 = 99;
/// With six runtimes, five rounds of a second each: under a minute with the queues that fill and drain.
const BUDGET: Duration = Duration::from_secs(30);
/// Rounds of a measurement that is bounded otherwise than by a budget.
const ROUNDS: usize = 5;
/// What the tutorial asks of ab.
const AB_REQUESTS: u64 = 1000;

pub(super) fn run(app: &dyn Handler, runtimes: &'static [Strategy], args: args::Compare) -> Result {
    let earlier = args.against.as_deref().map(read).transpose()?;
    if let Some(claim) = args.fail_if.iter().find(|claim| claim.needs_base() && earlier.is_none()) {
        return Err(Error::setting(format!(
            "--fail-if {claim}: base needs an earlier report: use --against FILE"
        )));
    }
    let report = match &args.from {
        Some(path) => read(path)?,
        None if args.simulation.simulate => simulate::report(runtimes, &args)?,
        None => {
            args.shape.check(app, &program_name())?;
            measured(runtimes, &args)?
        }
    };

    let text = match args.format {
        Format::Text => report::text(&report, width(args.output.as_deref())),
        Format::Md => report::markdown(&report),
        Format::Json => report::json(&report).map_err(unwritable)?,
        Format::Csv => report::csv(&report).map_err(unwritable)?,
        Format::Timeline => report::timeline(&report).ok_or_else(nothing_traced)?,
        Format::Trace => report::chrome_trace(&report).map_err(unwritable)?,
        Format::Html => report::html(&report).map_err(unwritable)?,
    };
    put(&text, args.output.as_deref())?;
    if let Some(earlier) = &earlier {
        let changes = report::against(&report, earlier);
        // Beside data for another program, this is for whoever sits at the terminal.
        match args.format {
            Format::Text | Format::Md if args.output.is_none() => print(&format!("\n{changes}"))?,
            _ => warn(changes.trim_end()),
        }
    }
    let directory = match (&args.report, &args.from) {
        (None, Some(_)) => None,
        (None, None) if args.no_report => None,
        (None, None) => Some(page::default_directory(&report)),
        (Some(directory), _) => Some(directory.clone()),
    };
    if let Some(directory) = directory {
        match page::write(&report, &directory) {
            Ok(places) if args.format == Format::Text && args.output.is_none() => {
                print(&format!("\n{places}\n"))?;
            }
            Ok(places) => warn(&places),
            // What was measured is printed already; a page that was asked for is another matter.
            Err(error) if args.report.is_none() => warn(&format!("no page: {error}")),
            Err(error) => return Err(error),
        }
    }
    if report.interrupted && args.from.is_none() {
        process::exit(interrupt::STATUS);
    }
    let mut breached = false;
    for claim in &args.fail_if {
        let tables = claim
            .holds(&report, earlier.as_ref())
            .map_err(|error| Error::setting(format!("--fail-if {claim}: {error}")))?;
        for table in tables {
            warn(&format!("FAILED: {claim} ({table})"));
            breached = true;
        }
    }
    if breached {
        process::exit(BREACHED);
    }
    Ok(())
}

fn measured(runtimes: &'static [Strategy], args: &args::Compare) -> Result<Report> {
    let interrupt = Interrupt::listen()?;
    warn_of_a_debug_build();
    let program = env::current_exe()
        .map_err(|error| Error::io("cannot find this program, which serves in its own comparison", error))?;
    let plan = plan(runtimes, args, program)?;
    match measure(&plan, &mut Bar::new(interrupt.clone())) {
        Err(error @ crate::Error::Interrupted) => {
            warn(&error.to_string());
            process::exit(interrupt::STATUS);
        }
        report => report.map_err(|error| Error::setting(error.to_string())),
    }
}

fn plan(runtimes: &'static [Strategy], args: &args::Compare, program: PathBuf) -> Result<Plan> {
    let chosen = |name: &str| args.runtimes.is_empty() || args.runtimes.iter().any(|chosen| chosen == name);
    let own = runtimes.iter().map(|runtime| runtime.name).filter(|name| chosen(name));
    let told = args.shape.told(args.wait);
    let own = own.map(|name| contender(name, program.clone(), told));
    let programs = args.server.iter().cloned().map(super::program::Program::contender);
    let outside = args.url.iter().cloned().map(super::outside::Outside::contender);
    let contenders = own.chain(programs).chain(outside).collect();

    let refused = |error: crate::Error| Error::setting(error.to_string());
    let mut plan =
        Plan::new(contenders, args.request.clone().read(args.shape.path(args.request.path.clone())?)?);
    plan.modes = args.request.modes();
    plan.connections = match (&args.sweep, args.connections) {
        (Some(sweep), _) => sweep.0.clone(),
        (None, Some(connections)) => vec![connections.get()],
        (None, None) => plan.connections,
    };
    plan.pipeline = args.pipeline.get();
    plan.rate = args.rate;
    plan.timeout = args.timeout;
    plan.baseline.clone_from(&args.baseline);
    plan.seed = args.seed;
    plan.placement = match (args.no_pin, args.same_core) {
        // One core for everybody is what was asked for, also where a shape would have all of them.
        (false, true) => Placement::Together,
        (false, false) if !args.shape.needs_all_cores() => Placement::Apart,
        _ => Placement::Anywhere,
    };
    plan.trace = !args.no_trace;
    plan.pacing = args.shape.pacing();
    plan.shape = args.shape.shown(told);
    plan.command = env::args().collect();

    let rounds = args.rounds.map(NonZeroUsize::get);
    let like = args.like.map(|Like::Ab| AB_REQUESTS).filter(|_| args.budget.is_none());
    match (args.duration, args.requests.or(like)) {
        (Some(duration), _) => plan.divide(Bound::Duration(duration), rounds.unwrap_or(ROUNDS)),
        (None, Some(requests)) => plan.divide(Bound::Requests(requests), rounds.unwrap_or(ROUNDS)),
        (None, None) => plan.fit(args.budget.unwrap_or(BUDGET), rounds).map_err(refused)?,
    }
    if let Some(warm_up) = args.warm_up {
        plan.warm_up = warm_up;
    }
    if !args.no_ceiling {
        plan.canned = Some(Canned::new(move |exchange| canned(&program, exchange)));
    }
    Ok(plan)
}

fn contender(name: &'static str, program: PathBuf, told: Told) -> Contender {
    let command = move || {
        let mut command = Command::new(&program);
        let wait = format!("{}ns", told.wait.as_nanos());
        command.args(["serve", "--for-compare", "--runtime", name, "--port", "0", "--wait", &wait]);
        if let Some(steps) = told.work {
            command.args(["--work", &steps.to_string()]);
        }
        command
    };
    Contender::new(name, command.clone()).with_listener().traced(move |file| {
        let mut command = command();
        command.arg("--trace").arg(file);
        command
    })
}

fn canned(program: &Path, exchange: Exchange) -> Command {
    let Exchange { request_bytes, body_bytes, close } = exchange;
    let mut command = Command::new(program);
    command.arg("canned");
    command.arg("--request-bytes").arg(request_bytes.to_string());
    command.arg("--body-bytes").arg(body_bytes.to_string());
    if close {
        command.arg("--close");
    }
    command
}

fn read(path: &Path) -> Result<Report> {
    let text = fs::read_to_string(path)
        .map_err(|error| Error::io(format!("cannot read the report {}", path.display()), error))?;
    report::from_json(&text).map_err(|error| Error::setting(format!("{}: {error}", path.display())))
}

fn put(text: &str, output: Option<&Path>) -> Result {
    match output {
        None => print(text),
        Some(path) => fs::write(path, text)
            .map_err(|error| Error::io(format!("cannot write the report to {}", path.display()), error)),
    }
}

fn nothing_traced() -> Error {
    Error::setting(
        "nothing was traced: leave --no-trace out, and measure a runtime of this program, on Linux",
    )
}

fn unwritable(error: std::io::Error) -> Error {
    Error::io("cannot write the report", error)
}

/// A file is read elsewhere.
fn width(output: Option<&Path>) -> u16 {
    match terminal_size::terminal_size() {
        Some((terminal_size::Width(columns), _)) if output.is_none() => columns,
        _ => WIDE,
    }
}

#[expect(clippy::print_stderr, reason = "for whoever sits at the terminal")]
fn warn(text: &str) {
    eprintln!("{text}");
}

/// An unoptimised server is many times slower, and not equally so for all runtimes.
fn warn_of_a_debug_build() {
    if cfg!(debug_assertions) {
        warn(
            "WARNING: this is a debug build. Its figures mean nothing: not the speeds, and not their order.\n\
             WARNING: measure with `cargo run --release -- compare`.",
        );
    }
}
