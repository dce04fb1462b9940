//! An eighth server: a runtime of your own, against polyserve-core, and polyserve-host for what every runtime asks of
//! the system.
//!
//! One thread and one system call: poll(2) waits for all sockets at once, and its timeout is the timer. So a handler
//! that sleeps holds nothing, without a second thread and without a library. What is paid is that every turn looks at
//! every client: at home with a hundred of them, out of place with ten thousand. HTTP is none of its business: it does
//! what each [`Connection`] [`Want`]s.
//!
//! `cargo run --release --example custom_runtime`, then `ab -n 1000 -c 10 http://127.0.0.1:8000/`.
//!
//! Does it do everything that a runtime must? The last line of this file asks: it mounts the suite that polyserve's own
//! runtimes pass. `cargo test --example custom_runtime` runs it.

#![expect(clippy::print_stderr, reason = "a program talks to its terminal")]

mod handler;

use polyserve_core::{App, Connection, Handler, Readiness, Want, observer::Event};
use polyserve_host::{
    AcceptFailure, BACK_OFF, Capabilities, Common, Error, Held, Listening, Result, ServeOptions, Shutdown,
    Strategy, announce, bind, reset_on_close,
};
use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    io::Errno,
};
use std::{
    io::{self, Read, Write},
    net::{self, SocketAddr, TcpListener, TcpStream},
    os::{fd::AsFd, unix::net::UnixStream},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::SeqCst},
    },
    task::{Context, Wake, Waker},
    time::Instant,
};

const NAME: &str = "poll(2)";

/// What this runtime says of itself, and what the suite holds it to.
const STRATEGY: Strategy = Strategy {
    name: NAME,
    summary: "one thread and poll(2): a handler that sleeps holds nothing",
    tutorial: "none of them",
    capabilities: Capabilities::new(Held::Nothing),
    serve,
};

fn main() -> Result {
    let listener = bind("127.0.0.1:8000")?;
    announce(STRATEGY.name, &listener);
    let options = ServeOptions::default();
    let _signals = options.shutdown.begin_on_signals()?;
    (STRATEGY.serve)(listener, Arc::new(handler::page), options)
}

/// Serves until the shutdown has begun and every client has its answer, or the grace is over.
fn serve(listener: TcpListener, handler: Arc<dyn Handler>, options: ServeOptions) -> Result {
    let mut common = Common::new(handler, options);
    common.set_listener(listener);
    let listening = common.open()?.without_workers(NAME)?;
    Server::open(listening).and_then(Server::run).map_err(|error| Error::io("the poll(2) server", error))
}

struct Server {
    app: Arc<App>,
    /// Where clients knock, until the stop.
    door: Option<TcpListener>,
    /// Not before then: the system had no descriptor for a client.
    door_rests_until: Option<Instant>,
    max_connections: usize,
    clients: Vec<Client>,
    /// What wakers and the stop write to, so that poll(2) returns.
    bell: Arc<UnixStream>,
    rung: UnixStream,
    shutdown: Shutdown,
    grace: Option<Instant>,
}

impl Server {
    fn open(listening: Listening) -> io::Result<Server> {
        let Listening { listener, app, shutdown, max_connections, .. } = listening;
        listener.set_nonblocking(true)?;
        let (bell, rung) = UnixStream::pair()?;
        bell.set_nonblocking(true)?;
        rung.set_nonblocking(true)?;
        let bell = Arc::new(bell);
        let stop = bell.clone();
        shutdown.on_begin(move || ring(&stop));
        Ok(Server {
            app: Arc::new(app),
            door: Some(listener),
            door_rests_until: None,
            max_connections,
            clients: Vec::new(),
            bell,
            rung,
            shutdown,
            grace: None,
        })
    }

    /// Wait, see who can go on, let them go on.
    fn run(mut self) -> io::Result<()> {
        while self.door.is_some() || !self.clients.is_empty() {
            let (rung, knocked, ready) = self.wait()?;
            let now = Instant::now();
            if self.grace.is_some_and(|grace| now >= grace) {
                eprintln!("{} connections were still busy after the grace period", self.clients.len());
                break;
            }
            if rung {
                // All of it: one byte more would end the next wait at once.
                while matches!((&self.rung).read(&mut [0; 64]), Ok(1..)) {}
            }
            // Before anybody goes on: every answer from now on says that it is the last.
            if self.shutdown.is_begun() && self.door.is_some() {
                self.stop(now);
            }
            for (client, ready) in self.clients.iter_mut().zip(ready) {
                client.go_on_if(ready, now);
            }
            if knocked {
                self.admit(now);
            }
            self.clients.retain(|client| !matches!(client.want, Want::Close(_)));
        }
        Ok(())
    }

