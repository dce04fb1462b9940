//! From what happened in a model to the report that a measurement would give.

use std::time::Duration;

use super::engine::{self, Slow};
use super::model::{Model, Threads};
use super::served::{Outcome, Served};
use super::{Scenario, Simulated, nanos};
use crate::latency::Recorder;
use crate::report::{
    Environment, Errors, Latency, Measured, Moment, Percentile, QueueDepth, Report, Round, Run, SCHEMA,
    Sample, ServerCost, Timeline, TracedRequest,
};
use crate::{Bound, Mode};

/// A run of more requests than this is too long for a picture; drawn is a shorter one.
const DRAWN_WHOLE: usize = 40;
/// Clients and requests of the shorter one: as many as a traced run has.
const DRAWN_SHORT: (usize, usize) = (3, 6);
/// Looks at the accept queue over a run, at the most, and the least time between two of them: a measurement's.
const SAMPLES: u64 = 512;
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// The picture of a run.
pub(super) fn timeline(
    scenario: &Scenario,
    name: &str,
    model: Model,
    connections: usize,
    outcome: &Outcome,
) -> Timeline {
    if scenario.requests <= DRAWN_WHOLE {
        return drawn(name, model, outcome);
    }
    let (clients, requests) = DRAWN_SHORT;
    drawn(name, model, &engine::run(scenario, model, (clients.min(connections), requests), Slow::Once))
}

fn drawn(name: &str, model: Model, outcome: &Outcome) -> Timeline {
    let requests = outcome.requests.iter().enumerate().map(|(at, served)| {
        // Writing and closing take no time, and no thread but the handler's.
        let written = served.polls.last().map(|poll| Moment { thread: poll.thread, at_ns: served.done_ns });
        TracedRequest {
            id: u32::try_from(at + 1).unwrap_or(u32::MAX),
            dial_ns: served.dial_ns,
            established_ns: served.established_ns,
            accepted: served.accepted,
            complete: served.complete,
            polls: served.polls.clone(),
            first_write: written,
            last_write: written,
            first_byte_ns: served.done_ns,
            done_ns: served.done_ns,
            closed: written,
            ..TracedRequest::default()
        }
    });
    let thread_names = match model {
        Model::Threads(Threads::PerConnection) => {
            let mut names = vec![String::new(); outcome.requests.len()];
            names.push("accept".to_owned());
            names
        }
        Model::Threads(Threads::Fixed(_)) | Model::Loops { .. } => Vec::new(),
    };
    let mut accept_queue: Vec<QueueDepth> =
        outcome.depths.iter().map(|&(at_ns, depth)| QueueDepth { at_ns, depth }).collect();
    if let Some(last) = accept_queue.last().copied() {
        accept_queue.push(QueueDepth { at_ns: outcome.length_ns(), ..last });
    }
    Timeline {
        contender: name.to_owned(),
        requests: requests.collect(),
        thread_names,
        accept_queue,
        overflows: outcome.overflows.clone(),
        ..Timeline::default()
    }
}

/// The row of a contender.
pub(super) fn measured(
    scenario: &Scenario,
    name: &str,
    connections: usize,
    place: usize,
    outcome: &Outcome,
) -> Run {
    let mut recorder = Recorder::new();
    outcome.requests.iter().for_each(|served| recorder.record(Duration::from_nanos(latency_ns(served))));
    let latency = exact(&outcome.requests);
    let answers = outcome.requests.len() as u64;
    let window_ns = outcome.length_ns();
    let server = ServerCost {
        // Handlers that compute nothing have no cost to tell.
        cpu_ns_per_response: Some(nanos(scenario.cpu)).filter(|ns| *ns > 0),
        threads: Some(outcome.threads),
        ..ServerCost::default()
    };
    let round = Round {
        number: 0,
        place,
        started_ns: 0,
        window_ns,
        responses: answers,
        requests_per_second: answers as f64 * 1e9 / window_ns as f64,
        latency: latency.clone(),
        histogram: recorder.encoded(),
        latency_from_send: None,
        histogram_from_send: None,
        errors: Errors::default(),
        reconnects: 0,
        left_open: 0,
        unanswered: 0,
        unsent: 0,
        starved_connections: 0,
        productive_connections: connections as f64,
        client_cpu_share: None,
        listen_overflows: Some(outcome.overflows.len() as u64),
        listen_drops: None,
        accept_queue: outcome.depths.iter().map(|(_, depth)| *depth).max(),
        server,
        samples: samples(outcome),
    };
    let measured = Measured { round, latency: recorder, from_send: None, first_connect_error: None };
    let mut run = Run::of(name.to_owned(), Mode::NewConnection, connections, None, vec![measured]);
    // A histogram has three digits, and a model knows them all.
    run.in_system = Some(sum_ns(&outcome.requests) as f64 / window_ns as f64);
    run.latency = latency;
    run
}

