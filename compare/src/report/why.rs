//! Why a contender is as fast as it is: a sentence from measured facts, never from its name.

use super::{Report, Run, units};

/// From this part of the connections at work on, hardly any request waits for another.
const NEARLY_ALL: f64 = 0.9;
/// From this part of its cores on, a server is limited by the processor.
const BUSY_FROM: f64 = 0.85;

/// What is known of a run.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Facts {
    connections: usize,
    /// Clients that had a request under way, on average, where not all had: in a model some have no more to ask before
    /// the end.
    asking: Option<f64>,
    /// Requests that were at work at once, on average: rate × W, as far as W is a wait.
    at_work: Option<f64>,
    /// The part of the windows in which the process was on a processor; above 1 it was on several at once.
    on_cpu: Option<f64>,
    /// Processors that it might use.
    cores: usize,
    /// Most threads at once.
    threads: Option<u32>,
    /// Clients that were connected and not accepted, on average.
    accept_queue: Option<f64>,
    /// Connection attempts that a full queue dropped.
    overflows: u64,
    client_bound: bool,
    open_loop: bool,
}

impl Facts {
    pub(super) fn of(report: &Report, run: &Run) -> Self {
        let windows: u64 = run.rounds.iter().map(|round| round.window_ns).sum();
        let cpu = run.server.cpu_ns_per_response.map(|ns| ns as f64 * run.responses as f64);
        let wait = report.wait_ns as f64 / 1e9;
        Self {
            connections: run.connections,
            asking: run.in_system.filter(|_| report.simulated.is_some()),
            // Where there is an ideal rate, W is a wait.
            at_work: report
                .ideal_per_second(run.connections)
                .map(|_| run.requests_per_second.value * wait)
                .filter(|_| run.responses > 0),
            on_cpu: cpu.filter(|_| windows > 0).map(|cpu| cpu / windows as f64),
            cores: report.server_cores(),
            threads: run.server.threads,
            accept_queue: accept_queue(run),
            overflows: run.listen_overflows.unwrap_or(0),
            client_bound: run.client_bound,
            open_loop: report.rate_per_second.is_some(),
        }
    }
}

/// The longest queue says little: a loop that accepts now and then has a long one for a moment.
fn accept_queue(run: &Run) -> Option<f64> {
    let samples = run.rounds.iter().flat_map(|round| &round.samples).filter(|sample| sample.in_window);
    let depths: Vec<f64> = samples.filter_map(|sample| sample.accept_queue.map(f64::from)).collect();
    (!depths.is_empty()).then(|| depths.iter().sum::<f64>() / depths.len() as f64)
}

/// `None` if the facts explain nothing.
pub(super) fn why(facts: &Facts) -> Option<String> {
    let Facts { connections, cores, .. } = *facts;
    if facts.client_bound {
        return Some(
            "the load generator was at its limit; what limits the server was not reached".to_owned(),
        );
    }
    let on_cpu = facts.on_cpu.map(|share| share / cores as f64);
    if let Some(share) = on_cpu.filter(|share| *share >= BUSY_FROM) {
        let of = if cores == 1 { "its core".to_owned() } else { format!("its {cores} cores") };
        return Some(format!(
            "it kept {of} busy {} of the time: the processor limits it",
            units::percent(share.min(1.0))
        ));
    }
    let one_core = |share: &f64| cores > 1 && (BUSY_FROM..=2.0 - BUSY_FROM).contains(share);
    if let Some(used) = facts.on_cpu.filter(one_core) {
        return Some(format!("it used {used:.2} of its {cores} cores, no more than one thread can"));
    }
    let off = facts
        .on_cpu
        .filter(|share| *share < 1.0)
        .map(|share| format!("it was off the processor {} of the time", units::percent(1.0 - share)));
    let Some(at_work) = facts.at_work else {
        let crowd = facts.accept_queue.filter(|queue| *queue >= 0.5 * connections as f64);
        let crowd = crowd.map(in_the_kernel).unwrap_or_default();
        return off.map(|off| format!("{off}{crowd}{}", dropped(facts)));
    };
    let work = format!("{at_work:.1} of {connections} requests at work at once");
    if facts.open_loop {
        return off.map(|off| format!("{off}, with {at_work:.1} requests at work at once{}", dropped(facts)));
    }
    let asking = facts.asking.unwrap_or(connections as f64);
    let waiting = asking - at_work;
    if at_work >= NEARLY_ALL * asking {
        let Some(threads) = facts.threads else {
            return Some(work);
        };
        let how = if threads as usize >= connections {
            "enough for each to hold one"
        } else {
            "so most of them waited without holding one"
        };
        let plural = if threads == 1 { "" } else { "s" };
        return (connections > 1).then(|| format!("{work}, on {threads} thread{plural} in all, {how}"));
    }
    let place = match facts.accept_queue {
        // Whoever was turned away is neither in the kernel nor in the server.
        Some(queue) if facts.overflows > 0 => {
            format!("; {queue:.1} clients on average waited in the kernel's queue")
        }
        Some(queue) if queue >= 0.5 * waiting => in_the_kernel(queue),
        Some(queue) if queue < 0.1 * waiting => {
            format!("; the other {waiting:.1} were accepted, and waited inside the server")
        }
        Some(queue) => format!(
            "; {queue:.1} clients on average waited in the kernel, the others were accepted and waited inside the server"
        ),
        None => String::new(),
    };
    let off = off.map(|off| format!("{off}, with ")).unwrap_or_default();
    Some(format!("{off}{work}{place}{}", dropped(facts)))
}