    /// Sleeps until the bell rings, somebody knocks, a socket is ready for what its connection wants, or the time of
    /// the next deadline, of a connection or a sleeping handler, has come.
    fn wait(&self) -> io::Result<(bool, bool, Vec<bool>)> {
        let door = self.door.as_ref().filter(|_| self.clients.len() < self.max_connections);
        let door = door.filter(|_| self.door_rests_until.is_none_or(|until| until <= Instant::now()));
        let mut polled = vec![PollFd::new(&self.rung, PollFlags::IN)];
        polled.extend(door.map(|door| PollFd::new(door, PollFlags::IN)));
        let first = polled.len();
        for client in &self.clients {
            let flags = match client.want {
                Want::Read => PollFlags::IN,
                Want::Write => PollFlags::OUT,
                // Nothing of the socket's: also not that the peer has gone, which poll(2) would tell again and again.
                _ => continue,
            };
            polled.push(PollFd::from_borrowed_fd(client.stream.as_fd(), flags));
        }
        let next = self.clients.iter().filter_map(Client::next_instant);
        let next = next.chain(self.grace).chain(self.door_rests_until.filter(|_| door.is_none())).min();
        loop {
            let left = next.map(|at| at.saturating_duration_since(Instant::now()));
            // A time that does not fit is as good as none.
            let timeout = left.and_then(|left| Timespec::try_from(left).ok());
            match poll(&mut polled, timeout.as_ref()) {
                Ok(_) => break,
                Err(Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
        let mut happened = polled.iter().map(|polled| !polled.revents().is_empty());
        let rung = happened.next().unwrap_or(false);
        let knocked = first == 2 && happened.next().unwrap_or(false);
        let waits = |client: &Client| matches!(client.want, Want::Read | Want::Write);
        let ready = self.clients.iter().map(|client| waits(client) && happened.next().unwrap_or(false));
        Ok((rung, knocked, ready.collect()))
    }

    /// Everybody who knocks, as long as there are places.
    fn admit(&mut self, now: Instant) {
        self.door_rests_until = None;
        while let Some(door) = self.door.as_ref().filter(|_| self.clients.len() < self.max_connections) {
            match door.accept() {
                Ok((stream, peer)) => {
                    if let Err(error) = stream.set_nonblocking(true) {
                        eprintln!("a client was turned away: {error}");
                        continue;
                    }
                    self.app.observe(peer, Event::Accepted);
                    let mut client = Client::new(stream, peer, self.app.clone(), self.bell.clone(), now);
                    client.go_on(now);
                    self.clients.push(client);
                }
                Err(error) => match AcceptFailure::of(&error) {
                    AcceptFailure::Empty => return,
                    AcceptFailure::Next => {}
                    AcceptFailure::BackOff => return self.door_rests_until = now.checked_add(BACK_OFF),
                },
            }
        }
    }

    /// Clients that the kernel has accepted are served, later ones are refused.
    fn stop(&mut self, now: Instant) {
        self.admit(now);
        self.door = None;
        self.grace = now.checked_add(self.app.timeouts.grace);
        for client in &mut self.clients {
            if client.connection.is_idle() {
                // A request may have come that nobody has looked at yet.
                client.connection.read_from(&mut &client.stream);
            }
            client.connection.shut_down();
            client.go_on(now);
        }
    }
}

struct Client {
    stream: TcpStream,
    connection: Connection,
    /// What it waits for.
    want: Want,
    alarm: Arc<Alarm>,
}

impl Client {
    fn new(
        stream: TcpStream,
        peer: SocketAddr,
        app: Arc<App>,
        bell: Arc<UnixStream>,
        now: Instant,
    ) -> Client {
        let alarm = Arc::new(Alarm { rung: AtomicBool::new(false), bell });
        Client { stream, connection: Connection::new(app, now).with_peer(peer), want: Want::Read, alarm }
    }

    fn next_instant(&self) -> Option<Instant> {
        [self.connection.deadline(), self.connection.wake_at()].into_iter().flatten().min()
    }

    /// For the socket, for its handler's waker, or because it is time.
    fn go_on_if(&mut self, ready: bool, now: Instant) {
        if ready && self.want == Want::Read {
            self.connection.read_from(&mut &self.stream);
        }
        if ready || self.alarm.rung.load(SeqCst) || self.next_instant().is_some_and(|at| at <= now) {
            self.go_on(now);
        }
    }

    /// The whole of a runtime: poll the connection, do what it wants, poll it again, until it has to wait.
    fn go_on(&mut self, now: Instant) {
        /// So that an endless answer, to a client that reads as fast as it comes, does not hold the others.
        const ROUNDS: usize = 16;
        let waker = Waker::from(self.alarm.clone());
        let mut cx = Context::from_waker(&waker);
        for _ in 0..ROUNDS {
            self.alarm.rung.store(false, SeqCst);
            self.want = self.connection.poll(&mut cx, now);
            match self.want {
                Want::Write => {
                    if self.connection.write_to(&mut &self.stream) == Readiness::Blocked {
                        return;
                    }
                }
                // Fails only if the peer has gone, which the next read tells.
                Want::Reset => reset_on_close(&self.stream),
                Want::HalfClose => drop(self.stream.shutdown(net::Shutdown::Write)),
                Want::Read | Want::Wake | Want::Close(_) => return,
            }
        }
    }
}

/// A handler's waker: it makes poll(2) return, wherever it is used.
struct Alarm {
    rung: AtomicBool,
    bell: Arc<UnixStream>,
}

impl Wake for Alarm {
    fn wake(self: Arc<Alarm>) {
        self.rung.store(true, SeqCst);
        ring(&self.bell);
    }
}

fn ring(bell: &UnixStream) {
    // A full pipe rings already.
    let _ = (&mut &*bell).write(&[1]);
}

#[cfg(test)]
polyserve_conformance::suite!(STRATEGY);