fn latency_ns(served: &Served) -> u64 {
    served.done_ns - served.dial_ns
}

fn sum_ns(requests: &[Served]) -> u128 {
    requests.iter().map(|served| u128::from(latency_ns(served))).sum()
}

/// By nearest rank, and where a measurement would give them.
fn exact(requests: &[Served]) -> Latency {
    let mut sorted: Vec<u64> = requests.iter().map(latency_ns).collect();
    sorted.sort_unstable();
    let count = sorted.len() as u64;
    let percentile = |percentile: Percentile, hundredths: u64| {
        let rank = (count * hundredths).div_ceil(100).max(1) - 1;
        let at = usize::try_from(rank).unwrap_or(usize::MAX);
        sorted.get(at).copied().filter(|_| count >= percentile.needs())
    };
    Latency {
        count,
        mean_ns: u64::try_from(sum_ns(requests) / u128::from(count.max(1))).unwrap_or(u64::MAX),
        p50_ns: percentile(Percentile::P50, 50),
        p90_ns: percentile(Percentile::P90, 90),
        p99_ns: percentile(Percentile::P99, 99),
        max_ns: sorted.last().copied().unwrap_or(0),
    }
}

/// Looks at the accept queue in the middles of equal parts of the run: at their edges everybody changes places.
fn samples(outcome: &Outcome) -> Vec<Sample> {
    let length = outcome.length_ns();
    let step = (length / SAMPLES).max(nanos(LOOK_EVERY).min(length)).max(1);
    let mut told = 0;
    let looks = (0..length / step).map(|n| n * step + step / 2);
    looks
        .map(|at_ns| {
            let before = outcome.depths.partition_point(|(at, _)| *at <= at_ns);
            let depth =
                before.checked_sub(1).and_then(|last| outcome.depths.get(last)).map(|(_, depth)| *depth);
            let dropped = outcome.overflows.partition_point(|at| *at <= at_ns);
            let overflows = (dropped - std::mem::replace(&mut told, dropped)) as u64;
            Sample { at_ns, in_window: true, accept_queue: depth, threads: Some(outcome.threads), overflows }
        })
        .collect()
}

pub(super) fn report(scenario: &Scenario, runs: Vec<Run>, timelines: Vec<Timeline>) -> Report {
    let simulated = Simulated {
        models: scenario.contenders.iter().map(|(_, model)| model.to_string()).collect(),
        wait_ns: nanos(scenario.wait),
        cpu_ns: nanos(scenario.cpu),
        send_ns: nanos(scenario.send),
        slow_one_in: scenario.slow_one_in.get(),
        backlog: scenario.backlog,
        retransmit_ns: nanos(scenario.retransmit),
        accept_ns: nanos(scenario.accept),
        redial_ns: nanos(scenario.redial),
        cores: scenario.cores.get(),
    };
    Report {
        schema: SCHEMA,
        command: scenario.command.clone(),
        method: "SIMULATED".to_owned(),
        path: "model".to_owned(),
        status: 200,
        body_bytes: 0,
        contenders: scenario.contenders.iter().map(|(name, _)| name.clone()).collect(),
        connections: scenario.connections.clone(),
        modes: vec![Mode::NewConnection],
        pipeline: 1,
        rate_per_second: None,
        rounds: 1,
        bound: Bound::Requests(scenario.requests as u64),
        warm_up_ns: 0,
        seed: 0,
        timeout_ns: 0,
        wait_ns: nanos(scenario.alone()),
        cores: None,
        ceilings: Vec::new(),
        interrupted: false,
        // Nothing of the machine that it was simulated on.
        environment: Environment {
            os: "virtual".to_owned(),
            arch: "model".to_owned(),
            cores: scenario.cores.get(),
            backlog: Some(scenario.backlog),
            ..Environment::default()
        },
        runs,
        outside: Vec::new(),
        timelines,
        shape: scenario.shape.clone(),
        simulated: Some(simulated),
    }
}
