//! A server between its settings and its loop: what a runtime says it is, and cannot honour.

use crate::{Error, Result, Shutdown, StallWarning, tokio_advice};
use polyserve_core::App;
use std::net::TcpListener;

/// A server that is about to run: its app is checked and its port is bound.
#[derive(Debug)]
pub struct Listening {
    /// The bound listener.
    pub listener: TcpListener,
    /// The app, without a pool.
    pub app: App,
    /// What begins the graceful stop.
    pub shutdown: Shutdown,
    /// Connections at the same time; clients beyond it wait in the kernel's backlog.
    pub max_connections: usize,
    /// Worker threads, where somebody has set them.
    pub workers: Option<usize>,
    /// When a handler that holds a loop is reported.
    pub stall_warning: StallWarning,
}

impl Listening {
    /// For a runtime that has no workers: a setting that it cannot honour is an error, never ignored.
    ///
    /// # Errors
    /// When a number of workers was set.
    pub fn without_workers(self, runtime: &str) -> Result<Listening> {
        match self.workers {
            Some(_) => Err(Error::setting(format!("{runtime} has no workers: leave their number out"))),
            None => Ok(self),
        }
    }

    /// How many workers a runtime that has them starts: as many as were set, `default` otherwise, and never more
    /// than the server may have connections.
    ///
    /// # Errors
    /// When 0 workers were set.
    pub fn workers_or(&self, default: usize) -> Result<usize> {
        match self.workers.unwrap_or(default) {
            0 => Err(Error::setting("0 workers serve nobody: set at least 1")),
            workers => Ok(workers.min(self.max_connections)),
        }
    }

    /// For a runtime whose loop all handlers share: who holds it for too long is reported, if that was asked for.
    #[must_use]
    pub fn on_a_loop(mut self, what: &'static str) -> Listening {
        if let Some(bound) = self.stall_warning.bound() {
            self.app = self.app.with_stall_warning(what, bound);
        }
        self
    }

    /// For a runtime without a loop: a setting that it cannot honour is an error, never ignored.
    ///
    /// # Errors
    /// When a stall warning was asked for.
    pub fn without_a_loop(self, runtime: &str) -> Result<Listening> {
        match self.stall_warning {
            StallWarning::After(_) => Err(Error::setting(format!(
                "{runtime} has no loop that a handler could hold: leave the stall warning out, or off"
            ))),
            StallWarning::InDebugBuilds | StallWarning::Off => Ok(self),
        }
    }

    /// For a runtime without tokio: handlers that panic because they need it are explained in the log.
    #[must_use]
    pub fn without_tokio(mut self, runtime: &'static str) -> Listening {
        self.app = self.app.with_panic_advice(move |message| tokio_advice::without_tokio(runtime, message));
        self
    }

    /// For a runtime on tokio: handlers that panic because they nest another one are explained in the log.
    #[must_use]
    pub fn within_tokio(mut self) -> Listening {
        self.app = self.app.with_panic_advice(tokio_advice::within_tokio);
        self
    }
}
