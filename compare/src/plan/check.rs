//! What cannot be measured, and why not.

use std::time::Duration;

use super::Plan;
use crate::{Bound, Error, Mode};

/// Most connections a plan may ask for: more than one client address has ports.
const MAX_CONNECTIONS: usize = 65_535;
/// Most requests in flight on a connection: one write has to take them, and wrk's scripts ask for 16.
const MAX_PIPELINE: usize = 1024;
/// Highest rate of an open loop: beyond what one thread sends, and far from where time arithmetic loses digits.
const MAX_RATE: f64 = 10e6;
/// Longest duration and timeout of a plan: far beyond any use, and far from where time arithmetic overflows.
const MAX_DURATION: Duration = Duration::from_secs(24 * 60 * 60);

impl Plan {
    /// Refuses what cannot be measured.
    pub(crate) fn check(&self) -> Result<(), Error> {
        let refuse = |why: &str| Err(Error::Plan(why.to_owned()));
        if self.contenders.is_empty() {
            return refuse("there is nothing to compare: name at least one contender");
        }
        for (at, contender) in self.contenders.iter().enumerate() {
            if self.contenders[..at].iter().any(|other| other.name == contender.name) {
                return Err(Error::Plan(format!(
                    "the contender {} is named twice: rows could not be told apart",
                    contender.name
                )));
            }
        }
        if self.connections.is_empty() || self.connections.contains(&0) {
            return refuse("0 connections would send nothing: use at least 1");
        }
        if self.connections.iter().any(|n| *n > MAX_CONNECTIONS) {
            return refuse("more than 65 535 connections: one client address has no more ports");
        }
        if self.connections.iter().enumerate().any(|(at, n)| self.connections[..at].contains(n)) {
            return refuse("a number of connections is named twice");
        }
        if self.pipeline == 0 || self.pipeline > MAX_PIPELINE {
            return refuse("a pipeline is 1 to 1024 requests in flight on each connection");
        }
        if self.pipeline > 1 && self.modes.contains(&Mode::NewConnection) {
            return refuse(
                "a new connection carries one request, so there is none to pipeline: use keep-alive",
            );
        }
        if self.pipeline > 1 && self.pacing.is_some() {
            return refuse(
                "slow clients send one request in pieces, and a pipeline several at once: leave one of both out",
            );
        }
        if self.pipeline > 1 && self.rate.is_some() {
            return refuse(
                "a pipeline sends when the last one is answered, so it has no rate: leave one of both out",
            );
        }
        if self.rate.is_some_and(|rate| !(rate > 0.0 && rate <= MAX_RATE)) {
            return refuse("a rate is above 0 and at most 10 000 000 requests a second");
        }
        if self.rounds == 0 {
            return refuse("0 rounds measure nothing: use at least 1, and 5 for an interval of use");
        }
        if let Some(baseline) = &self.baseline
            && !self.contenders.iter().any(|contender| contender.name == *baseline)
        {
            let names: Vec<&str> = self.contenders.iter().map(|contender| contender.name.as_str()).collect();
            return Err(Error::Plan(format!(
                "the baseline {baseline} is not measured: use one of {}",
                names.join(", ")
            )));
        }
        if self.timeout > MAX_DURATION
            || self.warm_up > MAX_DURATION
            || matches!(self.bound, Bound::Duration(d) if d > MAX_DURATION)
        {
            return refuse("a duration, warm-up or timeout of more than a day: use a shorter one");
        }
        if matches!(self.bound, Bound::Duration(Duration::ZERO) | Bound::Requests(0)) {
            return refuse("the measurement is empty: use a duration or a number of requests above 0");
        }
        if self.modes.is_empty() {
            return refuse("there is no connection mode to measure: use at least one");
        }
        if self.modes.iter().enumerate().any(|(at, mode)| self.modes[..at].contains(mode)) {
            return refuse("a connection mode is named twice");
        }
        if self.timeout.is_zero() {
            return refuse("a timeout of 0 would fail every request");
        }
        self.request.check()
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroUsize;
    use std::process::Command;

    use http::header;
    use http::uri::PathAndQuery;

    use super::*;
    use crate::{Contender, Pacing, RequestSpec};

    fn plan() -> Plan {
        let contenders = ["a", "b"].map(|name| Contender::new(name, || Command::new("true")));
        let request = RequestSpec::get(PathAndQuery::from_static("/x?y=1"));
        Plan::new(contenders.into(), request)
    }

    #[test]
    fn the_defaults_can_be_measured() {
        plan().check().unwrap();
    }

    #[test]
    fn what_cannot_be_measured_is_refused_with_the_reason() {
        type Change = fn(&mut Plan);
        let cases: [(Change, &str); 20] = [
            (|plan| plan.contenders.clear(), "nothing to compare"),
            (|plan| plan.contenders[1].name = "a".to_owned(), "named twice"),
            (|plan| plan.connections = vec![10, 0], "0 connections"),
            (|plan| plan.connections.clear(), "0 connections"),
            (|plan| plan.connections = vec![usize::MAX], "65 535"),
            (|plan| plan.connections = vec![7, 7], "named twice"),
            (|plan| plan.rate = Some(f64::NAN), "a rate is above 0"),
            (|plan| plan.pipeline = 0, "1 to 1024"),
            (|plan| plan.pipeline = 2, "use keep-alive"),
            (
                |plan| {
                    (plan.pipeline, plan.rate) = (2, Some(1.0));
                    plan.modes = vec![Mode::KeepAlive];
                },
                "has no rate",
            ),
            (
                |plan| {
                    let one_in = NonZeroUsize::MIN;
                    plan.pacing = Some(Pacing { one_in, pieces: 2, pause: Duration::from_millis(1) });
                    (plan.pipeline, plan.modes) = (2, vec![Mode::KeepAlive]);
                },
                "slow clients send one request in pieces",
            ),
            (|plan| plan.rounds = 0, "0 rounds"),
            (|plan| plan.baseline = Some("c".to_owned()), "the baseline c is not measured: use one of a, b"),
            (|plan| plan.timeout = Duration::MAX, "more than a day"),
            (|plan| plan.bound = Bound::Duration(Duration::MAX), "more than a day"),
            (|plan| plan.bound = Bound::Requests(0), "empty"),
            (|plan| plan.modes.clear(), "no connection mode"),
            (|plan| plan.modes = vec![Mode::KeepAlive; 2], "named twice"),
            (|plan| plan.timeout = Duration::ZERO, "timeout of 0"),
            (
                |plan| {
                    let value = header::HeaderValue::from_static("close");
                    plan.request.headers.insert(header::CONNECTION, value);
                },
                "the header connection",
            ),
        ];
        for (change, reason) in cases {
            let mut plan = plan();
            change(&mut plan);
            let error = plan.check().unwrap_err().to_string();
            assert!(error.contains(reason), "{error}");
        }
    }
}
