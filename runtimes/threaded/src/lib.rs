//! A thread for each connection: the tutorial's `threading/server.py`.
//!
//! The conversation is `polyserve-blocking`'s, line for line. All that is new is that each client gets a
//! thread of its own to be blocked in, so a handler that sleeps holds nobody up. The kernel's scheduler does
//! what the other runtimes write an event loop for; the price is a stack per client, idle ones included.
//! A thread whose client has left waits some seconds for another, because its stack is there already; so what a
//! handler leaves in a thread-local is found by the next client's, as on every runtime.

mod crew;
mod sync;

use crew::{Crew, Seat};
use polyserve_blocking::{Stop, converse};
use polyserve_core::{App, Connection, observer::Event};
use polyserve_host::{
    AcceptFailure, BACK_OFF, Capabilities, Common, Error, Held, Listening, Result, Strategy, ThreadPool,
    common_settings,
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
        let listening = self.common.open()?.without_workers(NAME)?.without_a_loop(NAME)?;
        let Listening { listener, app, shutdown, max_connections, .. } = listening.without_tokio(NAME);
        let failed = |error| Error::io("the threaded server", error);
        let (app, stop) = (Arc::new(app), Arc::new(Stop::new(&shutdown).map_err(failed)?));
        let crew = Arc::new(Crew::default());
        // At the cap the main thread waits for a client to leave; the stop must reach it there, too.
        let woken = crew.clone();
        shutdown.on_begin(move || woken.wake());
        let pool = ThreadPool::new("connection", max_connections).stack_size(self.stack_size);
        let grace = app.timeouts.grace;
        let acceptor = Acceptor { app, stop, crew, pool };

        listener.set_nonblocking(true).map_err(failed)?;
        // All who wait, while there is room: to ask whether there is another takes a system call as well.
        let accept_all = || while acceptor.crew.clients() < max_connections && acceptor.accept(&listener) {};
        while !shutdown.is_begun() {
            acceptor.crew.wait_for(|clients| clients < max_connections || shutdown.is_begun(), None);
            if acceptor.stop.wait_for(&listener).map_err(failed)? {
                accept_all();
            }
        }
        // Clients that the kernel has accepted before the stop are served; later ones are refused.
        accept_all();
        drop(listener);
        if !acceptor.crew.wait_for(|clients| clients == 0, Instant::now().checked_add(grace)) {
            log::warn!("{} connections were still busy after the grace period", acceptor.crew.clients());
        }
        Ok(())
    }
}

/// What every client that is accepted gets: a place, and a thread.
struct Acceptor {
    app: Arc<App>,
    stop: Arc<Stop>,
    crew: Arc<Crew>,
    /// A thread that waits for another client is cheaper than one that is made for it: its stack is there.
    pool: ThreadPool,
}

impl Acceptor {
    /// Accepts one client and gives it a thread. Whether there may be another.
    fn accept(&self, listener: &TcpListener) -> bool {
        match listener.accept() {
            Ok((stream, peer)) => {
                self.app.observe(peer, Event::Accepted);
                self.start(stream, peer);
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

    /// Gives a client its thread; where the system has none to give, the client waits until it has.
    fn start(&self, stream: TcpStream, peer: SocketAddr) {
        let (app, stop, seat) = (self.app.clone(), self.stop.clone(), Seat::take(&self.crew));
        let mut started = self.pool.add(Box::new(move || {
            // Declared first, dropped last: a place is free when its socket is closed.
            let _seat = seat;
            let (stream, app, stop) = (stream, app, stop);
            converse((&stream, peer), &app, None, &stop);
            // The next client may have nothing to upload.
            Connection::release_buffers();
        }));
        while let Err(error) = started {
            log::warn!("cannot start a thread: {error}; trying again in {BACK_OFF:?}");
            let clients = self.crew.clients();
            self.crew.wait_for(|now| now < clients, Instant::now().checked_add(BACK_OFF));
            started = self.pool.grow();
        }
    }
}
