//! The order of events: check everyone, find the load generator's ceiling, then measure in rounds.

use std::time::{Duration, Instant};

use crate::canned::{Canned, Exchange};
use crate::child::Server;
use crate::cost::{Life, Watch};
use crate::descriptors;
use crate::latency::Recorder;
use crate::load::{Counts, Load, Observer, WarmUp};
use crate::pin::Pinned;
use crate::probe::{self, Probed};
use crate::progress::{Progress, Step};
use crate::report::{self, Ceiling, Environment, Measured, Report, Round, Run, Timeline};
use crate::stats::orders;
use crate::trace::trace;
use crate::{Bound, Contender, Error, Mode, Plan, agree};

/// How long the load generator's ceiling is measured, for each mode and number of connections.
const CEILING: Duration = Duration::from_millis(300);
/// How long a window bounded by requests may wait for every client to be answered once.
const FILL: Duration = Duration::from_secs(1);

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

/// What the check has found.
struct Checked {
    status: u16,
    body_bytes: usize,
    wait: Duration,
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

    /// What finds the load generator's ceiling, if it can be found.
    fn canned(&self) -> Option<&'a Canned> {
        let shared = self.pinned.as_ref().is_some_and(|pinned| pinned.cores().are_shared());
        self.plan.canned.as_ref().filter(|_| !shared)
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
            body_bytes: checked.body_bytes as u64,
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

    fn check(&mut self) -> Result<Checked, Error> {
        let plan = self.plan;
        let mut probed = Vec::with_capacity(plan.contenders.len());
        for contender in &plan.contenders {
            self.begin(Step::Check { contender: &contender.name });
            if self.progress.cancelled() {
                return Err(Error::Interrupted);
            }
            let server = Server::start(contender, self.pinned.as_ref())?;
            probed.push(probe::probe(&server, &plan.request, plan.timeout)?);
        }
        check_agreement(&plan.contenders, &probed)?;
        // Neither can be missing: the plan names at least one contender, and each has been asked.
        let wait = probed.iter().map(|probed| probed.median).min().unwrap_or_default();
        let answer = probed.first().and_then(|probed| probed.answers.first());
        let (status, body_bytes) = answer.map_or((200, 0), |(_, answer)| (answer.status, answer.body.len()));
        Ok(Checked { status, body_bytes, wait })
    }

