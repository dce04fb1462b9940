//! The built-in load generator: one thread, one readiness loop, a fixed number of clients.
//!
//! In a *closed* loop each client keeps one request in flight, so a slow server is asked less often. In an *open* loop
//! requests are due at a constant rate ([`Arrivals`]) and the next free client sends each; a slow server is asked just as
//! often, and what waits for a free client waits on the clock.
//!
//! Requests are serialised once, answers are parsed and counted but not kept, and each costs one write and one read, or
//! with pipelining a batch of them does.
//! [`Tally`] says what is counted when, [`client`] what one client does, [`Fleet`] who is next; here is the loop that drives them.

use std::io;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use mio::{Events, Poll};

use crate::{Bound, Error, Mode, Pacing};
use fleet::Fleet;
use step::Shared;

mod arrivals;
mod client;
mod fleet;
mod rate;
mod step;
mod tally;
#[cfg(test)]
mod tests;

pub(crate) use tally::Counts;

/// How often timeouts, failed connects and the observer get their turn. A request times out at most this much late.
const TICK: Duration = Duration::from_millis(50);
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
        let shared = Shared {
            addr: self.addr,
            mode: self.mode,
            wire: &batch,
            pipeline: self.pipeline,
            status: self.status,
            pacing: self.pacing,
            registry: &registry,
            buffer: &mut buffer,
        };
        let mut fleet = Fleet::new(self, shared, now);
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
