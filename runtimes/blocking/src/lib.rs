//! One thread, one connection at a time: the tutorial's `sockets/server.py`.
//!
//! The thread accepts a client, talks with it until the conversation is over, and accepts the next. While
//! a handler sleeps, the thread sleeps, and whoever else knocks waits in the kernel's backlog. Nothing here
//! can be shared, so nothing needs a lock: this is the easiest server to read, and the slowest as soon as
//! anything waits.
//!
//! A connection is kept alive only while nobody else is waiting. Otherwise one idle browser tab, or the
//! silent spare connection that browsers open, would keep all other clients out.

mod bell;
mod ears;
mod rivals;
#[cfg(not(all(test, polyserve_loom)))]
mod rope;
mod soon;
mod stop;
mod sync;
mod wait;

use bell::Bell;
use ears::Ears;
use polyserve_core::{App, Connection, Want, observer::Event};
use polyserve_host::{
    AcceptFailure, BACK_OFF, Capabilities, Common, Error, Held, Listening, Result, Socket, Strategy,
    common_settings, reset_on_close,
};
use soon::Soon;
use std::{
    net::{self, SocketAddr, TcpStream},
    sync::Arc,
    task::{Context, Wake, Waker},
    time::Instant,
};
use wait::hears;

pub use rivals::{Others, Rivals};
pub use stop::Stop;
pub use wait::knocks_at;

const NAME: &str = "blocking";

/// What this runtime says of itself.
pub const STRATEGY: Strategy = Strategy {
    name: NAME,
    summary: "one thread, one connection at a time: a handler that sleeps holds the whole server",
    tutorial: "sockets/server.py",
    capabilities: Capabilities::new(Held::Server).without_keep_alive_under_contention(),
    serve: SERVE,
};

/// The settings of a blocking server.
#[derive(Debug)]
pub struct Server {
    common: Common,
}

common_settings!();

impl Server {
    fn with(common: Common) -> Server {
        Server { common }
    }

    /// Serves until the shutdown begins; then the conversation at hand is finished, and every other client
    /// is refused.
    ///
    /// # Errors
    /// When the address cannot be bound, two routes conflict, or the system fails.
    pub fn serve(self) -> Result {
        let listening = self.common.open()?.without_workers(NAME)?.without_a_loop(NAME)?;
        let Listening { listener, app, shutdown, .. } = listening.without_tokio(NAME);
        let failed = |error| Error::io("the blocking server", error);
        let (app, stop) = (Arc::new(app), Stop::new(&shutdown).map_err(failed)?);
        // Only poll(2) waits for a client: one that has gone again must not leave `accept` waiting.
        listener.set_nonblocking(true).map_err(failed)?;
        let rivals = Rivals { listener, bell: Bell::here() };
        let rung = rivals.bell.clone();
        shutdown.on_begin(move || rung.wake());
        loop {
            if !stop.wait_for(&rivals.listener).map_err(failed)? {
                return Ok(());
            }
            match rivals.listener.accept() {
                Ok((stream, peer)) => {
                    app.observe(peer, Event::Accepted);
                    converse((&stream, peer), &app, Others::Rivals(&rivals), &stop);
                }
                Err(error) => match AcceptFailure::of(&error) {
                    AcceptFailure::Empty | AcceptFailure::Next => {}
                    AcceptFailure::BackOff => std::thread::sleep(BACK_OFF),
                },
            }
        }
    }
}

/// A client's socket and its address.
pub type Client<'a> = (&'a TcpStream, SocketAddr);

/// Talks with one client until the conversation is over. Without rivals (a thread per connection) it is kept
/// alive as long as its client likes.
pub fn converse(client: Client<'_>, app: &Arc<App>, others: Others<'_>, stop: &Stop) {
    let (stream, peer) = client;
    let rivals = others.rivals();
    let bell = rivals.map_or_else(Bell::here, |rivals| rivals.bell.clone());
    let waker = Waker::from(bell.clone());
    let mut cx = Context::from_waker(&waker);
    let mut connection = Connection::new(app.clone(), Instant::now()).with_peer(peer);
    let mut soon = Soon::default();
    // A blocking write gives up after this, and a read; what that means is the connection's business.
    let bounded = stream.set_write_timeout(Some(app.timeouts.write)).and(soon.arm(stream));
    if let Err(error) = bounded {
        log::debug!("a connection without timeouts: {error}");
    }
    let mut last = false;
    let mut lingering = false;
    let mut grace = None;
    loop {
        let stopping = stop.is_begun();
        // Said before the answer is made, so that it can say `Connection: close`.
        if !last && !connection.is_idle() && (stopping || rivals.is_some_and(Rivals::are_waiting)) {
            last = true;
            connection.shut_down();
        }
        if stopping && grace.is_none() {
            grace = Instant::now().checked_add(app.timeouts.grace);
        }
        if grace.is_some_and(|grace| Instant::now() >= grace) {
            log::warn!("a connection was still busy after the grace period");
            return;
        }
        let now = Instant::now();
        let want = connection.poll(&mut cx, now);
        let until = || [connection.deadline(), connection.wake_at(), grace].into_iter().flatten().min();
        match want {
            Want::Read => {
                // What has come is read before a deadline that passes meanwhile is looked at.
                others.give_way(now);
                let until = until();
                // Nothing of this client's would be lost.
                let expendable = connection.is_idle() || lingering;
                // Most clients ask again soon, and then one system call is enough.
                let in_time = until.is_none_or(|until| until > now + soon.timeout());
                let in_a_read = expendable && rivals.is_none() && in_time && !stopping;
                if in_a_read && hears(&mut connection, stream) {
                    continue;
                }
                let ears = Ears { stream, bell: &bell, rivals, stop };
                if !ears.hear(&mut connection, expendable, last, until) {
                    return;
                }
                if in_a_read {
                    soon.heard_after(now.elapsed(), stream);
                }
            }
            // The handler waits, and so does this thread: with a `sleep` until its time has come.
            Want::Wake => bell.park(until()),
            Want::Write => {
                connection.write_to(&mut Socket(stream));
            }
            Want::Reset => reset_on_close(stream),
            Want::HalfClose => {
                lingering = true;
                // Fails only if the peer has gone, which the next read tells.
                let _ = stream.shutdown(net::Shutdown::Write);
            }
            Want::Close(reason) => {
                log::debug!("connection closed: {reason}");
                return;
            }
        }
    }
}
