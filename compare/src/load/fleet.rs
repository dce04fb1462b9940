//! All clients of a measurement, and who does what next.

use std::collections::VecDeque;
use std::io;
use std::time::{Duration, Instant};

use super::Load;
use super::arrivals::Arrivals;
use super::client::Client;
use super::step::{Answers, Failure, Settled, Shared, Step, Then};
use super::tally::{Counts, Tally};
use crate::Mode;

/// How long a server may take to close a connection it was asked to close.
const CLOSE_LIMIT: Duration = Duration::from_millis(100);
/// From this close on the next request of an open loop is waited for awake: the readiness queue rounds to milliseconds.
const AWAKE: Duration = Duration::from_micros(1500);

/// All clients, and what each of them is up to next.
pub(super) struct Fleet<'a> {
    load: &'a Load,
    shared: Shared<'a>,
    clients: Vec<Client>,
    pub(super) tally: Tally,
    /// When the requests of an open loop are due.
    arrivals: Option<Arrivals>,
    /// When each client's request was due, in an open loop.
    intended: Vec<Instant>,
    /// The clients of an open loop that wait for a request to be due, longest first: all connections get their turn.
    idle: VecDeque<usize>,
    /// Clients without a request that begin one in the next turn of the loop: never two in one turn, so that a server
    /// which fails at once cannot hold the loop.
    pub(super) restart: Vec<usize>,
    /// Clients whose connect failed: they begin again after the next tick.
    backed_off: Vec<usize>,
    /// Slow clients between two pieces, and until when: all pauses are equal, so the first ends first.
    pausing: VecDeque<(Instant, usize)>,
    /// No request begins any more.
    pub(super) stopped: bool,
}

impl<'a> Fleet<'a> {
    /// Clients that have not begun.
    pub(super) fn new(load: &'a Load, shared: Shared<'a>, now: Instant) -> Self {
        Self {
            load,
            shared,
            clients: (0..load.connections).map(|index| Client::new(index, load.head_request, now)).collect(),
            tally: Tally::new(load.connections, load.bound, load.rate.is_some()),
            arrivals: load.rate.map(|rate| Arrivals::new(now, rate)),
            intended: vec![now; load.connections],
            idle: VecDeque::new(),
            restart: (0..load.connections).collect(),
            backed_off: Vec::new(),
            pausing: VecDeque::new(),
            stopped: false,
        }
    }

    pub(super) fn in_flight(&self) -> usize {
        self.clients.iter().filter(|client| client.is_in_flight()).count()
    }

    pub(super) fn ready(&mut self, event: &mio::event::Event) -> io::Result<()> {
        let index = event.token().0;
        let Some(client) = self.clients.get_mut(index) else {
            return Ok(());
        };
        let step = client.ready(event, &mut self.shared)?;
        self.take(index, step)
    }

    fn begin(&mut self, index: usize) -> io::Result<()> {
        let step = self.clients[index].begin(&mut self.shared)?;
        self.take(index, step)
    }

    /// Does what follows from a client's step.
    fn take(&mut self, index: usize, step: Step) -> io::Result<()> {
        match step {
            Step::Pending => Ok(()),
            Step::Paused { until } => {
                self.pausing.push_back((until, index));
                Ok(())
            }
            Step::Answered { answers: Answers { good, other }, latency, at, then } => {
                let from_due = at.saturating_duration_since(self.intended[index]);
                let from_start = if self.arrivals.is_some() { from_due } else { latency };
                (0..good).for_each(|_| self.tally.answered(index, from_start, latency, at));
                (0..other).for_each(|_| self.tally.failed(Failure::Status, at, at));
                self.stopped |= self.tally.close_if_over(at);
                match then {
                    Then::More => Ok(()),
                    Then::Fail(failure) => self.take(index, Step::Failed(failure)),
                    Then::Settle => match self.clients[index].settle(&mut self.shared) {
                        Settled::Kept => self.next(index),
                        Settled::Closing => Ok(()),
                        Settled::Closed => self.reconnect(index),
                    },
                }
            }
            Step::Closed => self.reconnect(index),
            Step::Stale => {
                self.tally.reconnected();
                let step = self.clients[index].begin_again(&mut self.shared)?;
                self.take(index, step)
            }
            Step::Failed(failure) => {
                let client = &mut self.clients[index];
                let now = Instant::now();
                let again = match failure {
                    Failure::Connect(_) => &mut self.backed_off,
                    _ => &mut self.restart,
                };
                again.push(index);
                self.tally.failed(failure, client.since, now);
                client.since = now;
                Ok(())
            }
        }
    }

