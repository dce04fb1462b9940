//! What to compare and how: the whole input of [`run`](crate::run).

use std::time::Duration;

use crate::canned::Canned;
use crate::{Error, Placement, Shape};

mod bound;
mod budget;
mod check;
mod contender;
mod mode;
mod pacing;
mod request;

pub use bound::Bound;
pub use contender::Contender;
pub(crate) use contender::{Source, Traceable};
pub use mode::Mode;
pub use pacing::Pacing;
pub use request::RequestSpec;

/// Everything [`run`](crate::run) needs to know.
#[derive(Debug)]
pub struct Plan {
    /// Who takes part, in the order of the report's rows. At least one, each name once.
    pub contenders: Vec<Contender>,
    /// What every contender is asked, over and over.
    pub request: RequestSpec,
    /// Numbers of clients that each have at most one request in flight; each number is measured by itself. At least one,
    /// each once, from 1 to 65 535.
    pub connections: Vec<usize>,
    /// Requests in flight on each connection: that many go out in one write, and when all are answered, as many again. From
    /// 1, which is no pipelining, to 1024; above 1 only in a closed loop and with [`Mode::KeepAlive`].
    pub pipeline: usize,
    /// Requests a second that are begun whatever the server does (an open loop); `None` is a closed loop, in which each
    /// client begins its next request after its last answer.
    pub rate: Option<f64>,
    /// How often everybody is measured. At least 1; from 2 on there are intervals.
    pub rounds: usize,
    /// How long a contender is measured in each round. At most a day.
    pub bound: Bound,
    /// Load before the window of each round. A closed loop goes on until every client has been answered, for up
    /// to twice the window's length (1 s of a window bounded by requests, or longer where a request takes long). At most a
    /// day.
    pub warm_up: Duration,
    /// The connection modes to measure, in the order of the report's tables. At least one, each once.
    pub modes: Vec<Mode>,
    /// A request unanswered for this long counts as an error and its connection is replaced. At most a day.
    pub timeout: Duration,
    /// Whom the others are held against; `None` is the fastest of each table.
    pub baseline: Option<String>,
    /// Decides the order of the contenders.
    pub seed: u64,
    /// Which cores servers and load generator get.
    pub placement: Placement,
    /// Starts a server that answers at once, to find out what the load generator can do. `None` leaves it unknown, as does
    /// [`Placement::Together`], where the two slow each other down.
    pub canned: Option<Canned>,
    /// Whether a few requests of every contender that can be traced are looked at one by one, when all is measured.
    pub trace: bool,
    /// The command line, for the report.
    pub command: Vec<String>,
    /// Some clients send their requests slowly, in the traced run, too; `None` is nobody.
    pub pacing: Option<Pacing>,
    /// What this load shows, for the report.
    pub shape: Option<Shape>,
}

impl Plan {
    /// A closed loop of 10 connections, a new one for each request, 5 rounds of 0.6 s after 0.2 s of load, a timeout of
    /// 30 s, against the fastest, seed 1, with cores of their own.
    pub fn new(contenders: Vec<Contender>, request: RequestSpec) -> Self {
        Self {
            contenders,
            request,
            connections: vec![10],
            pipeline: 1,
            rate: None,
            rounds: 5,
            bound: Bound::Duration(Duration::from_millis(600)),
            warm_up: Duration::from_millis(200),
            modes: vec![Mode::NewConnection],
            timeout: Duration::from_secs(30),
            baseline: None,
            seed: 1,
            placement: Placement::Apart,
            canned: None,
            trace: true,
            command: Vec::new(),
            pacing: None,
            shape: None,
        }
    }

    /// Sets `rounds`, `bound` and `warm_up` so that the whole takes about this long: rounds of a second for each
    /// contender, mode and number of connections, or as many rounds as are asked for. A server in front of which a queue
    /// has to fill and to drain takes longer.
    ///
    /// # Errors
    ///
    /// [`Error::Plan`] if less than 50 ms would be left for one measurement.
    pub fn fit(&mut self, budget: Duration, rounds: Option<usize>) -> Result<(), Error> {
        let measurements = self.contenders.len() * self.modes.len() * self.connections.len();
        let split = budget::split(budget, measurements, rounds)?;
        (self.rounds, self.bound, self.warm_up) = (split.rounds, split.window, split.warm_up);
        Ok(())
    }

    /// Divides a bound that is meant for all rounds of a contender, mode and number of connections.
    pub fn divide(&mut self, whole: Bound, rounds: usize) {
        self.rounds = rounds;
        self.bound = budget::part(whole, rounds);
        self.warm_up = budget::warm_up(self.bound);
    }

    /// Whether a contender's requests are looked at one by one.
    pub(crate) fn is_traced(&self, contender: &Contender) -> bool {
        self.trace && contender.can_be_traced()
    }
}
