//! One contender's turn: started afresh, loaded until it is warm, and measured.

use std::time::Duration;

use super::check::Checked;
use super::{Comparison, nanos};
use crate::child::Server;
use crate::cost::{Life, Watch};
use crate::latency::Recorder;
use crate::load::{Counts, Load, WarmUp};
use crate::report::{Measured, Round};
use crate::{Bound, Contender, Error, Mode};

/// How long a window bounded by requests may wait for every client to be answered once ...
const FILL: Duration = Duration::from_secs(1);
/// ... or so many answers of the fastest contender to a client alone, if that is longer.
const FILL_ANSWERS: u32 = 8;

impl Comparison<'_> {
    pub(super) fn measure(
        &mut self,
        contender: &Contender,
        connections: usize,
        mode: Mode,
        (number, place): (usize, usize),
        checked: &Checked,
    ) -> Result<Measured, Error> {
        let plan = self.plan;
        let started = self.began.elapsed();
        let life = Life::begins();
        let mut server = Server::start(contender, self.pinned.as_ref())?;
        let fill = match plan.bound {
            Bound::Duration(length) => length * 2,
            Bound::Requests(_) => FILL.max(checked.wait * FILL_ANSWERS),
        };
        let load = Load {
            addr: server.addr(),
            mode,
            wire: plan.request.to_bytes(server.host(), mode),
            head_request: plan.request.is_head(),
            status: checked.status,
            connections,
            pipeline: plan.pipeline,
            bound: plan.bound,
            timeout: plan.timeout,
            drain: plan.timeout.min(checked.wait * 3 + Duration::from_secs(1)),
            rate: plan.rate,
            pacing: plan.pacing,
            warm_up: WarmUp { least: plan.warm_up, most: plan.warm_up + fill },
        };
        let mut watch = Watch::new(&mut server, &mut *self.progress);
        let counts = load.run(&mut watch)?;
        let cost = watch.finish();
        // It has to be gone for the system to tell what its life has cost.
        drop(server);
        let Counts { window, responses, latency, from_send, errors, first_connect_error, .. } = counts;
        let seconds = window.as_secs_f64();
        let round = Round {
            number,
            place,
            started_ns: nanos(started),
            window_ns: nanos(window),
            responses,
            requests_per_second: counts.per_second,
            latency: latency.summary(),
            histogram: latency.encoded(),
            latency_from_send: from_send.as_ref().map(Recorder::summary),
            histogram_from_send: from_send.as_ref().map(Recorder::encoded),
            errors,
            reconnects: counts.reconnects,
            left_open: counts.left_open,
            unanswered: counts.unanswered as u64,
            unsent: counts.unsent,
            starved_connections: counts.starved as u64,
            productive_connections: counts.productive_connections,
            client_cpu_share: cost
                .client_cpu_ns
                .filter(|_| seconds > 0.0)
                .map(|ns| ns as f64 / 1e9 / seconds),
            listen_overflows: cost.listen.map(|listen| listen.overflows),
            listen_drops: cost.listen.map(|listen| listen.drops),
            accept_queue: cost.accept_queue,
            server: life.ended(&cost, responses, counts.lifetime_responses, connections),
            samples: cost.samples,
        };
        Ok(Measured { round, latency, from_send, first_connect_error })
    }
}
