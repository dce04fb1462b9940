//! What requests were doing when, and the same as text for a terminal.

use super::{Poll, Report, Timeline, TraceCost, TracedRequest, simulated, units};

/// Columns for W in the text.
const COLUMNS_FOR_WAIT: f64 = 10.0;
/// Columns in all, at the most.
const MOST_COLUMNS: f64 = 80.0;
/// A handler that is off the processor for less has lost it to another thread; it did not wait.
const SLEPT_FROM_NS: u64 = 1_000_000;

/// What a request is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// Connected or connecting, and no handler knows of it: it waits in the kernel, for a thread or for the loop.
    Queued,
    /// Its handler runs on a processor.
    Running,
    /// Its handler waits, and its thread does nothing else.
    Holding,
    /// Its handler waits, and its thread serves others meanwhile.
    Parked,
    /// Its handler has answered; the bytes are under way.
    Answered,
}

/// A state from one instant to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) state: State,
    pub(super) from_ns: u64,
    pub(super) to_ns: u64,
    /// The thread that is at work or held.
    pub(super) thread: Option<usize>,
}

impl Timeline {
    /// From the first dial to the last answer.
    pub(super) fn length_ns(&self) -> u64 {
        self.requests.iter().map(|request| request.done_ns).max().unwrap_or(0)
    }

    /// Threads that ran handlers.
    pub(super) fn threads(&self) -> usize {
        let polls = self.requests.iter().flat_map(|request| &request.polls);
        polls.map(|poll| poll.thread + 1).max().unwrap_or(0)
    }

    /// What one request did, without gaps from its dial to its end.
    pub(super) fn spans(&self, request: &TracedRequest) -> Vec<Span> {
        let mut spans = Vec::new();
        let mut push = |state, from_ns: u64, to_ns: u64, thread| {
            if to_ns > from_ns {
                spans.push(Span { state, from_ns, to_ns, thread });
            }
        };
        let Some((first, last)) = request.polls.first().zip(request.polls.last()) else {
            push(State::Queued, request.dial_ns, request.done_ns, None);
            return spans;
        };
        push(State::Queued, request.dial_ns, first.from_ns, None);
        for (at, poll) in request.polls.iter().enumerate() {
            let off_cpu = (poll.to_ns - poll.from_ns).saturating_sub(poll.cpu_ns);
            // Where in the poll the thread slept is not known; that it did, and for how long, is.
            let slept = if off_cpu < SLEPT_FROM_NS { 0 } else { off_cpu };
            let running_until = poll.to_ns - slept;
            push(State::Running, poll.from_ns, running_until, Some(poll.thread));
            push(State::Holding, running_until, poll.to_ns, Some(poll.thread));
            if let Some(next) = request.polls.get(at + 1) {
                let held = next.thread == poll.thread && self.is_held(request, poll, next);
                let state = if held { State::Holding } else { State::Parked };
                push(state, poll.to_ns, next.from_ns, held.then_some(poll.thread));
            }
        }
        push(State::Answered, last.to_ns, request.done_ns, None);
        spans
    }

    /// Whether the thread did nothing for others between two polls.
    fn is_held(&self, request: &TracedRequest, poll: &Poll, next: &Poll) -> bool {
        self.is_free_of_others(request, poll.thread, poll.to_ns, next.from_ns)
    }

    /// Whether no other request was in its handler on this thread between two instants.
    pub(super) fn is_free_of_others(
        &self,
        request: &TracedRequest,
        thread: usize,
        from_ns: u64,
        to_ns: u64,
    ) -> bool {
        let others = self.requests.iter().filter(|other| other.id != request.id);
        others.filter(|other| other.polls.iter().any(|poll| poll.thread == thread)).all(|other| {
            let ends = other.polls.first().zip(other.polls.last());
            ends.is_none_or(|(first, last)| last.to_ns <= from_ns || first.from_ns >= to_ns)
        })
    }
}

/// The timelines as text: a line for each thread that ran handlers, and one for each request. `None` if nothing was traced.
pub fn timeline(report: &Report) -> Option<String> {
    let longest = report.timelines.iter().map(Timeline::length_ns).max().filter(|ns| *ns > 0)? as f64;
    // W is the unit where it is a wait; a column is never less than it takes for the longest to fit.
    let column = (report.wait_ns as f64 / COLUMNS_FOR_WAIT).max(longest / MOST_COLUMNS);
    let mark = report.simulated.as_ref().map(|_| format!("{}\n", simulated::MARK)).unwrap_or_default();
    let mut out = format!(
        "{mark}one column = {}   █ on a processor   ▓ waits, holding its thread   ▒ waits, its thread free   ░ queued   · nothing\n",
        units::time(column.round() as u64)
    );
    for timeline in &report.timelines {
        out.push_str(&format!("\n{}\n", timeline.contender));
        let spans: Vec<(u32, Vec<Span>)> =
            timeline.requests.iter().map(|request| (request.id, timeline.spans(request))).collect();
        let columns = (timeline.length_ns() as f64 / column).ceil() as usize;
        for thread in 0..timeline.threads() {
            let own = spans.iter().flat_map(|(_, spans)| spans).filter(|span| span.thread == Some(thread));
            line(&mut out, &format!("t{}", thread + 1), &row(own, columns, column));
        }
        for (id, spans) in &spans {
            line(&mut out, &format!("r{id}"), &row(spans.iter(), columns, column));
        }
    }
    if let Some(price) = price(report) {
        out.push_str(&format!("\n{price}\n"));
    }
    Some(out)
}

/// What looking at requests one by one has cost them: the highest prices of all contenders. `None` if nobody tried.
pub(super) fn price(report: &Report) -> Option<String> {
    let costs = report.timelines.iter().filter_map(|timeline| timeline.cost);
    let dearest = costs.reduce(|a, b| TraceCost {
        event_ns: a.event_ns.max(b.event_ns),
        poll_ns: a.poll_ns.max(b.poll_ns),
        notes: a.notes.max(b.notes),
        lost: a.lost.max(b.lost),
    })?;
    let mut price = format!(
        "In the traced run noting an event costs {} ns and noting a poll of a handler {} ns, tried out in each server’s \
         process; a server took {} notes at the most",
        dearest.event_ns, dearest.poll_ns, dearest.notes
    );
    price.push_str(&match dearest.lost {
        0 => ".".to_owned(),
        lost => format!(", and had no room for {lost} more: some of what happened is missing."),
    });
    Some(price)
}

fn line(out: &mut String, name: &str, row: &str) {
    out.push_str(&format!("{name:>4} │{row}│\n"));
}

/// In each column the state that fills most of it.
fn row<'a>(spans: impl Iterator<Item = &'a Span>, columns: usize, column: f64) -> String {
    let spans: Vec<&Span> = spans.collect();
    let cell = |at: usize| {
        let (from, to) = (at as f64 * column, (at + 1) as f64 * column);
        let part = |span: &&&Span| (to.min(span.to_ns as f64) - from.max(span.from_ns as f64)).max(0.0);
        let most = spans.iter().filter(|span| part(span) > 0.0).max_by(|a, b| part(a).total_cmp(&part(b)));
        match most.map(|span| span.state) {
            None | Some(State::Answered) => '·',
            Some(State::Running) => '█',
            Some(State::Holding) => '▓',
            Some(State::Parked) => '▒',
            Some(State::Queued) => '░',
        }
    };
    (0..columns).map(cell).collect()
}
