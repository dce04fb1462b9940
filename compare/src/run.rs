//! The order of events: check everyone, find the load generator's ceiling, then measure in rounds.

use std::time::{Duration, Instant};

use crate::descriptors;
use crate::pin::Pinned;
use crate::progress::{Progress, Step};
use crate::report::{self, Ceiling, Environment, Measured, Report, Run, Timeline};
use crate::stats::orders;
use crate::trace::trace;
use crate::{Contender, Error, Mode, Plan};
use check::Checked;

mod ceiling;
mod check;
mod measure;

/// Compares the plan's contenders.
///
/// 1. Each contender is started and asked the request on a new and, three times, on a kept connection. All answers have
///    to be the same, `Date`, `Connection` and `Keep-Alive` apart.
/// 2. A server that answers at once shows what the load generator can do, if the plan has one.
/// 3. For each number of connections and each connection mode there are the plan's rounds. In each round every contender
///    has its turn, in an order drawn from the seed and rotated from round to round: it is started afresh, loaded until
///    it is warm, and measured. No other contender runs meanwhile.
///
/// When [`Progress::cancelled`], the report holds the rounds that were over.
///
/// # Errors
///
/// The plan cannot be measured, a contender does not start, does not answer, answers with neither 2xx nor 3xx or
/// differently than another, or ends while it is measured. No process is left behind, whatever happens.
pub fn run(plan: &Plan, progress: &mut dyn Progress) -> Result<Report, Error> {
    // Before anything is pinned, which would hide cores, and before the first child, for the commit is asked of one.
    let environment = Environment::here();
    descriptors::allow_as_many_as_may_be();
    let outcome = plan.check().and_then(|()| Comparison::new(plan, progress).run(environment));
    progress.finish();
    outcome
}

/// A comparison under way.
struct Comparison<'a> {
    plan: &'a Plan,
    progress: &'a mut dyn Progress,
    pinned: Option<Pinned>,
    began: Instant,
    step: usize,
}

/// One number of connections in one mode, and what its contenders have to show.
struct Table {
    connections: usize,
    mode: Mode,
    measured: Vec<Vec<Measured>>,
}

impl<'a> Comparison<'a> {
    fn new(plan: &'a Plan, progress: &'a mut dyn Progress) -> Self {
        let pinned = Pinned::pin(plan.placement);
        Self { plan, progress, pinned, began: Instant::now(), step: 0 }
    }

    fn tables(&self) -> impl Iterator<Item = (usize, Mode)> + use<'a> {
        let plan = self.plan;
        plan.connections.iter().flat_map(|n| plan.modes.iter().map(|mode| (*n, *mode)))
    }

    fn begin(&mut self, step: Step<'_>) {
        let plan = self.plan;
        let measurements = plan.contenders.len() * self.tables().count() * plan.rounds;
        let traced = plan.contenders.iter().filter(|contender| plan.is_traced(contender)).count();
        let steps = traced + plan.contenders.len() + usize::from(self.canned().is_some()) + measurements;
        self.progress.begin(step, self.step, steps);
        self.step += 1;
    }

    fn run(mut self, environment: Environment) -> Result<Report, Error> {
        let plan = self.plan;
        let checked = self.check()?;
        for &connections in &plan.connections {
            if let Some(note) = report::overload(plan.rate, connections, checked.wait) {
                self.progress.note(&note);
            }
        }
        let ceilings = self.ceilings(&checked)?;
        let mut tables = Vec::new();
        let mut interrupted = false;
        for (connections, mode) in self.tables() {
            let measured = plan.contenders.iter().map(|_| Vec::new()).collect();
            let mut table = Table { connections, mode, measured };
            interrupted = self.rounds(&mut table, &checked)?;
            tables.push(table);
            if interrupted {
                break;
            }
        }
        let timelines = if interrupted { Vec::new() } else { self.timelines() };
        let mut runs = Vec::new();
        for table in tables {
            let (connections, mode) = (table.connections, table.mode);
            let mut ceiling =
                ceilings.iter().filter(|c: &&Ceiling| c.connections == connections && c.mode == mode);
            let ceiling = ceiling.next().map(|ceiling| ceiling.requests_per_second);
            let measured = plan.contenders.iter().zip(table.measured);
            let mut rows: Vec<Run> = measured
                .filter(|(_, rounds)| !rounds.is_empty())
                .map(|(contender, rounds)| {
                    Run::of(contender.name.clone(), mode, connections, ceiling, rounds)
                })
                .collect();
            report::hold_against(&mut rows, plan.baseline.as_deref());
            runs.append(&mut rows);
        }
        if runs.is_empty() {
            return Err(Error::Interrupted);
        }
        Ok(Report {
            schema: report::SCHEMA,
            command: plan.command.clone(),
            method: plan.request.method.to_string(),
            path: plan.request.path.to_string(),
            status: checked.status,
            body_bytes: checked.body_bytes,
            contenders: plan.contenders.iter().map(|contender| contender.name.clone()).collect(),
            connections: plan.connections.clone(),
            modes: plan.modes.clone(),
            pipeline: plan.pipeline,
            rate_per_second: plan.rate,
            rounds: plan.rounds,
            bound: plan.bound,
            warm_up_ns: nanos(plan.warm_up),
            seed: plan.seed,
            timeout_ns: nanos(plan.timeout),
            wait_ns: nanos(checked.wait),
            cores: self.pinned.as_ref().map(|pinned| pinned.cores().clone()),
            ceilings,
            interrupted,
            environment,
            runs,
            outside: plan.contenders.iter().filter_map(Contender::as_outside).collect(),
            timelines,
            shape: plan.shape.clone(),
            simulated: None,
        })
    }

    /// All rounds of a table; true if they were interrupted.
    fn rounds(&mut self, table: &mut Table, checked: &Checked) -> Result<bool, Error> {
        let plan = self.plan;
        let orders = orders(plan.contenders.len(), plan.rounds, plan.seed);
        for (number, order) in orders.into_iter().enumerate() {
            for (place, at) in order.into_iter().enumerate() {
                let contender = &plan.contenders[at];
                let Table { connections, mode, .. } = *table;
                self.begin(Step::Measure {
                    contender: &contender.name,
                    mode,
                    connections,
                    round: number + 1,
                });
                match self.measure(contender, connections, mode, (number, place), checked) {
                    Ok(measured) => table.measured[at].push(measured),
                    Err(Error::Interrupted) => return Ok(true),
                    Err(error) => return Err(error),
                }
            }
        }
        Ok(false)
    }

    /// What cannot be traced is no reason to throw away what was measured.
    fn timelines(&mut self) -> Vec<Timeline> {
        let plan = self.plan;
        let mut timelines = Vec::new();
        for contender in plan.contenders.iter().filter(|contender| plan.is_traced(contender)) {
            self.begin(Step::Trace { contender: &contender.name });
            if self.progress.cancelled() {
                break;
            }
            match trace(contender, plan, self.pinned.as_ref()) {
                Ok(timeline) => timelines.extend(timeline),
                Err(error) => self.progress.note(&format!("no timeline of {error}")),
            }
        }
        timelines
    }
}

fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}
