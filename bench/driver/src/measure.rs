//! Scenarios become reports.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use polyserve_compare::{Bound, Error, Placement, Plan, Progress, Report, Step, run};

use crate::scenario::Scenario;
use crate::servers::Server;

/// How long and how often.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Effort {
    pub(crate) rounds: usize,
    pub(crate) window: Duration,
    pub(crate) seed: u64,
}

/// Measures a scenario.
pub(crate) fn measure(
    scenario: &Scenario,
    servers: &[Server],
    effort: Effort,
    stopped: &Arc<AtomicBool>,
) -> Result<Report, Error> {
    let plan = plan(scenario, servers, effort);
    run(&plan, &mut Lines { head: scenario.name.to_owned(), stopped: Arc::clone(stopped) })
}

/// All that a scenario says about a load.
pub(crate) fn plan(scenario: &Scenario, servers: &[Server], effort: Effort) -> Plan {
    let contenders = servers.iter().map(|server| scenario.contender(server)).collect();
    let mut plan = Plan::new(contenders, scenario.request());
    plan.modes = vec![scenario.mode];
    plan.connections = vec![scenario.connections];
    plan.pipeline = scenario.pipeline;
    plan.warm_up = scenario.warm_up();
    set(&mut plan, effort);
    plan.placement = scenario.placement(cores());
    plan.bound = scenario.bound(effort.window);
    plan
}

/// Cores that this program may use; 1 if the system does not say.
pub(crate) fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, NonZeroUsize::get)
}

/// What measurements have in common: one core for both sides, unless it is said otherwise.
pub(crate) fn set(plan: &mut Plan, effort: Effort) {
    plan.placement = Placement::Together;
    plan.rounds = effort.rounds;
    plan.bound = Bound::Duration(effort.window);
    plan.seed = effort.seed;
    plan.trace = false;
    plan.command = std::env::args().collect();
}

/// A line for each step, on standard error.
pub(crate) struct Lines {
    pub(crate) head: String,
    pub(crate) stopped: Arc<AtomicBool>,
}

impl Progress for Lines {
    fn begin(&mut self, step: Step<'_>, index: usize, of: usize) {
        let what = match step {
            Step::Measure { contender, round, .. } => format!("round {round}: {contender}"),
            Step::Check { contender } => format!("check: {contender}"),
            Step::Ceiling => "the load generator's ceiling".to_owned(),
            Step::Trace { contender } => format!("trace: {contender}"),
        };
        // The line is overwritten by the next.
        eprint!("\r\x1b[K{} {}/{of} {what}", self.head, index + 1);
    }

    fn note(&mut self, text: &str) {
        eprintln!("\r\x1b[K{text}");
    }

    fn cancelled(&self) -> bool {
        self.stopped.load(Ordering::Relaxed)
    }

    fn finish(&mut self) {
        eprint!("\r\x1b[K");
    }
}
