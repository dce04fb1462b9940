//! The built-in load generator: one thread, one readiness loop, a fixed number of clients.
//!
//! In a *closed* loop each client keeps one request in flight, so a slow server is asked less often. In an *open* loop
//! requests are due at a constant rate ([`Arrivals`]) and the next free client sends each; a slow server is asked just as
//! often, and what waits for a free client waits on the clock.
//!
//! Requests are serialised once, answers are parsed and counted but not kept, and each costs one write and one read, or
//! with pipelining a batch of them does.
//! [`Tally`] says what is counted when, [`client`] what one client does; here is the loop that drives them.

use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use mio::{Events, Poll};

use crate::{Bound, Error, Mode, Pacing};
use arrivals::Arrivals;
use client::{Answers, Client, Failure, Settled, Shared, Step, Then};
use tally::Tally;

mod arrivals;
mod client;
mod rate;
mod tally;
#[cfg(test)]
mod tests;

pub(crate) use tally::Counts;

/// How often timeouts, failed connects and the observer get their turn. A request times out at most this much late.
const TICK: Duration = Duration::from_millis(50);
/// How long a server may take to close a connection it was asked to close.
const CLOSE_LIMIT: Duration = Duration::from_millis(100);
/// From this close on the next request of an open loop is waited for awake: the readiness queue rounds to milliseconds.
const AWAKE: Duration = Duration::from_micros(1500);
/// Bytes read at once: a usual answer comes in one piece.
const READ_BUFFER: usize = 64 * 1024;

/// One measurement: whom to load, and how.
#[derive(Debug)]
pub(crate) struct Load {
    pub(crate) addr: SocketAddr,
    pub(crate) mode: Mode,
    /// The request as it goes over the wire.
    pub(crate) wire: Vec<u8>,
    /// Whether it is a HEAD request.
    pub(crate) head_request: bool,
    /// The status of a good answer.
    pub(crate) status: u16,
    pub(crate) connections: usize,
    /// Requests in flight on each connection, written at once. 1 is no pipelining.
    pub(crate) pipeline: usize,
    pub(crate) bound: Bound,
    pub(crate) timeout: Duration,
    /// How long requests in flight when the window closes may still take.
    pub(crate) drain: Duration,
    /// Requests a second of an open loop; `None` is a closed loop.
    pub(crate) rate: Option<f64>,
    /// How some of the clients send.
    pub(crate) pacing: Option<Pacing>,
    pub(crate) warm_up: WarmUp,
}

/// How long to load before measuring.
#[derive(Clone, Copy, Debug)]
pub(crate) struct WarmUp {
    /// Not shorter than this ...
    pub(crate) least: Duration,
    /// ... and, in a closed loop, until every client has been answered, so that the server's queue is as long as it will
    /// be: but not longer than this.
    pub(crate) most: Duration,
}

/// Is told what happens while the load runs, on the generator's own thread: nothing here may take long.
pub(crate) trait Observer {
    /// The window opens.
    fn opened(&mut self) {}
    /// The window has closed.
    fn closed(&mut self) {}
    /// 50 ms have passed; `done` is how much of the window lies behind, from 0 to 1. An error ends the measurement.
    fn tick(&mut self, done: f64) -> Result<(), Error> {
        let _ = done;
        Ok(())
    }
}