    /// What the load generator reaches in a closed loop against a server that does nothing.
    fn ceilings(&mut self, checked: &Checked) -> Result<Vec<Ceiling>, Error> {
        let plan = self.plan;
        let Some(canned) = self.canned() else {
            return Ok(Vec::new());
        };
        self.begin(Step::Ceiling);
        let mut ceilings = Vec::new();
        for (connections, mode) in self.tables() {
            // What the request is long depends on the address only by the digits of its port.
            let request_bytes = plan.request.to_bytes(CANNED_HOST, mode).len();
            let body_bytes = if plan.request.is_head() { 0 } else { checked.body_bytes };
            let exchange = Exchange { request_bytes, body_bytes, close: mode == Mode::NewConnection };
            let name = "the canned responder".to_owned();
            let server = Server::spawn(name, canned.command(exchange), true, self.pinned.as_ref())?;
            let load = Load {
                addr: server.addr(),
                mode,
                wire: plan.request.to_bytes(CANNED_HOST, mode),
                head_request: plan.request.is_head(),
                status: 200,
                connections,
                pipeline: plan.pipeline,
                bound: Bound::Duration(CEILING),
                timeout: plan.timeout,
                drain: Duration::ZERO,
                rate: None,
                pacing: None,
                warm_up: WarmUp { least: CEILING / 3, most: CEILING },
            };
            let counts = load.run(&mut Patient(&mut *self.progress))?;
            // A machine that had no time for it says nothing about what the generator can do.
            if counts.per_second > 0.0 {
                ceilings.push(Ceiling { connections, mode, requests_per_second: counts.per_second });
            }
        }
        Ok(ceilings)
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

    fn measure(
        &mut self,
        contender: &Contender,
        connections: usize,
        mode: Mode,
        (number, place): (usize, usize),
        checked: &Checked,
    ) -> Result<Measured, Error> {
        let plan = self.plan;
        let started = self.began.elapsed();
        let life = Life::begins();
        let mut server = Server::start(contender, self.pinned.as_ref())?;
        let fill = match plan.bound {
            Bound::Duration(length) => length * 2,
            Bound::Requests(_) => FILL,
        };
        let load = Load {
            addr: server.addr(),
            mode,
            wire: plan.request.to_bytes(server.host(), mode),
            head_request: plan.request.is_head(),
            status: checked.status,
            connections,
            pipeline: plan.pipeline,
            bound: plan.bound,
            timeout: plan.timeout,
            drain: plan.timeout.min(checked.wait * 3 + Duration::from_secs(1)),
            rate: plan.rate,
            pacing: plan.pacing,
            warm_up: WarmUp { least: plan.warm_up, most: plan.warm_up + fill },
        };
        let mut watch = Watch::new(&mut server, &mut *self.progress);
        let counts = load.run(&mut watch)?;
        let cost = watch.finish();
        // It has to be gone for the system to tell what its life has cost.
        drop(server);
        let Counts { window, responses, latency, from_send, errors, first_connect_error, .. } = counts;
        let seconds = window.as_secs_f64();
        let round = Round {
            number,
            place,
            started_ns: nanos(started),
            window_ns: nanos(window),
            responses,
            requests_per_second: counts.per_second,
            latency: latency.summary(),
            histogram: latency.encoded(),
            latency_from_send: from_send.as_ref().map(Recorder::summary),
            histogram_from_send: from_send.as_ref().map(Recorder::encoded),
            errors,
            reconnects: counts.reconnects,
            left_open: counts.left_open,
            unanswered: counts.unanswered as u64,
            unsent: counts.unsent,
            starved_connections: counts.starved as u64,
            productive_connections: counts.productive_connections,
            client_cpu_share: cost
                .client_cpu_ns
                .filter(|_| seconds > 0.0)
                .map(|ns| ns as f64 / 1e9 / seconds),
            listen_overflows: cost.listen.map(|listen| listen.overflows),
            listen_drops: cost.listen.map(|listen| listen.drops),
            accept_queue: cost.accept_queue,
            server: life.ended(&cost, responses, counts.lifetime_responses, connections),
            samples: cost.samples,
        };
        Ok(Measured { round, latency, from_send, first_connect_error })
    }
}

/// Stands in the `Host` field of requests to the canned server, which does not read them.
const CANNED_HOST: &str = "127.0.0.1:00000";

/// Only looks whether somebody has had enough.
struct Patient<'a>(&'a mut dyn Progress);

impl Observer for Patient<'_> {
    fn tick(&mut self, done: f64) -> Result<(), Error> {
        self.0.advance(done);
        if self.0.cancelled() { Err(Error::Interrupted) } else { Ok(()) }
    }
}

/// Every answer is held against the first contender's on a new connection. A server of another make has header fields of its own.
fn check_agreement(contenders: &[Contender], probed: &[Probed]) -> Result<(), Error> {
    let mut answers = contenders.iter().zip(probed).flat_map(|(contender, probed)| {
        let labelled = probed.answers.iter();
        labelled.map(|(mode, answer)| {
            (format!("{} ({mode})", contender.name), answer, contender.is_of_another_make())
        })
    });
    let Some((left_name, left, left_differs)) = answers.next() else {
        return Ok(());
    };
    for (right_name, right, right_differs) in answers {
        let differences = if left_differs || right_differs {
            let (left, right) = (left.without_headers(), right.without_headers());
            agree::differences((&left_name, &left), (&right_name, &right))
        } else {
            agree::differences((&left_name, left), (&right_name, right))
        };
        if !differences.is_empty() {
            return Err(Error::Mismatch { left: left_name, right: right_name, differences });
        }
    }
    Ok(())
}

fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}
