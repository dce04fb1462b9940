//! The order of events: check everyone, then measure one at a time.

use std::time::Duration;

use crate::child::Server;
use crate::cost::Watch;
use crate::load::{self, Load};
use crate::probe::{self, Probed};
use crate::progress::{Progress, Step};
use crate::report::{self, Environment, Report, Run, ServerCost};
use crate::{Contender, Error, Mode, Plan, agree};

/// Waits shorter than this are lost in the cost of serving, so that no ideal rate follows from them.
const IDEAL_FROM: Duration = Duration::from_millis(1);

/// Compares the plan's contenders.
///
/// 1. Each contender is started and asked the request on a new and, three times, on a kept connection. All answers have
///    to be the same, `Date`, `Connection` and `Keep-Alive` apart.
/// 2. For each connection mode, each contender in turn is started afresh, asked once, loaded for 200 ms (at most a fifth
///    of a plan bounded by time) and then measured. No other contender runs meanwhile.
///
/// # Errors
///
/// The plan cannot be measured, a contender does not start, does not answer, answers with neither 2xx nor 3xx or
/// differently than another, or ends while it is measured. No process is left behind, whatever happens.
pub fn run(plan: &Plan, progress: &mut dyn Progress) -> Result<Report, Error> {
    let outcome = try_run(plan, progress);
    progress.finish();
    outcome
}

fn try_run(plan: &Plan, progress: &mut dyn Progress) -> Result<Report, Error> {
    plan.check()?;
    let steps = plan.contenders.len() * (1 + plan.modes.len());
    let mut step = 0..;
    let mut index = || step.next().unwrap_or(steps);

    let mut probed = Vec::with_capacity(plan.contenders.len());
    for contender in &plan.contenders {
        let name = contender.name.as_str();
        progress.begin(Step::Check { contender: name }, index(), steps);
        let server = Server::start(contender)?;
        probed.push(probe::probe(&server, &plan.request, plan.timeout)?);
    }
    check_agreement(&plan.contenders, &probed)?;
    // Neither can be missing: the plan names at least one contender, and each has been asked.
    let wait = probed.iter().map(|probed| probed.median).min().unwrap_or_default();
    let answer = probed.first().and_then(|probed| probed.answers.first());
    let (status, body_bytes) = answer.map_or((200, 0), |(_, answer)| (answer.status, answer.body.len()));

    let mut runs = Vec::with_capacity(steps);
    for &mode in &plan.modes {
        for contender in &plan.contenders {
            let name = contender.name.as_str();
            progress.begin(Step::Measure { contender: name, mode }, index(), steps);
            runs.push(measure(plan, contender, mode, status, wait, progress)?);
        }
    }
    Ok(Report {
        schema: report::SCHEMA,
        method: plan.request.method.to_string(),
        path: plan.request.path.to_string(),
        status,
        body_bytes: body_bytes as u64,
        contenders: plan.contenders.iter().map(|contender| contender.name.clone()).collect(),
        connections: plan.connections,
        modes: plan.modes.clone(),
        bound: plan.bound,
        timeout_ns: nanos(plan.timeout),
        wait_ns: nanos(wait),
        ideal_per_second: (wait >= IDEAL_FROM).then(|| plan.connections as f64 / wait.as_secs_f64()),
        environment: Environment::here(),
        runs,
    })
}

/// Every answer is held against the first contender's on a new connection.
fn check_agreement(contenders: &[Contender], probed: &[Probed]) -> Result<(), Error> {
    let mut answers = contenders.iter().zip(probed).flat_map(|(contender, probed)| {
        let labelled = probed.answers.iter();
        labelled.map(|(mode, answer)| (format!("{} ({mode})", contender.name), answer))
    });
    let Some((left_name, left)) = answers.next() else {
        return Ok(());
    };
    for (right_name, right) in answers {
        let differences = agree::differences((&left_name, left), (&right_name, right));
        if !differences.is_empty() {
            return Err(Error::Mismatch { left: left_name, right: right_name, differences });
        }
    }
    Ok(())
}

fn measure(
    plan: &Plan,
    contender: &Contender,
    mode: Mode,
    status: u16,
    wait: Duration,
    progress: &mut dyn Progress,
) -> Result<Run, Error> {
    let mut server = Server::start(contender)?;
    probe::wake(&server, &plan.request, mode, plan.timeout)?;
    let load = Load {
        addr: server.addr(),
        mode,
        wire: plan.request.to_bytes(&server.addr().to_string(), mode),
        head_request: plan.request.is_head(),
        status,
        connections: plan.connections,
        bound: plan.bound,
        timeout: plan.timeout,
        drain: plan.timeout.min(wait * 3 + Duration::from_secs(1)),
    };
    let mut watch = Watch::new(&mut server, progress);
    let counts = load.run(load::warm_up(plan.bound), &mut watch)?;
    let cost = watch.finish();
    let window = counts.window.as_secs_f64();
    let per_response = |ns: u64| (counts.responses > 0).then(|| ns / counts.responses);
    Ok(Run {
        contender: contender.name.clone(),
        mode,
        window_ns: nanos(counts.window),
        responses: counts.responses,
        requests_per_second: counts.per_second,
        latency: counts.latency,
        errors: counts.errors,
        first_connect_error: counts.first_connect_error,
        reconnects: counts.reconnects,
        left_open: counts.left_open,
        unanswered: counts.unanswered as u64,
        starved_connections: counts.starved as u64,
        productive_connections: counts.productive_connections,
        client_cpu_share: cost.client_cpu_ns.filter(|_| window > 0.0).map(|ns| ns as f64 / 1e9 / window),
        listen_overflows: cost.listen_overflows,
        server: ServerCost {
            cpu_ns_per_response: cost.server_cpu_ns.and_then(per_response),
            peak_memory_bytes: cost.peak_memory_bytes,
            threads: cost.threads,
        },
    })
}

fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}
