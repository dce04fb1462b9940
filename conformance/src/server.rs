//! A runtime on a port of its own, for the length of a test.

use crate::client::{Answer, Client, DEADLINE};
use crate::facade::{Handler, Held, Http, ServeOptions, Shutdown, Strategy, bind};
use std::{
    net::SocketAddr,
    sync::{
        Arc,
        mpsc::{Receiver, channel},
    },
    thread,
};

/// A server at work. When it is dropped it is stopped, and must end, without an error, before the deadline.
pub struct Server {
    runtime: &'static str,
    addr: SocketAddr,
    shutdown: Shutdown,
    /// What `serve` returned; `None` once that is known.
    outcome: Option<Receiver<crate::facade::Result>>,
}

impl Server {
    /// Starts a server with every setting at its default.
    #[must_use]
    pub fn start(runtime: Strategy, handler: impl Handler) -> Server {
        Server::start_with(runtime, handler, |_| {})
    }

    /// Starts a server whose options were changed by `set`.
    pub fn start_with(
        runtime: Strategy,
        handler: impl Handler,
        set: impl FnOnce(&mut ServeOptions),
    ) -> Server {
        let listener = bind("127.0.0.1:0").unwrap();
        let addr = listener.local_addr().unwrap();
        let mut options = ServeOptions::default();
        set(&mut options);
        let shutdown = options.shutdown.clone();
        let (ended, outcome) = channel();
        let handler: Arc<dyn Handler> = Arc::new(handler);
        let serve = runtime.serve;
        thread::Builder::new()
            .name(format!("{} server", runtime.name))
            // Nobody listens any more when the test has failed already.
            .spawn(move || drop(ended.send(serve(listener, handler, options))))
            .unwrap();
        Server { runtime: runtime.name, addr, shutdown, outcome: Some(outcome) }
    }

    /// Where it listens: a port that was free.
    #[must_use]
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// A client of it.
    #[must_use]
    pub fn connect(&self) -> Client {
        Client::connect(self.addr)
    }

    /// A client that has asked already when the next one connects: a silent one might be given up for it.
    pub fn connect_and_ask(&self, path: &str) -> Client {
        let mut client = self.connect();
        client.ask(path);
        client
    }

    /// The answer to a `GET` on a connection of its own, which ends with it.
    pub fn get(&self, path: &str) -> Answer {
        let mut client = self.connect();
        client.send(format!("GET {path} HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n"));
        client.answer()
    }

    /// Begins the graceful stop.
    pub fn begin_stop(&self) {
        self.shutdown.begin();
    }

    /// Waits until `serve` returns after [`begin_stop`](Server::begin_stop): it must be without an error.
    pub fn await_end(mut self) {
        self.join();
    }

    fn join(&mut self) {
        let Some(outcome) = self.outcome.take() else { return };
        match outcome.recv_timeout(DEADLINE) {
            Ok(Ok(())) => {}
            Ok(Err(error)) => panic!("the {} server failed: {error}", self.runtime),
            Err(error) => panic!("the {} server did not end within {DEADLINE:?}: {error}", self.runtime),
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.shutdown.begin();
        // A test that has failed already may have left handlers behind that wait for it.
        if !thread::panicking() {
            self.join();
        }
    }
}

/// Whether other clients are served while a handler waits for anything but time: a thread, its body.
pub fn serves_others_meanwhile(runtime: Strategy) -> bool {
    runtime.capabilities.sleeping_handler_holds != Held::Server
}

/// Whether the runtime speaks HTTP with polyserve's own connection. hyper has its own words for its own error answers,
/// its own order of header fields, and no timers but those that its documentation tells.
pub fn speaks_our_http(runtime: Strategy) -> bool {
    runtime.capabilities.http == Http::Polyserve
}
