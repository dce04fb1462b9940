//! From rounds to what they say together.

use super::{Errors, Latency, Ratio, Round, Run, ServerCost};
use crate::Mode;
use crate::latency::Recorder;
use crate::stats::{Better, Interval, Verdict, paired};

/// Above this part of the load generator's ceiling, a rate may be the generator's.
const CLIENT_BOUND_FROM: f64 = 0.70;

/// A round and what cannot be put together from its summary.
#[derive(Debug)]
pub(crate) struct Measured {
    pub(crate) round: Round,
    pub(crate) latency: Recorder,
    pub(crate) from_send: Option<Recorder>,
    pub(crate) first_connect_error: Option<String>,
}

impl Run {
    /// What these rounds say together; `ceiling` is what the load generator reaches.
    pub(crate) fn of(
        contender: String,
        mode: Mode,
        connections: usize,
        ceiling: Option<f64>,
        measured: Vec<Measured>,
    ) -> Self {
        let latency = merged(measured.iter().map(|measured| &measured.latency)).unwrap_or_default();
        let latency_from_send = merged(measured.iter().filter_map(|measured| measured.from_send.as_ref()));
        let first_connect_error = measured.iter().find_map(|measured| measured.first_connect_error.clone());
        let rounds: Vec<Round> = measured.into_iter().map(|measured| measured.round).collect();
        let rates: Vec<f64> = rounds.iter().map(|round| round.requests_per_second).collect();
        let requests_per_second = Interval::of_mean(&rates);
        let sum = |get: fn(&Round) -> u64| rounds.iter().map(get).sum();
        let known_sum = |get: fn(&Round) -> Option<u64>| rounds.iter().map(get).sum();
        let mut errors = Errors::default();
        rounds.iter().for_each(|round| errors.add(&round.errors));
        let means: Vec<f64> = rounds.iter().map(|round| round.productive_connections).collect();
        let shares: Vec<f64> = rounds.iter().filter_map(|round| round.client_cpu_share).collect();
        Self {
            contender,
            mode,
            connections,
            requests_per_second,
            ratio: None,
            responses: sum(|round| round.responses),
            in_system: (latency.count > 0).then(|| requests_per_second.value * latency.mean_ns as f64 / 1e9),
            latency,
            latency_from_send,
            errors,
            first_connect_error,
            reconnects: sum(|round| round.reconnects),
            left_open: sum(|round| round.left_open),
            unanswered: sum(|round| round.unanswered),
            unsent: sum(|round| round.unsent),
            starved_connections: rounds.iter().map(|round| round.starved_connections).max().unwrap_or(0),
            productive_connections: Interval::of_mean(&means).value,
            client_cpu_share: (!shares.is_empty()).then(|| Interval::of_mean(&shares).value),
            client_bound: ceiling.is_some_and(|most| requests_per_second.value > CLIENT_BOUND_FROM * most),
            listen_overflows: known_sum(|round| round.listen_overflows),
            listen_drops: known_sum(|round| round.listen_drops),
            accept_queue: rounds.iter().filter_map(|round| round.accept_queue).max(),
            server: ServerCost::of(&rounds),
            rounds,
        }
    }

    /// This run's rate by another's, from the rounds that both have; `None` if there are none, or without an answer.
    #[must_use]
    pub fn rate_by(&self, other: &Run) -> Option<Interval> {
        self.paired_with(other, |round| Some(round.requests_per_second))
    }

    /// The same of CPU times per answer: above 1 this one costs more.
    #[must_use]
    pub fn cpu_by(&self, other: &Run) -> Option<Interval> {
        self.paired_with(other, Round::cpu)
    }

    fn paired_with(&self, other: &Run, get: fn(&Round) -> Option<f64>) -> Option<Interval> {
        let theirs = |number| get(other.rounds.iter().find(|round| round.number == number)?);
        let pairs = self.rounds.iter().filter_map(|round| Some((get(round)?, theirs(round.number)?)));
        let (ours, theirs): (Vec<f64>, Vec<f64>) = pairs.unzip();
        paired(&ours, &theirs)
    }

    fn ratio_to(&self, baseline: &Run) -> Option<Ratio> {
        let rate = self.rate_by(baseline)?;
        let verdict = Verdict::of(&rate, Better::Higher);
        Some(Ratio { baseline: baseline.contender.clone(), rate, verdict, cpu: self.cpu_by(baseline) })
    }
}

/// Holds the runs of one table against the one of that name, or the one with the highest rate.
pub(crate) fn hold_against(table: &mut [Run], baseline: Option<&str>) {
    let rate = |run: &Run| run.requests_per_second.value;
    let base = match baseline {
        Some(name) => table.iter().position(|run| run.contender == name),
        None => (0..table.len()).max_by(|a, b| rate(&table[*a]).total_cmp(&rate(&table[*b]))),
    };
    let Some(base) = base else {
        return;
    };
    let ratios: Vec<Option<Ratio>> =
        (0..table.len()).map(|at| if at == base { None } else { table[at].ratio_to(&table[base]) }).collect();
    for (run, ratio) in table.iter_mut().zip(ratios) {
        run.ratio = ratio;
    }
}

fn merged<'a>(recorders: impl Iterator<Item = &'a Recorder>) -> Option<Latency> {
    let together = recorders.fold(None, |together: Option<Recorder>, recorder| match together {
        None => Some(recorder.clone()),
        Some(mut together) => {
            together.merge(recorder);
            Some(together)
        }
    });
    together.map(|together| together.summary())
}
