//! What a runtime says of itself, so that code can ask instead of guess.

use crate::{Result, Shutdown, StallWarning, bind::bind_for_loops};
use polyserve_core::{Handler, Limits, Timeouts, observer::Observer};
use std::{
    net::{TcpListener, ToSocketAddrs},
    sync::Arc,
};

/// One way to host a handler: what the command line, the comparison and the tests iterate over.
#[derive(Debug, Clone, Copy)]
pub struct Strategy {
    /// The name on the command line.
    pub name: &'static str,
    /// One line on how it waits.
    pub summary: &'static str,
    /// The file of the Python tutorial that it answers.
    pub tutorial: &'static str,
    /// What it can do.
    pub capabilities: Capabilities,
    /// Hosts a handler until it is told to stop.
    pub serve: Serve,
}

impl Strategy {
    /// Binds an address for a server of this runtime with so many workers: where each has a loop of its own, for
    /// [all of them](crate::bind_for_workers).
    ///
    /// # Errors
    /// As [`bind`](crate::bind).
    pub fn bind(&self, addr: impl ToSocketAddrs, workers: Option<usize>) -> Result<TcpListener> {
        bind_for_loops(addr, workers.filter(|_| self.capabilities.worker_loops))
    }
}

/// Hosts a handler on a bound listener until the options' shutdown begins, then drains.
pub type Serve = fn(TcpListener, Arc<dyn Handler>, ServeOptions) -> Result;

/// Settings for [`Strategy::serve`]. `None` is the runtime's own default.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct ServeOptions {
    /// What begins the graceful stop.
    pub shutdown: Shutdown,
    /// The bounds on what a peer may send.
    pub limits: Limits,
    /// The bounds on time.
    pub timeouts: Timeouts,
    /// Connections at the same time.
    pub max_connections: Option<usize>,
    /// Worker threads; an error at start where the runtime has none.
    pub workers: Option<usize>,
    /// When a handler that holds a loop is reported in the log.
    pub stall_warning: StallWarning,
    /// Who is told what happens to connections; nobody by default.
    pub observer: Option<Arc<dyn Observer>>,
}

/// What Apache's modules ask with `ap_mpm_query`, as data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Capabilities {
    /// What a handler that sleeps keeps from serving others.
    pub sleeping_handler_holds: Held,
    /// Whether `#[handler(blocking)]` runs on a pool of threads of its own.
    pub blocking_pool: bool,
    /// Whether the number of worker threads can be set.
    pub workers: bool,
    /// Whether each worker has a loop, and so a queue of clients, of its own ([`bind_for_workers`](crate::bind_for_workers)).
    pub worker_loops: bool,
    /// Whether a connection stays open while other clients wait to be served.
    pub keep_alive_under_contention: bool,
    /// Who speaks HTTP.
    pub http: Http,
    /// Whether handlers run inside a tokio runtime, where futures that only work on tokio can be awaited.
    pub tokio: bool,
}

impl Capabilities {
    /// A server that a sleeping handler does not hold, without pool or workers.
    #[must_use]
    pub const fn new(sleeping_handler_holds: Held) -> Capabilities {
        Capabilities {
            sleeping_handler_holds,
            blocking_pool: false,
            workers: false,
            worker_loops: false,
            keep_alive_under_contention: true,
            http: Http::Polyserve,
            tokio: false,
        }
    }

    /// With a pool for `#[handler(blocking)]`.
    #[must_use]
    pub const fn with_blocking_pool(mut self) -> Capabilities {
        self.blocking_pool = true;
        self
    }

    /// With a settable number of workers.
    #[must_use]
    pub const fn with_workers(mut self) -> Capabilities {
        self.workers = true;
        self
    }

    /// With a settable number of workers, each of which accepts its own clients.
    #[must_use]
    pub const fn with_worker_loops(mut self) -> Capabilities {
        self.worker_loops = true;
        self.with_workers()
    }

    /// Inside a tokio runtime.
    #[must_use]
    pub const fn with_tokio(mut self) -> Capabilities {
        self.tokio = true;
        self
    }

    /// Whether connections share a thread that a handler can hold without waiting: a loop, or a worker.
    #[must_use]
    pub const fn has_a_loop(&self) -> bool {
        matches!(self.sleeping_handler_holds, Held::Loop | Held::Nothing)
    }

    /// Keeps a connection only while nobody else waits.
    #[must_use]
    pub const fn without_keep_alive_under_contention(mut self) -> Capabilities {
        self.keep_alive_under_contention = false;
        self
    }

    /// Speaks HTTP with hyper instead of polyserve's own connection.
    #[must_use]
    pub const fn with_http_of_hyper(mut self) -> Capabilities {
        self.http = Http::Hyper;
        self
    }
}

/// Whose HTTP/1.1 a runtime speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Http {
    /// [`Connection`](polyserve_core::Connection)'s, to the byte.
    Polyserve,
    /// hyper's: the same statuses and contents, but where `docs/CONFORMANCE.md` tells why not; and none of the
    /// bounds that hyper cannot be told.
    Hyper,
}

/// What a sleeping handler holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Held {
    /// The whole server.
    Server,
    /// The thread of its connection.
    Thread,
    /// The event loop, and with it every connection.
    Loop,
    /// Nothing but memory.
    Nothing,
}
