//! A tokio task for each connection: the tutorial's `asyncio/server.py`.
//!
//! Tasks read like threads and cost like entries of an event loop: a task that waits is a future that
//! somebody has promised to wake. tokio's workers poll the tasks that were woken, and steal them from each
//! other, so the server uses as many cores as it has workers. A handler that sleeps is an entry in tokio's
//! timer wheel; one that holds its thread holds a worker, and its place is the blocking pool:
//! `#[handler(blocking)]`, which is the tutorial's `asyncio/server_blocking.py`.
//!
//! The Rust path of this crate in the facade is `runtime::asynchronous`, because `async` is a keyword.

mod accept;
mod alarm;
mod conversation;

use conversation::Conversation;
use polyserve_core::App;
use polyserve_host::{Capabilities, Common, Held, Result, ServeOptions, Strategy, common_settings};
use std::{future::poll_fn, sync::Arc};
use tokio::net::TcpStream;

pub use accept::{Stopped, Threads};
pub use alarm::Alarm;

const NAME: &str = "async";

/// What this runtime says of itself.
pub const STRATEGY: Strategy = Strategy {
    name: NAME,
    summary: "a tokio task per connection: a handler that sleeps is an entry in the timer wheel",
    tutorial: "asyncio/server.py",
    capabilities: Capabilities::new(Held::Nothing).with_blocking_pool().with_workers(),
    serve: |listener, handler, options| Server::with_options(handler, options).listener(listener).serve(),
};

/// The settings of an async server.
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
        self.threads.run(self.common.open()?.on_a_loop("async worker"), converse)
    }
}

/// Talks with one client until the conversation is over.
async fn converse(stream: TcpStream, app: Arc<App>, stopped: Stopped) {
    let mut conversation = Conversation::new(stream, app);
    let mut stopped = Some(Box::pin(stopped.wait()));
    let reason = poll_fn(|cx| {
        if let Some(stop) = &mut stopped
            && stop.as_mut().poll(cx).is_ready()
        {
            stopped = None;
            conversation.stop();
        }
        conversation.poll(cx)
    })
    .await;
    log::debug!("connection closed: {reason}");
}
