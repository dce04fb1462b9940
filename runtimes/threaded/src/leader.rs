//! Threads that accept for one another: one of them, the leader, waits for the next client, and all others talk
//! with theirs or are idle. The pattern is Leader/Followers (Schmidt, Stal, Rohnert and Buschmann, Pattern-Oriented
//! Software Architecture, volume 2).
//!
//! A thread that only accepted would get as much of the processor as every other, for a scheduler is fair to
//! threads. With thousands of them at work that is nothing, and clients would wait at a door that nobody opens.

use crate::{
    crew::{Crew, Seat},
    precedence::Precedence,
};
use polyserve_blocking::{Others, Stop, converse};
use polyserve_core::{App, Connection, observer::Event, offload::Job};
use polyserve_host::{AcceptFailure, BACK_OFF, NoThread, Shutdown, ThreadPool};
use std::{
    io,
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc,
        mpsc::{Receiver, Sender},
    },
    thread,
    time::Duration,
};

/// What the threads of a server share.
pub(crate) struct Threads {
    pub(crate) app: Arc<App>,
    pub(crate) stop: Stop,
    pub(crate) shutdown: Shutdown,
    pub(crate) max_connections: usize,
    /// The clients, and the leader, who has a seat for as long as there is one.
    pub(crate) crew: Arc<Crew>,
    /// A thread that waits for another client is cheaper than one that is made for it: its stack is there.
    pub(crate) pool: ThreadPool,
    /// The leader's, before all others.
    pub(crate) precedence: Precedence,
}

/// The listener, and with it the duty to accept: whoever has it is the leader.
pub(crate) struct Lead {
    listener: Arc<TcpListener>,
    /// Given up after the listener is closed.
    _seat: Seat,
    report: Sender<Report>,
}

/// What the thread that called `serve` is told.
pub(crate) enum Report {
    /// The shutdown has begun.
    Stop,
    /// The system has no thread that could lead; this is what it would do.
    Vacant(Job),
    /// Nobody accepts any more: it was the stop, or a panic.
    Over,
}

impl Lead {
    pub(crate) fn new(listener: Arc<TcpListener>, crew: &Arc<Crew>, report: Sender<Report>) -> Lead {
        Lead { listener, _seat: Seat::take(crew), report }
    }
}

impl Drop for Lead {
    fn drop(&mut self) {
        // Nobody listens any more if the stop was quicker.
        let _ = self.report.send(Report::Over);
    }
}

impl Threads {
    /// Has another thread lead.
    ///
    /// # Errors
    /// When none is idle and the system has none to give.
    pub(crate) fn follow(self: &Arc<Self>, lead: Lead) -> Result<(), NoThread> {
        let threads = self.clone();
        self.pool.add(Box::new(move || {
            // Not called where it is found, for then its thread would have that function's part of the stack to touch.
            if let Some(conversation) = threads.lead(lead) {
                conversation();
            }
        }))
    }

    /// Sees to it that there is a leader, until the shutdown begins.
    ///
    /// # Errors
    /// When the leader has panicked.
    pub(crate) fn watch(&self, reports: Receiver<Report>) -> io::Result<()> {
        let mut vacant = None;
        loop {
            let pause = if vacant.is_some() { BACK_OFF } else { Duration::MAX };
            match reports.recv_timeout(pause) {
                Ok(Report::Stop) => return Ok(()),
                Ok(Report::Vacant(lead)) => vacant = Some(lead),
                Ok(Report::Over) if self.shutdown.is_begun() => return Ok(()),
                Ok(Report::Over) => return Err(io::Error::other("the thread that accepts has panicked")),
                Err(_) => vacant = vacant.and_then(|lead| refused(self.pool.add(lead))),
            }
        }
    }

    /// Gives each client to an idle thread. Where there is none, a new thread takes the lead, and this one the
    /// client: so threads start one another, which takes longer than to accept. None once the shutdown has begun.
    #[inline(never)]
    fn lead(self: Arc<Self>, lead: Lead) -> Option<Job> {
        self.precedence.leads();
        while let Some((stream, peer)) = self.accept(&lead.listener) {
            self.app.observe(peer, Event::Accepted);
            let Err(conversation) = self.pool.offer(self.conversation(stream, peer)) else {
                continue;
            };
            let report = lead.report.clone();
            if let Some(lead) = refused(self.follow(lead)) {
                self.precedence.is_away();
                // Where nobody hears it, the server has stopped.
                let _ = report.send(Report::Vacant(lead));
            }
            return Some(conversation);
        }
        self.precedence.is_away();
        None
    }

    fn conversation(self: &Arc<Self>, stream: TcpStream, peer: SocketAddr) -> Job {
        let (threads, seat) = (self.clone(), Seat::take(&self.crew));
        Box::new(move || {
            // Declared first, dropped last: a place is free when its socket is closed.
            let _seat = seat;
            let (stream, threads) = (stream, threads);
            let give_way = |now| threads.precedence.give_way(now);
            converse((&stream, peer), &threads.app, Others::Threads(&give_way), &threads.stop);
            // The next client may have nothing to upload.
            Connection::release_buffers();
        })
    }

    /// Waits for a client, and for room for it. None once the shutdown has begun and all whom the kernel had accepted
    /// before are served; those for whom there is no room are refused, like later ones.
    fn accept(&self, listener: &TcpListener) -> Option<(TcpStream, SocketAddr)> {
        loop {
            self.precedence.begins_a_turn();
            // Of these, one is the leader's.
            self.crew.wait_for(|seats| seats <= self.max_connections || self.shutdown.is_begun(), None);
            // Looked at first: nobody who came before the stop is missed.
            let last = self.shutdown.is_begun();
            if last && self.crew.seats() > self.max_connections {
                return None;
            }
            let accepted = listener.accept();
            self.precedence.has_a_turn();
            let failure = match accepted {
                Ok(client) => return Some(client),
                Err(error) => AcceptFailure::of(&error),
            };
            match failure {
                AcceptFailure::Next => {}
                _ if last => return None,
                AcceptFailure::Empty => {
                    self.precedence.has_caught_up();
                    if let Err(error) = self.stop.wait_for(listener) {
                        log::warn!("cannot wait for a client: {error}; trying again in {BACK_OFF:?}");
                        self.back_off();
                    }
                }
                AcceptFailure::BackOff => self.back_off(),
            }
        }
    }

    fn back_off(&self) {
        self.precedence.is_away();
        thread::sleep(BACK_OFF);
        self.precedence.leads();
    }
}

/// What a thread was wanted for that the system did not give.
fn refused(started: Result<(), NoThread>) -> Option<Job> {
    let NoThread { error, job } = started.err()?;
    log::warn!("cannot start a thread: {error}; trying again in {BACK_OFF:?}");
    Some(job)
}