impl Load {
    /// Loads the server until the bound is reached and the drain is over.
    ///
    /// # Errors
    ///
    /// The readiness queue cannot be used, or the observer objects. What single requests run into is counted instead.
    pub(crate) fn run(&self, observer: &mut dyn Observer) -> Result<Counts, Error> {
        let mut poll = Poll::new().map_err(Error::Generator)?;
        let registry = poll.registry().try_clone().map_err(Error::Generator)?;
        let mut events = Events::with_capacity(1024);
        let mut buffer = vec![0; READ_BUFFER];
        let batch = self.wire.repeat(self.pipeline);
        let now = Instant::now();
        let mut fleet = Fleet {
            load: self,
            shared: Shared {
                addr: self.addr,
                mode: self.mode,
                wire: &batch,
                pipeline: self.pipeline,
                status: self.status,
                pacing: self.pacing,
                registry: &registry,
                buffer: &mut buffer,
            },
            clients: (0..self.connections).map(|index| Client::new(index, self.head_request, now)).collect(),
            tally: Tally::new(self.connections, self.bound, self.rate.is_some()),
            arrivals: self.rate.map(|rate| Arrivals::new(now, rate)),
            intended: vec![now; self.connections],
            idle: VecDeque::new(),
            restart: (0..self.connections).collect(),
            backed_off: Vec::new(),
            pausing: VecDeque::new(),
            stopped: false,
        };
        let (warm, warm_at_last) =
            (now + self.warm_up.least, now + self.warm_up.most.max(self.warm_up.least));
        let mut phase = Phase::WarmUp;
        let mut next_tick = now + TICK;

        loop {
            let now = Instant::now();
            match phase {
                Phase::WarmUp
                    if now >= warm_at_last
                        || (now >= warm && (self.rate.is_some() || fleet.tally.is_filled())) =>
                {
                    fleet.tally.open(now);
                    observer.opened();
                    phase = Phase::Window;
                }
                Phase::Window if fleet.tally.close_if_over(now) => {
                    observer.closed();
                    fleet.stopped = true;
                    phase = Phase::Drain { until: now + self.drain };
                }
                Phase::Drain { until } if now >= until || fleet.in_flight() == 0 => break,
                _ => {}
            }
            if now >= next_tick {
                observer.tick(fleet.tally.done(now))?;
                fleet.tick(now).map_err(Error::Generator)?;
                next_tick = now + TICK;
            }
            fleet.restart().map_err(Error::Generator)?;
            fleet.dispatch().map_err(Error::Generator)?;
            fleet.resume().map_err(Error::Generator)?;

            let wake = match phase {
                Phase::WarmUp if now < warm => next_tick.min(warm),
                Phase::WarmUp => next_tick.min(warm_at_last),
                Phase::Window => fleet.tally.closes_at().map_or(next_tick, |at| next_tick.min(at)),
                Phase::Drain { until } => next_tick.min(until),
            };
            let wait = if fleet.restart.is_empty() {
                fleet.until_next(wake.saturating_duration_since(Instant::now()))
            } else {
                Duration::ZERO
            };
            match poll.poll(&mut events, Some(wait)) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                polled => polled.map_err(Error::Generator)?,
            }
            for event in &events {
                fleet.ready(event).map_err(Error::Generator)?;
            }
        }
        Ok(fleet.finish())
    }
}

#[derive(Clone, Copy, Debug)]
enum Phase {
    WarmUp,
    Window,
    Drain { until: Instant },
}

/// All clients, and what each of them is up to next.
struct Fleet<'a> {
    load: &'a Load,
    shared: Shared<'a>,
    clients: Vec<Client>,
    tally: Tally,
    /// When the requests of an open loop are due.
    arrivals: Option<Arrivals>,
    /// When each client's request was due, in an open loop.
    intended: Vec<Instant>,
    /// The clients of an open loop that wait for a request to be due, longest first: all connections get their turn.
    idle: VecDeque<usize>,
    /// Clients without a request that begin one in the next turn of the loop: never two in one turn, so that a server
    /// which fails at once cannot hold the loop.
    restart: Vec<usize>,
    /// Clients whose connect failed: they begin again after the next tick.
    backed_off: Vec<usize>,
    /// Slow clients between two pieces, and until when: all pauses are equal, so the first ends first.
    pausing: VecDeque<(Instant, usize)>,
    /// No request begins any more.
    stopped: bool,
}

impl Fleet<'_> {
    fn in_flight(&self) -> usize {
        self.clients.iter().filter(|client| client.is_in_flight()).count()
    }

    fn ready(&mut self, event: &mio::event::Event) -> io::Result<()> {
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
    fn dispatch(&mut self) -> io::Result<()> {
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
    fn resume(&mut self) -> io::Result<()> {
        let now = Instant::now();
        while let Some((_, index)) = self.pausing.pop_front_if(|(until, _)| *until <= now) {
            let step = self.clients[index].resume(now, &mut self.shared)?;
            self.take(index, step)?;
        }
        Ok(())
    }

    /// How long the readiness queue may be waited for.
    fn until_next(&self, wait: Duration) -> Duration {
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

    fn restart(&mut self) -> io::Result<()> {
        let waiting = std::mem::take(&mut self.restart);
        if !self.stopped {
            for index in waiting {
                self.begin_or_idle(index)?;
            }
        }
        Ok(())
    }

    fn tick(&mut self, now: Instant) -> io::Result<()> {
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

    fn finish(mut self) -> Counts {
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
