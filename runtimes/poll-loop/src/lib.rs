//! One thread and a readiness loop: the tutorial's `selectors/server_blocking.py`.
//!
//! The kernel tells which sockets can be read or written (epoll, kqueue), so one thread serves as many
//! clients as it has memory for, and an idle one costs it nothing. But the loop has nobody to ask for a
//! later wake-up on behalf of a handler: one that sleeps holds the loop, and with it every connection.
//! `polyserve-timer-offload` is this very loop with somebody to ask.
//!
//! On a machine with more cores a server may have several such loops ([`Server::workers`]); each client stays
//! with the one that has accepted it.

mod client;
mod deadlines;
mod door;
mod event_loop;
mod knock;
mod ready;
mod sync;
mod workers;

use polyserve_host::{Capabilities, Common, Held, Result, Strategy, common_settings};
use std::{task::Waker, thread, time::Instant};

pub use deadlines::Deadlines;
pub use workers::run;

const NAME: &str = "poll-loop";

/// What this runtime says of itself.
pub const STRATEGY: Strategy = Strategy {
    name: NAME,
    summary: "one thread polls all connections: a handler that sleeps holds the loop",
    tutorial: "selectors/server_blocking.py",
    capabilities: Capabilities::new(Held::Loop).with_worker_loops(),
    serve: SERVE,
};

/// What a loop does for a handler that sleeps: all that `poll-loop` and `timer-offload` differ in.
pub trait Sleeper {
    /// Waits until `until` on behalf of the handler behind `waker`.
    fn sleep(&mut self, until: Instant, waker: &Waker) -> Slept;
}

/// How a [`Sleeper`] waited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Slept {
    /// The time has passed; so has everybody else's.
    Here,
    /// Somebody else wakes the handler when the time has come.
    Elsewhere,
}

/// Sleeps on the spot.
#[derive(Debug)]
struct HoldTheLoop;

impl Sleeper for HoldTheLoop {
    fn sleep(&mut self, until: Instant, _: &Waker) -> Slept {
        thread::sleep(until.saturating_duration_since(Instant::now()));
        Slept::Here
    }
}

/// The settings of a poll-loop server.
#[derive(Debug)]
pub struct Server {
    common: Common,
}

common_settings!();

impl Server {
    fn with(common: Common) -> Server {
        Server { common }
    }

    /// Threads with a loop each. Default: 1. See [`run`] for what they share.
    #[must_use]
    pub fn workers(mut self, workers: usize) -> Server {
        self.common.options().workers = Some(workers);
        self
    }

    /// Serves until the shutdown begins, then answers what is in flight.
    ///
    /// # Errors
    /// When the address cannot be bound, two routes conflict, or the system fails.
    pub fn serve(self) -> Result {
        let listening = self.common.open_for_loops()?.without_tokio(NAME).on_a_loop("poll loop");
        run(listening, || Ok(HoldTheLoop))
    }
}
