//! The same comparison from models on a virtual clock: no server, no socket, no waiting, and the same bytes every time.
//!
//! What a measurement shows is the sum of a strategy, a kernel, a machine and an afternoon. Here is the strategy alone: each
//! runtime is a [`Model`], a line of data about what waits hold, and [`engine`] lets clients ask it. What follows from the
//! line (`c·W` behind one thread, `W` with timers, a second's back-off behind a full queue) is seen without noise, and what
//! a measurement shows beyond that is not the strategy's doing.
//!
//! What the model leaves out: the time that packets, system calls and locks take; other programs; timeouts; connections
//! that are kept. Its times are integers of nanoseconds, and things happen in an order that is decided and never found
//! ([`engine`] says which), so that two runs do not differ in a bit.
//!
//! The outcome is a [`Report`] like any other, with [`Report::simulated`] filled in; all views say so.

use std::num::NonZeroUsize;
use std::time::Duration;

use polyserve_host::BACKLOG;
use serde::{Deserialize, Serialize};

use crate::{Error, Report, Shape};

mod agenda;
mod engine;
mod listener;
mod model;
mod outcome;
mod served;
#[cfg(test)]
mod tests;

pub use model::{Model, Sleeper, Threads};

use engine::Slow;

/// Requests that are simulated for each contender at the most: all are kept in memory.
const MOST_REQUESTS: usize = 1_000_000;
/// Longest run of the virtual clock, far from where its nanoseconds overflow: a hundred years.
const LONGEST: u128 = 100 * 365 * 24 * 3600 * 1_000_000_000;

/// Who is simulated, and what is asked of everybody.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// Names and models, in the order of the report's rows. At least one, each name once.
    pub contenders: Vec<(String, Model)>,
    /// Numbers of clients, each with at most one request in flight; each number is simulated by itself.
    pub connections: Vec<usize>,
    /// Requests in all, of each contender and number of connections. Each is on a connection of its own, and everyone is
    /// answered.
    pub requests: usize,
    /// How long a handler sleeps.
    pub wait: Duration,
    /// How long a handler is on a core, before it sleeps.
    pub cpu: Duration,
    /// How long a slow client takes to send its request, from when it is connected.
    pub send: Duration,
    /// One client in that many is slow, the first one among them; the others send at once.
    pub slow_one_in: NonZeroUsize,
    /// What the server has told `listen`; the accept queue holds one more.
    pub backlog: u32,
    /// How long a client that found the accept queue full waits before it tries again. The time doubles with each attempt.
    pub retransmit: Duration,
    /// How long a thread takes from an answer to when it looks for the next.
    pub accept: Duration,
    /// How long a client takes from an answer to its next connection.
    pub redial: Duration,
    /// Cores that the server has.
    pub cores: NonZeroUsize,
    /// The command line, for the report.
    pub command: Vec<String>,
    /// What the scenario shows.
    pub shape: Option<Shape>,
}

impl Scenario {
    /// 10 connections, 1000 requests that each sleep for 100 ms and cost nothing, the backlog that all runtimes here
    /// ask for, attempts after 1 s, 3 s, 7 s ..., and one core.
    pub fn new(contenders: Vec<(String, Model)>) -> Self {
        Self {
            contenders,
            connections: vec![10],
            requests: 1000,
            wait: Duration::from_millis(100),
            cpu: Duration::ZERO,
            send: Duration::ZERO,
            slow_one_in: NonZeroUsize::MIN,
            backlog: BACKLOG.unsigned_abs(),
            retransmit: Duration::from_secs(1),
            accept: Duration::ZERO,
            redial: Duration::ZERO,
            cores: NonZeroUsize::MIN,
            command: Vec::new(),
            shape: None,
        }
    }

    /// What one request takes when nobody else asks, and its client is not slow.
    fn alone(&self) -> Duration {
        self.cpu + self.wait
    }

    fn check(&self) -> Result<(), Error> {
        let refuse = |why: String| Err(Error::Plan(why));
        if self.contenders.is_empty() {
            return refuse("there is nothing to simulate: name at least one contender".to_owned());
        }
        for (at, (name, _)) in self.contenders.iter().enumerate() {
            if self.contenders[..at].iter().any(|(other, _)| other == name) {
                return refuse(format!("{name} is simulated twice: rows could not be told apart"));
            }
        }
        if self.connections.is_empty() || self.connections.contains(&0) {
            return refuse("0 connections would send nothing: use at least 1".to_owned());
        }
        if !(1..=MOST_REQUESTS).contains(&self.requests) {
            return refuse(format!(
                "a simulation has from 1 to {MOST_REQUESTS} requests: each is kept in memory"
            ));
        }
        if self.alone().is_zero() {
            return refuse("in this model nothing takes time: use --wait or --cpu above 0".to_owned());
        }
        if self.retransmit.is_zero() {
            return refuse(
                "clients that are turned away would never stop trying: use --retransmit above 0".to_owned(),
            );
        }
        let one = (self.alone() + self.send + self.accept + self.redial).as_nanos();
        // Back-off at most doubles what is left to wait for.
        let whole = one.saturating_mul(self.requests as u128).saturating_add(self.retransmit.as_nanos());
        if whole.saturating_mul(2) > LONGEST {
            return refuse(
                "the simulation would last for more than a hundred years: use fewer requests".to_owned(),
            );
        }
        Ok(())
    }
}

/// What was simulated instead of measured, for the report. Times are nanoseconds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Simulated {
    /// The model of each contender, in words, in the contenders' order.
    pub models: Vec<String>,
    /// How long a handler sleeps.
    pub wait_ns: u64,
    /// How long it is on a core.
    pub cpu_ns: u64,
    /// How long a slow client sends.
    pub send_ns: u64,
    /// One client in that many is slow.
    pub slow_one_in: usize,
    /// What the server has told `listen`.
    pub backlog: u32,
    /// The first wait of a client that was turned away.
    pub retransmit_ns: u64,
    /// From an answer to the server's next accept.
    pub accept_ns: u64,
    /// From an answer to the client's next connection.
    pub redial_ns: u64,
    /// Cores of the server.
    pub cores: usize,
}

/// Lets the scenario happen for each number of connections and each contender. The same scenario gives the same report, to
/// the last bit, on every machine.
///
/// ```
/// use polyserve_compare::{Model, Scenario, report, simulate};
///
/// let scenario = Scenario::new(vec![("one thread".to_owned(), Model::ONE_THREAD)]);
/// let report = simulate(&scenario)?;
/// assert_eq!(report.runs[0].requests_per_second.value, 10.0); // 1/W, whatever the number of clients
/// assert!(report::text(&report, 100).starts_with("SIMULATED, NOT MEASURED"));
/// # Ok::<(), polyserve_compare::Error>(())
/// ```
///
/// # Errors
///
/// [`Error::Plan`] if there is nobody to simulate, nothing that takes time, or too much of it.
pub fn simulate(scenario: &Scenario) -> Result<Report, Error> {
    scenario.check()?;
    let mut runs = Vec::new();
    let mut timelines = Vec::new();
    for (at, &connections) in scenario.connections.iter().enumerate() {
        for (place, (name, model)) in scenario.contenders.iter().enumerate() {
            let outcome = engine::run(scenario, *model, (connections, scenario.requests), Slow::Always);
            if at == 0 {
                timelines.push(outcome::timeline(scenario, name, *model, connections, &outcome));
            }
            runs.push(outcome::measured(scenario, name, connections, place, &outcome));
        }
    }
    Ok(outcome::report(scenario, runs, timelines))
}

fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}
