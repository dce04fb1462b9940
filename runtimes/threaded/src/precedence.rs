//! Who goes first: a leader who is short of turns.

use crate::{crew::Crew, gate::Gate, office::Office};
use polyserve_blocking::knocks_at;
use std::{
    net::TcpListener,
    sync::{
        Arc, Weak,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

/// With so many clients a leader may be short of turns.
pub(crate) const CROWD: usize = 256;

/// How long their threads wait for it at most, and then do not for as long. Ten thousand take about half a second until each
/// has had its turn and waits.
const LONGEST: Duration = Duration::from_secs(2);

/// Lets the leader go first. A scheduler that is fair to threads has it wait for all others once it has had its part, and
/// it soon has, for it makes room for another stack in an address space that all of them share. So the threads of clients
/// keep an eye on it, and take on no more work until it has caught up.
pub(crate) struct Precedence {
    crew: Arc<Crew>,
    max_connections: usize,
    /// Nothing once the last leader has gone.
    listener: Weak<TcpListener>,
    /// As the leader found it at its last turn. Without a crowd this is all that a thread looks at.
    crowded: AtomicBool,
    office: Office,
    gate: Gate,
}

impl Precedence {
    pub(crate) fn new(crew: &Arc<Crew>, max_connections: usize, listener: &Arc<TcpListener>) -> Precedence {
        Precedence {
            crew: crew.clone(),
            max_connections,
            listener: Arc::downgrade(listener),
            crowded: AtomicBool::default(),
            office: Office::new(Instant::now()),
            gate: Gate::default(),
        }
    }

    /// The leader is about to have a turn, if there is room for a client.
    pub(crate) fn begins_a_turn(&self) {
        let seats = self.crew.seats();
        // Written only where it changes: every thread has it in its cache.
        if self.crowded.load(Relaxed) != (seats >= CROWD) {
            self.crowded.store(seats >= CROWD, Relaxed);
        }
        if seats > self.max_connections {
            self.gate.open();
        }
    }

    /// The leader calls accept(2).
    pub(crate) fn has_a_turn(&self) {
        self.office.has_a_turn();
    }

    /// The leader accepts, or somebody takes the lead.
    pub(crate) fn leads(&self) {
        self.office.set_open(true);
    }

    /// The leader has nobody to accept.
    pub(crate) fn has_caught_up(&self) {
        self.gate.open();
    }

    /// Nobody leads, or can accept.
    pub(crate) fn is_away(&self) {
        self.office.set_open(false);
        self.gate.open();
    }

    /// What the thread of a client does before it reads.
    #[inline]
    pub(crate) fn give_way(&self, now: Instant) {
        if self.crowded.load(Relaxed) {
            self.give_way_in_a_crowd(now);
        }
    }

    #[inline(never)]
    fn give_way_in_a_crowd(&self, now: Instant) {
        if self.office.is_due(now) {
            self.look();
        }
        if self.gate.pass(LONGEST) {
            self.office.rest(Instant::now(), LONGEST);
        }
    }

    #[cold]
    #[inline(never)]
    fn look(&self) {
        if self.office.is_short_of_turns() && self.is_waited_for() {
            self.gate.close();
            // The leader may have caught up before, and opens nothing again.
            if !self.is_waited_for() {
                self.gate.open();
            }
        }
    }

    /// Whether a client waits for a leader who has a crowd already, and room for one more.
    fn is_waited_for(&self) -> bool {
        self.office.is_open()
            && (CROWD..=self.max_connections).contains(&self.crew.seats())
            && self.listener.upgrade().is_some_and(|listener| knocks_at(&listener))
    }
}

#[cfg(test)]
#[cfg(not(polyserve_loom))]
mod tests;
