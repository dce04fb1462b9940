//! What the load generator can do, tried out with a server that does nothing.

use std::time::Duration;

use super::Comparison;
use super::check::Checked;
use crate::canned::{Canned, Exchange};
use crate::child::Server;
use crate::load::{Load, Observer, WarmUp};
use crate::progress::{Progress, Step};
use crate::report::Ceiling;
use crate::{Bound, Error, Mode};

/// How long the load generator's ceiling is measured, for each mode and number of connections.
const CEILING: Duration = Duration::from_millis(300);
/// Longest body that the canned server is given to hold in memory. Whoever asks for more waits for bytes, not for requests.
const LONGEST: usize = 64 * 1024 * 1024;
/// Stands in the `Host` field of requests to the canned server, which does not read them.
const CANNED_HOST: &str = "127.0.0.1:00000";

impl<'a> Comparison<'a> {
    /// What finds the load generator's ceiling, if it can be found.
    pub(super) fn canned(&self) -> Option<&'a Canned> {
        let shared = self.pinned.as_ref().is_some_and(|pinned| pinned.cores().are_shared());
        self.plan.canned.as_ref().filter(|_| !shared)
    }

    /// What the load generator reaches in a closed loop against a server that does nothing.
    pub(super) fn ceilings(&mut self, checked: &Checked) -> Result<Vec<Ceiling>, Error> {
        let plan = self.plan;
        let Some(canned) = self.canned() else {
            return Ok(Vec::new());
        };
        self.begin(Step::Ceiling);
        let Some(body_bytes) = usize::try_from(checked.body_bytes).ok().filter(|n| *n <= LONGEST) else {
            self.progress.note("the answer is too long to find the load generator's ceiling with");
            return Ok(Vec::new());
        };
        let mut ceilings = Vec::new();
        for (connections, mode) in self.tables() {
            // What the request is long depends on the address only by the digits of its port.
            let request_bytes = plan.request.to_bytes(CANNED_HOST, mode).len();
            let body_bytes = if plan.request.is_head() { 0 } else { body_bytes };
            let exchange = Exchange { request_bytes, body_bytes, close: mode == Mode::NewConnection };
            let name = "the canned responder".to_owned();
            let server = Server::spawn(name, canned.command(exchange), true, self.pinned.as_ref())?;
            let load = Load {
                addr: server.addr(),
                mode,
                wire: plan.request.to_bytes(CANNED_HOST, mode),
                head_request: plan.request.is_head(),
                status: 200,
                connections,
                pipeline: plan.pipeline,
                bound: Bound::Duration(CEILING),
                timeout: plan.timeout,
                drain: Duration::ZERO,
                rate: None,
                pacing: None,
                warm_up: WarmUp { least: CEILING / 3, most: CEILING },
            };
            let counts = load.run(&mut Patient(&mut *self.progress))?;
            // A machine that had no time for it says nothing about what the generator can do.
            if counts.per_second > 0.0 {
                ceilings.push(Ceiling { connections, mode, requests_per_second: counts.per_second });
            }
        }
        Ok(ceilings)
    }
}

/// Only looks whether somebody has had enough.
struct Patient<'a>(&'a mut dyn Progress);

impl Observer for Patient<'_> {
    fn tick(&mut self, done: f64) -> Result<(), Error> {
        self.0.advance(done);
        if self.0.cancelled() { Err(Error::Interrupted) } else { Ok(()) }
    }
}
