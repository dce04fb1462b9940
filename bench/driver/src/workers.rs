//! Whether a second worker is a second server's worth.
//!
//! The handler works for about 200 µs of CPU time, so that load generator and HTTP are next to nothing beside it, and nobody
//! is bound to a core.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use http::uri::PathAndQuery;
use polyserve_compare::stats::Interval;
use polyserve_compare::{Error, Mode, Placement, Plan, Report, RequestSpec, Run, run};

use crate::conditions;
use crate::measure::{self, Effort, Lines};
use crate::servers::Server;
use crate::table::{self, ratio};

/// Runtimes whose number of workers can be set.
pub(crate) const RUNTIMES: [&str; 3] = ["polyserve poll-loop", "polyserve timer-offload", "polyserve async"];
/// Enough that no queue runs empty, however the kernel spreads them.
const CONNECTIONS: usize = 64;

/// Measures each runtime with one worker and with two; `None`, with a word on standard error, on one core or without a server.
pub(crate) fn measure(
    servers: &[Server],
    effort: Effort,
    stopped: &Arc<AtomicBool>,
) -> Result<Option<Report>, Error> {
    if measure::cores() < 2 {
        eprintln!("workers: there is one core, and nowhere for a second worker to run: not measured");
        return Ok(None);
    }
    let able = servers.iter().filter(|server| RUNTIMES.contains(&server.name.as_str()));
    let contenders: Vec<_> = able
        .flat_map(|server| {
            [1, 2].map(|workers| {
                let named = server.named(contender(&server.name, workers));
                named.contender(vec!["0".to_owned(), workers.to_string()])
            })
        })
        .collect();
    if contenders.is_empty() {
        eprintln!("workers: this takes one of {}", RUNTIMES.join(", "));
        return Ok(None);
    }
    let mut plan = Plan::new(contenders, RequestSpec::get(PathAndQuery::from_static("/cpu")));
    plan.modes = vec![Mode::KeepAlive];
    plan.connections = vec![CONNECTIONS];
    measure::set(&mut plan, effort);
    plan.placement = Placement::Anywhere;
    let report = run(&plan, &mut Lines { head: "workers".to_owned(), stopped: Arc::clone(stopped) })?;
    if report.interrupted { Err(Error::Interrupted) } else { Ok(Some(report)) }
}

fn contender(runtime: &str, workers: usize) -> String {
    format!("{runtime}, workers({workers})")
}

fn of<'a>(report: &'a Report, runtime: &str, workers: usize) -> Option<&'a Run> {
    let name = contender(runtime, workers);
    report.runs.iter().find(|run| run.contender == name)
}

/// The rate with two workers by that with one.
pub(crate) fn scale(report: &Report, runtime: &str) -> Option<Interval> {
    of(report, runtime, 2)?.rate_by(of(report, runtime, 1)?)
}

/// A row for each runtime.
pub(crate) fn markdown(report: &Report) -> String {
    let head = ["server", "req/s, one worker", "req/s, two", "two by one"].map(str::to_owned);
    let row = |runtime: &&str| {
        let rate = |workers| Some(format!("{:.0}", of(report, runtime, workers)?.requests_per_second.value));
        Some(vec![format!("**{runtime}**"), rate(1)?, rate(2)?, ratio(scale(report, runtime)?)])
    };
    let mut text = table::table(&head, RUNTIMES.iter().filter_map(row).collect());
    text.push_str(&format!(
        "\n{CONNECTIONS} connections that are kept, about 200 µs of work for each request; {}.\n",
        conditions::measured(report, Placement::Anywhere)
    ));
    text
}

#[cfg(test)]
pub(crate) mod tests {
    use std::num::NonZeroUsize;

    use polyserve_compare::{Model, Scenario, Threads, simulate};

    use super::*;

    /// What servers would show whose workers share nothing at all.
    pub(crate) fn ideal(runtime: &str) -> Report {
        let model = |workers| {
            let threads = NonZeroUsize::new(workers).unwrap();
            (contender(runtime, workers), Model::Threads(Threads::Fixed(threads)))
        };
        simulate(&Scenario::new([1, 2].map(model).into())).unwrap()
    }

    #[test]
    fn twice_the_workers_are_twice_the_rate_where_nothing_is_shared() {
        let report = ideal(RUNTIMES[0]);
        let found = scale(&report, RUNTIMES[0]).unwrap();
        assert!((found.value - 2.0).abs() < 0.01, "{found:?}");
        assert!(scale(&report, RUNTIMES[1]).is_none());
        let text = markdown(&report);
        assert!(text.contains(&format!("| **{}** | 10 | 20 | 2.00 |", RUNTIMES[0])), "{text}");
        assert!(!text.contains(RUNTIMES[1]), "{text}");
    }
}
