//! The life of a traced request, from its dial to its end, as phases without gaps.

use crate::report::timeline::State;
use crate::report::{Timeline, TracedRequest};

/// What a request is doing, in the order of a life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Phase {
    /// The client connects.
    Connecting,
    /// Connected, and not accepted.
    Kernel,
    /// Accepted, and not yet whole.
    Reading,
    /// No handler knows of it; where the server does not tell when it accepted, the kernel's queue is in here.
    Waiting,
    /// Its handler is on a processor.
    Running,
    /// Its handler waits, and holds its thread.
    Holding,
    /// Its handler waits, and its thread is free.
    Parked,
    /// Its handler has answered.
    Writing,
}

impl Phase {
    pub(super) const ALL: [Self; 8] = [
        Self::Connecting,
        Self::Kernel,
        Self::Reading,
        Self::Waiting,
        Self::Running,
        Self::Holding,
        Self::Parked,
        Self::Writing,
    ];

    /// The class of what is drawn.
    pub(super) fn class(self) -> &'static str {
        match self {
            Self::Connecting => "connecting",
            Self::Kernel => "kernel-queue",
            Self::Reading => "reading",
            Self::Waiting => "queued",
            Self::Running => "running",
            Self::Holding => "holding",
            Self::Parked => "parked",
            Self::Writing => "writing",
        }
    }

    /// In a word or two.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Connecting => "connecting",
            Self::Kernel => "kernel queue",
            Self::Reading => "read",
            Self::Waiting => "waiting",
            Self::Running => "handler on CPU",
            Self::Holding => "asleep (holding)",
            Self::Parked => "asleep (free)",
            Self::Writing => "write and close",
        }
    }

    /// In a sentence.
    pub(super) fn meaning(self) -> &'static str {
        match self {
            Self::Connecting => "the client connects",
            Self::Kernel => "kernel queue: connected, and the server does not know of it",
            Self::Reading => "accepted, and being read",
            Self::Waiting => "waiting for a thread or the loop: no handler knows of it",
            Self::Running => "its handler is on a processor",
            Self::Holding => "its handler waits, holding its thread",
            Self::Parked => "its handler waits, its thread is free for others",
            Self::Writing => "answered: written, and closed",
        }
    }
}

/// A phase from one instant to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stage {
    pub(super) phase: Phase,
    pub(super) from_ns: u64,
    pub(super) to_ns: u64,
    /// The thread that is at work or held.
    pub(super) thread: Option<usize>,
}

/// One request's stages in the order of time: each begins where the one before it ends.
pub(super) fn stages(timeline: &Timeline, request: &TracedRequest) -> Vec<Stage> {
    let mut life = Life { stages: Vec::new(), now: request.dial_ns };
    life.until(Phase::Connecting, request.established_ns, None);
    let accepted = request.accepted.map(|moment| moment.at_ns);
    if let Some(at) = accepted {
        life.until(Phase::Kernel, at, None);
        if let Some(complete) = request.complete {
            let held = timeline.is_free_of_others(request, complete.thread, life.now, complete.at_ns);
            life.until(Phase::Reading, complete.at_ns, held.then_some(complete.thread));
        }
    }
    for span in timeline.spans(request) {
        let phase = match span.state {
            State::Running => Phase::Running,
            State::Holding => Phase::Holding,
            State::Parked => Phase::Parked,
            // What happens around the handler, the client and the connection tell better.
            _ => continue,
        };
        life.until(Phase::Waiting, span.from_ns, None);
        life.until(phase, span.to_ns, span.thread);
    }
    let answered = !request.polls.is_empty();
    life.until(if answered { Phase::Writing } else { Phase::Waiting }, request.done_ns, None);
    life.stages
}

struct Life {
    stages: Vec<Stage>,
    now: u64,
}

impl Life {
    /// What was noted out of order, as by threads whose notes cross, has no length here.
    fn until(&mut self, phase: Phase, to_ns: u64, thread: Option<usize>) {
        if to_ns > self.now {
            self.stages.push(Stage { phase, from_ns: self.now, to_ns, thread });
            self.now = to_ns;
        }
    }
}

/// How long a request was in each phase; `None` for a phase that it was never seen in.
pub(super) fn dwell(stages: &[Stage], phase: Phase) -> Option<u64> {
    let own = stages.iter().filter(|stage| stage.phase == phase);
    own.map(|stage| stage.to_ns - stage.from_ns).reduce(|a, b| a + b)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::tests::report;

    #[test]
    fn a_life_has_no_gaps_and_ends_with_the_request() {
        for timeline in &report().timelines {
            for request in &timeline.requests {
                let stages = stages(timeline, request);
                assert_eq!(stages.first().map(|stage| stage.from_ns), Some(request.dial_ns));
                assert_eq!(stages.last().map(|stage| stage.to_ns), Some(request.done_ns));
                assert!(stages.windows(2).all(|pair| pair[0].to_ns == pair[1].from_ns), "{stages:?}");
                let whole: u64 = Phase::ALL.iter().filter_map(|phase| dwell(&stages, *phase)).sum();
                assert_eq!(whole, request.done_ns - request.dial_ns);
            }
        }
    }

    #[test]
    fn the_kernels_queue_is_told_apart_only_where_the_server_says_when_it_accepted() {
        let report = report();
        let life = |at: usize| {
            let timeline = &report.timelines[at];
            let stages = stages(timeline, &timeline.requests[1]);
            stages.into_iter().map(|stage| (stage.phase, stage.to_ns)).collect::<Vec<_>>()
        };
        use Phase::{Connecting, Holding, Kernel, Parked, Reading, Running, Waiting, Writing};
        assert_eq!(
            life(0),
            [
                (Connecting, 100_000),
                (Kernel, 100_150_000),
                (Reading, 100_190_000),
                (Waiting, 100_200_000),
                (Running, 100_250_000),
                (Holding, 200_200_000),
                (Writing, 200_300_000),
            ]
        );
        let phases: Vec<Phase> = life(1).into_iter().map(|(phase, _)| phase).collect();
        assert_eq!(phases, [Connecting, Waiting, Running, Parked, Running, Writing]);
    }

    #[test]
    fn a_request_that_no_handler_saw_waits_to_its_end() {
        let report = report();
        let lost = TracedRequest { polls: Vec::new(), ..report.timelines[0].requests[0].clone() };
        let stages = stages(&report.timelines[0], &lost);
        assert_eq!(stages.last().map(|stage| stage.phase), Some(Phase::Waiting));
    }
}
