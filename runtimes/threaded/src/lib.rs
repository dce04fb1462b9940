//! A thread for each connection: the tutorial's `threading/server.py`.
//!
//! The conversation is `polyserve-blocking`'s, line for line. All that is new is that each client gets a
//! thread of its own to be blocked in, so a handler that sleeps holds nobody up. The kernel's scheduler does
//! what the other runtimes write an event loop for; the price is a stack per client, idle ones included.

mod crew;
mod sync;

use crew::{Crew, Seat};
use polyserve_blocking::{Stop, converse};
use polyserve_core::{App, observer::Event};
use polyserve_host::{
    AcceptFailure, BACK_OFF, Capabilities, Common, Error, Held, Listening, Result, Strategy, common_settings,
};
use std::{
    net::{SocketAddr, TcpListener, TcpStream},
    sync::Arc,
    thread,
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
        let stack_size = self.stack_size;
        let listening = self.common.open()?.without_workers(NAME)?.without_a_loop(NAME)?;
        let Listening { listener, app, shutdown, max_connections, .. } = listening.without_tokio(NAME);
        let failed = |error| Error::io("the threaded server", error);
        let (app, stop) = (Arc::new(app), Arc::new(Stop::new(&shutdown).map_err(failed)?));
        let crew = Arc::new(Crew::default());
        // At the cap the main thread waits for a thread to end; the stop must reach it there, too.
        let woken = crew.clone();
        shutdown.on_begin(move || woken.wake());

        listener.set_nonblocking(true).map_err(failed)?;
        while !shutdown.is_begun() {
            crew.wait_for(|threads| threads < max_connections || shutdown.is_begun(), None);
            if stop.wait_for(&listener).map_err(failed)? {
                // All who wait, while there is room: to ask whether there is another takes a system call as well.
                while crew.threads() < max_connections && accept(&listener, &app, &stop, &crew, stack_size) {}
            }
        }
        // Clients that the kernel has accepted before the stop are served; later ones are refused.
        while crew.threads() < max_connections && accept(&listener, &app, &stop, &crew, stack_size) {}
        drop(listener);
        let grace = Instant::now().checked_add(app.timeouts.grace);
        if !crew.wait_for(|threads| threads == 0, grace) {
            log::warn!("{} connections were still busy after the grace period", crew.threads());
        }
        Ok(())
    }
}

/// Accepts one client and starts its thread. Whether there may be another.
fn accept(
    listener: &TcpListener,
    app: &Arc<App>,
    stop: &Arc<Stop>,
    crew: &Arc<Crew>,
    stack_size: usize,
) -> bool {
    match listener.accept() {
        Ok((stream, peer)) => {
            app.observe(peer, Event::Accepted);
            start((Arc::new(stream), peer), app, stop, crew, stack_size);
        }
        Err(error) => match AcceptFailure::of(&error) {
            AcceptFailure::Empty => return false,
            AcceptFailure::Next => {}
            AcceptFailure::BackOff => {
                thread::sleep(BACK_OFF);
                return false;
            }
        },
    }
    true
}

/// Starts a client's thread; where the system has none to give, the client waits until it has.
fn start(
    (stream, peer): (Arc<TcpStream>, SocketAddr),
    app: &Arc<App>,
    stop: &Arc<Stop>,
    crew: &Arc<Crew>,
    stack_size: usize,
) {
    loop {
        let (stream, app, stop) = (stream.clone(), app.clone(), stop.clone());
        let seat = Seat::take(crew);
        let started =
            thread::Builder::new().name("connection".into()).stack_size(stack_size).spawn(move || {
                let _seat = seat;
                converse((&stream, peer), &app, None, &stop);
            });
        match started {
            Ok(_) => return,
            Err(error) => log::warn!("cannot start a thread: {error}; trying again in {BACK_OFF:?}"),
        }
        let others = crew.threads();
        crew.wait_for(|threads| threads < others, Instant::now().checked_add(BACK_OFF));
    }
}
