//! A thread for each connection: the tutorial's `threading/server.py`.
//!
//! The conversation is `polyserve-blocking`'s, line for line. All that is new is that each client gets a
//! thread of its own to be blocked in, so a handler that sleeps holds nobody up. The kernel's scheduler does
//! what the other runtimes write an event loop for; the price is a stack per client, idle ones included.
//! A thread whose client has left waits some seconds for another, because its stack is there already; so what a
//! handler leaves in a thread-local is found by the next client's, as on every runtime. The threads accept for one
//! another, too: see `leader`.

mod crew;
mod gate;
mod leader;
mod office;
mod precedence;
mod sync;

use crew::Crew;
use leader::{Lead, Report, Threads};
use polyserve_blocking::Stop;
use polyserve_host::{
    Capabilities, Common, Error, Held, Listening, Result, Strategy, ThreadPool, common_settings,
};
use precedence::Precedence;
use std::{
    sync::{Arc, mpsc::channel},
    time::Instant,
};

const NAME: &str = "threaded";

/// A handler's stack. Linux commits only the pages that are touched, so this is address space, not memory.
const STACK: usize = 2 * 1024 * 1024;

/// What this runtime says of itself.
pub const STRATEGY: Strategy = Strategy {
    name: NAME,
    summary: "a thread per connection: a handler that sleeps holds its own thread, and nobody else",
    tutorial: "threading/server.py",
    capabilities: Capabilities::new(Held::Thread),
    serve: SERVE,
};

/// The settings of a threaded server.
#[derive(Debug)]
pub struct Server {
    common: Common,
    stack_size: usize,
}

common_settings!();

impl Server {
    fn with(common: Common) -> Server {
        Server { common, stack_size: STACK }
    }

    /// The stack of each connection's thread, in bytes. Default: 2 MiB, of which the system commits what is
    /// used.
    #[must_use]
    pub fn stack_size(mut self, bytes: usize) -> Server {
        self.stack_size = bytes;
        self
    }

    /// Serves until the shutdown begins, then answers what is in flight.
    ///
    /// # Errors
    /// When the address cannot be bound, two routes conflict, or the system fails.
    pub fn serve(self) -> Result {
        let listening = self.common.open()?.without_workers(NAME)?.without_a_loop(NAME)?;
        let Listening { listener, app, shutdown, max_connections, .. } = listening.without_tokio(NAME);
        let failed = |error| Error::io("the threaded server", error);
        listener.set_nonblocking(true).map_err(failed)?;
        let (stop, app) = (Stop::new(&shutdown).map_err(failed)?, Arc::new(app));
        let (grace, crew) = (app.timeouts.grace, Arc::<Crew>::default());
        let (report, reports) = channel();
        // At the cap the leader waits for a client to leave; the stop must reach it there, too.
        let (woken, stopped) = (crew.clone(), report.clone());
        shutdown.on_begin(move || {
            woken.wake();
            // This thread is told by a report, or has returned an error and needs none.
            let _ = stopped.send(Report::Stop);
        });
        // One for each client, and the leader.
        let pool =
            ThreadPool::new("connection", max_connections.saturating_add(1)).stack_size(self.stack_size);
        let listener = Arc::new(listener);
        let precedence = Precedence::new(&crew, max_connections, &listener);
        let lead = Lead::new(listener, &crew, report);
        let threads = Arc::new(Threads { app, stop, shutdown, max_connections, crew, pool, precedence });
        threads.follow(lead).map_err(|refused| failed(refused.error))?;
        threads.watch(reports).map_err(failed)?;
        if !threads.crew.wait_for(|seats| seats == 0, Instant::now().checked_add(grace)) {
            log::warn!("{} connections were still busy after the grace period", threads.crew.seats());
        }
        Ok(())
    }
}
