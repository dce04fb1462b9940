//! How often `compare` says the right word: of a server and itself, and of one that is 5 % slower.
//!
//! ```console
//! cargo bench --bench verdicts                        # 20 comparisons of each, of half a minute and a minute
//! cargo bench --bench verdicts -- --only same --times 5 --budget 10s --path /plaintext --mode keep-alive
//! ```
//!
//! Both contenders are the same command under different names; the slower one's handler waits 5 % longer. "same" is asked
//! for at least 19 times in 20, and "slower" as often; a comparison that is wrong (same or faster where it is slower,
//! slower or faster where it is the same) counts more against it than one that does not know.

#![expect(clippy::print_stdout, reason = "a program of its own")]

use polyserve_compare::{Contender, Mode, Plan, RequestSpec, run, stats::Verdict};
use std::{env, error, process::Command, process::ExitCode, time::Duration};

type Result<T> = std::result::Result<T, Box<dyn error::Error>>;

/// How long the handler waits, and how long the slower one's does.
const WAIT: Duration = Duration::from_millis(20);
const SLOWER: Duration = Duration::from_millis(21);
/// What part of the comparisons has to have the right word.
const RIGHT: f64 = 0.95;

struct Options {
    times: u64,
    budget: Option<Duration>,
    runtime: String,
    path: String,
    mode: Mode,
    only: Option<String>,
}

fn options() -> Result<Options> {
    let arguments: Vec<String> = env::args().collect();
    let option = |name: &str| {
        let at = arguments.iter().position(|argument| argument == name)?;
        arguments.get(at + 1).cloned()
    };
    let budget = option("--budget").map(|text| text.trim_end_matches('s').parse().map(Duration::from_secs));
    Ok(Options {
        times: option("--times").as_deref().unwrap_or("20").parse()?,
        budget: budget.transpose()?,
        runtime: option("--runtime").unwrap_or_else(|| "threaded".to_owned()),
        path: option("--path").unwrap_or_else(|| "/".to_owned()),
        mode: match option("--mode").as_deref() {
            None | Some("new") => Mode::NewConnection,
            Some("keep-alive") => Mode::KeepAlive,
            Some(other) => return Err(format!("{other} is no mode: new or keep-alive").into()),
        },
        only: option("--only"),
    })
}

fn main() -> Result<ExitCode> {
    let options = options()?;
    let mut right = true;
    // The default budget of a comparison, and what is promised for a difference of 5 %.
    for (name, other, expected, budget) in
        [("same", WAIT, Verdict::Same, 30), ("slower", SLOWER, Verdict::Slower, 60)]
    {
        if options.only.as_deref().is_some_and(|only| only != name) {
            continue;
        }
        let budget = options.budget.unwrap_or(Duration::from_secs(budget));
        println!("\nexpected: {expected}, with a budget of {budget:?}");
        let mut said = Vec::new();
        for seed in 1..=options.times {
            said.push(comparison(&options, other, budget, seed)?);
        }
        let count = |word| said.iter().filter(|said| **said == word).count();
        let words = [Verdict::Same, Verdict::Slower, Verdict::Faster, Verdict::Inconclusive];
        let words = words.map(|word| format!("{word} {}", count(word)));
        println!("of {}: {}", options.times, words.join(", "));
        right &= count(expected) as f64 >= RIGHT * options.times as f64;
    }
    Ok(if right { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// What is said of the second contender, held against the first.
fn comparison(options: &Options, other: Duration, budget: Duration, seed: u64) -> Result<Verdict> {
    let server = |name: &str, wait: Duration| {
        let runtime = options.runtime.clone();
        let command = move || {
            let mut command = Command::new(env!("CARGO_BIN_EXE_polyserve"));
            command.args(["serve", "--for-compare", "--port", "0", "--runtime", &runtime]);
            command.args(["--wait", &format!("{}us", wait.as_micros())]);
            command
        };
        Contender::new(name, command).with_listener()
    };
    let contenders = vec![server("one", WAIT), server("other", other)];
    let mut plan = Plan::new(contenders, RequestSpec::get(options.path.parse()?));
    plan.modes = vec![options.mode];
    plan.baseline = Some("one".to_owned());
    plan.seed = seed;
    plan.trace = false;
    plan.fit(budget, None)?;
    let report = run(&plan, &mut ())?;
    let held = report.runs.iter().find_map(|run| run.ratio.as_ref());
    let held = held.ok_or("nothing was held against anything")?;
    let percent = |ratio: Option<f64>| ratio.map_or(f64::NAN, |ratio| 100.0 * (ratio - 1.0));
    println!(
        "  seed {seed:2}: {:+.2} % ({:+.2} … {:+.2})  {}",
        percent(Some(held.rate.value)),
        percent(held.rate.low),
        percent(held.rate.high),
        held.verdict
    );
    Ok(held.verdict)
}