fn in_the_kernel(queue: f64) -> String {
    format!("; {queue:.1} clients on average waited in the kernel, connected and not accepted")
}

fn dropped(facts: &Facts) -> String {
    match facts.overflows {
        0 => String::new(),
        n => format!("; the kernel turned clients away {n} times, who had to try again later"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Ten clients, a second's wait for whoever comes last, and a processor that has nothing to do.
    const ONE_AT_A_TIME: Facts = Facts {
        connections: 10,
        asking: None,
        at_work: Some(1.0),
        on_cpu: Some(0.002),
        cores: 1,
        threads: Some(3),
        accept_queue: Some(8.9),
        overflows: 0,
        client_bound: false,
        open_loop: false,
    };

    #[test]
    fn the_sentence_follows_from_the_facts() {
        let cases = [
            (
                ONE_AT_A_TIME,
                "it was off the processor 99.8 % of the time, with 1.0 of 10 requests at work at once; 8.9 clients \
                 on average waited in the kernel, connected and not accepted",
            ),
            (
                Facts { accept_queue: Some(0.0), ..ONE_AT_A_TIME },
                "it was off the processor 99.8 % of the time, with 1.0 of 10 requests at work at once; the other 9.0 were \
                 accepted, and waited inside the server",
            ),
            (
                Facts { asking: Some(6.2), accept_queue: Some(2.0), on_cpu: None, ..ONE_AT_A_TIME },
                "1.0 of 10 requests at work at once; 2.0 clients on average waited in the kernel, the others were accepted \
                 and waited inside the server",
            ),
            (
                Facts { accept_queue: Some(3.0), on_cpu: None, overflows: 2, ..ONE_AT_A_TIME },
                "1.0 of 10 requests at work at once; 3.0 clients on average waited in the kernel's queue; the kernel turned \
                 clients away 2 times, who had to try again later",
            ),
            (
                Facts { accept_queue: Some(3.0), on_cpu: None, ..ONE_AT_A_TIME },
                "1.0 of 10 requests at work at once; 3.0 clients on average waited in the kernel, the others were accepted and \
                 waited inside the server",
            ),
            (
                Facts { on_cpu: Some(0.98), cores: 2, ..ONE_AT_A_TIME },
                "it used 0.98 of its 2 cores, no more than one thread can",
            ),
            (
                Facts { at_work: Some(9.9), threads: Some(13), ..ONE_AT_A_TIME },
                "9.9 of 10 requests at work at once, on 13 threads in all, enough for each to hold one",
            ),
            (
                Facts { at_work: Some(9.9), threads: Some(4), ..ONE_AT_A_TIME },
                "9.9 of 10 requests at work at once, on 4 threads in all, so most of them waited without holding one",
            ),
            (
                Facts { at_work: None, on_cpu: Some(1.94), cores: 2, ..ONE_AT_A_TIME },
                "it kept its 2 cores busy 97 % of the time: the processor limits it",
            ),
            (
                Facts { at_work: None, on_cpu: Some(0.6), accept_queue: Some(4.9), ..ONE_AT_A_TIME },
                "it was off the processor 40 % of the time",
            ),
            (
                Facts { at_work: None, on_cpu: Some(0.01), ..ONE_AT_A_TIME },
                "it was off the processor 99 % of the time; 8.9 clients on average waited in the kernel, connected and not \
                 accepted",
            ),
            (
                Facts { open_loop: true, at_work: Some(2.5), ..ONE_AT_A_TIME },
                "it was off the processor 99.8 % of the time, with 2.5 requests at work at once",
            ),
            (
                Facts { client_bound: true, ..ONE_AT_A_TIME },
                "the load generator was at its limit; what limits the server was not reached",
            ),
        ];
        for (facts, expected) in cases {
            assert_eq!(why(&facts).as_deref(), Some(expected));
        }
    }

    #[test]
    fn without_facts_nothing_is_said() {
        assert_eq!(why(&Facts { connections: 10, cores: 1, ..Facts::default() }), None);
        let alone = Facts { connections: 1, at_work: Some(1.0), accept_queue: Some(0.0), ..ONE_AT_A_TIME };
        assert_eq!(why(&alone), None);
    }

    #[test]
    fn two_runs_that_differ_in_their_names_only_have_one_reason() {
        let report = crate::report::tests::report();
        let run = &report.runs[0];
        let renamed = Run { contender: "threaded".to_owned(), ..run.clone() };
        let reason = why(&Facts::of(&report, run)).unwrap();
        assert_eq!(why(&Facts::of(&report, &renamed)).as_ref(), Some(&reason));
        assert!(reason.contains("1.0 of 10 requests at work at once; 9.0 clients on average"), "{reason}");
    }
}
