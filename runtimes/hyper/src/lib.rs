//! The same handlers on a ready-made server: the tutorial's `httpd/server.py`, which hosts its page on
//! Python's `http.server`.
//!
//! hyper brings its own HTTP/1.1; polyserve's connection is not in here. What polyserve adds is what hyper
//! leaves to its user: where `sleep` waits, the blocking pool, panics, the handler's deadline. It is the outside
//! reference: what the other runtimes answer can be held against the most used HTTP library of Rust.
//!
//! hyper has one timer for an idle connection and for a request head, which is
//! [`Timeouts::head`](polyserve_core::Timeouts::head) here, and none for bodies and writes.

mod exchange;

use exchange::exchange;
use hyper::{server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use polyserve_async::{Stopped, Threads};
use polyserve_core::App;
use polyserve_host::{Capabilities, Common, Held, Result, ServeOptions, Strategy, common_settings};
use std::{pin::pin, sync::Arc};
use tokio::net::TcpStream;

const NAME: &str = "hyper";

/// The smallest read buffer that hyper accepts, in bytes.
const HYPER_MIN_BUFFER: usize = 8 * 1024;

/// What this runtime says of itself.
pub const STRATEGY: Strategy = Strategy {
    name: NAME,
    summary: "as async, with hyper's HTTP instead of polyserve's: the outside reference",
    tutorial: "httpd/server.py",
    capabilities: Capabilities::new(Held::Nothing).with_blocking_pool().with_workers(),
    serve: |listener, handler, options| Server::with_options(handler, options).listener(listener).serve(),
};

/// The settings of a hyper server.
#[derive(Debug)]
pub struct Server {
    common: Common,
    threads: Threads,
}

common_settings!();

impl Server {
    fn with(common: Common) -> Server {
        Server { common, threads: Threads::default() }
    }

    fn with_options(handler: impl polyserve_core::Handler, options: ServeOptions) -> Server {
        let mut common = Common::new(handler);
        let workers = options.workers;
        common.set_options(options);
        let mut server = Server::with(common);
        server.threads.workers = workers;
        server
    }

    /// Worker threads. Default: one for each core.
    #[must_use]
    pub fn workers(mut self, workers: usize) -> Server {
        self.threads.workers = Some(workers);
        self
    }

    /// Bounds the threads for `#[handler(blocking)]`; calls beyond it wait for one. Default: 512, started
    /// when they are needed.
    #[must_use]
    pub fn blocking_threads(mut self, threads: usize) -> Server {
        self.threads.blocking = threads;
        self
    }

    /// Serves until the shutdown begins, then answers what is in flight. It starts a tokio runtime of its
    /// own, and so must not be called from inside another.
    ///
    /// # Errors
    /// When the address cannot be bound, two routes conflict, a setting cannot be honoured, or the system
    /// fails.
    pub fn serve(self) -> Result {
        self.threads.run(self.common.open()?.on_a_loop("hyper worker"), converse)
    }
}

/// Lets hyper talk with one client until the conversation is over.
async fn converse(stream: TcpStream, app: Arc<App>, stopped: Stopped) {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(app.timeouts.head)
        .max_headers(app.limits.headers)
        .max_buf_size(app.limits.head.max(HYPER_MIN_BUFFER))
        // As polyserve writes them, and as old clients look for them.
        .title_case_headers(true)
        // A client that has closed its side still gets its answer.
        .half_close(true);
    let service = service_fn(|request| exchange(app.clone(), request));
    let mut connection = pin!(http.serve_connection(TokioIo::new(stream), service));
    let outcome = tokio::select! {
        // The stop first: an answer that is ready as well then says that it is the last.
        biased;
        () = stopped.wait() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
        outcome = connection.as_mut() => outcome,
    };
    if let Err(error) = outcome {
        log::debug!("connection closed: {error}");
    }
}