    fn reconnect(&mut self, index: usize) -> io::Result<()> {
        if self.load.mode == Mode::KeepAlive {
            self.tally.reconnected();
        }
        self.next(index)
    }

    fn next(&mut self, index: usize) -> io::Result<()> {
        if self.stopped {
            self.clients[index].abandon();
            return Ok(());
        }
        self.begin_or_idle(index)
    }

    fn begin_or_idle(&mut self, index: usize) -> io::Result<()> {
        if self.arrivals.is_some() {
            self.idle.push_back(index);
            Ok(())
        } else {
            self.begin(index)
        }
    }

    /// Sends what is due, as far as clients are free.
    pub(super) fn dispatch(&mut self) -> io::Result<()> {
        // No more than there are now: a server that fails at once must not hold the loop.
        for _ in 0..self.idle.len() {
            let now = Instant::now();
            let due = match &mut self.arrivals {
                Some(arrivals) if !self.stopped => arrivals.take(now),
                _ => None,
            };
            let Some((due, index)) = due.and_then(|due| Some((due, self.idle.pop_front()?))) else {
                break;
            };
            self.intended[index] = due;
            self.clients[index].since = now;
            self.begin(index)?;
        }
        Ok(())
    }

    /// Lets slow clients go on whose pause is over.
    pub(super) fn resume(&mut self) -> io::Result<()> {
        let now = Instant::now();
        while let Some((_, index)) = self.pausing.pop_front_if(|(until, _)| *until <= now) {
            let step = self.clients[index].resume(now, &mut self.shared)?;
            self.take(index, step)?;
        }
        Ok(())
    }

    /// How long the readiness queue may be waited for.
    pub(super) fn until_next(&self, wait: Duration) -> Duration {
        let wait = match self.pausing.front() {
            Some((until, _)) => wait.min(until.saturating_duration_since(Instant::now())),
            None => wait,
        };
        match &self.arrivals {
            Some(arrivals) if !self.stopped && !self.idle.is_empty() => {
                let left = arrivals.next_at().saturating_duration_since(Instant::now());
                wait.min(left.saturating_sub(AWAKE))
            }
            _ => wait,
        }
    }

    pub(super) fn restart(&mut self) -> io::Result<()> {
        let waiting = std::mem::take(&mut self.restart);
        if !self.stopped {
            for index in waiting {
                self.begin_or_idle(index)?;
            }
        }
        Ok(())
    }

    pub(super) fn tick(&mut self, now: Instant) -> io::Result<()> {
        for index in self.backed_off.drain(..) {
            let client = &mut self.clients[index];
            self.tally.waste(client.since, now);
            client.since = now;
            self.restart.push(index);
        }
        for index in 0..self.clients.len() {
            let client = &mut self.clients[index];
            let waited = now.saturating_duration_since(client.since);
            if client.is_in_flight() && waited >= self.load.timeout {
                client.abandon();
                self.take(index, Step::Failed(Failure::Timeout))?;
            } else if client
                .closing_since()
                .is_some_and(|since| now.saturating_duration_since(since) >= CLOSE_LIMIT)
            {
                client.abandon();
                self.tally.left_open();
                self.reconnect(index)?;
            }
        }
        Ok(())
    }

    pub(super) fn finish(mut self) -> Counts {
        let now = Instant::now();
        for client in self.clients.iter().filter(|client| client.is_in_flight()) {
            self.tally.waste(client.since, now);
        }
        let unanswered = self.clients.iter().map(Client::unanswered).sum();
        let closed = self.tally.closed_at().unwrap_or(now);
        let unsent = self.arrivals.as_ref().map_or(0, |arrivals| arrivals.late_at(closed));
        self.tally.finish(unanswered, unsent)
    }
}
