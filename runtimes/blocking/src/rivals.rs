//! Who else wants the thread of a conversation, or the processor that it runs on.

use crate::{bell::Bell, wait::knocks_at};
use std::{fmt, net::TcpListener, sync::Arc, time::Instant};

/// Whom a conversation has beside it.
#[derive(Clone, Copy)]
pub enum Others<'a> {
    /// Clients who wait for this thread: it is the only one.
    Rivals(&'a Rivals),
    /// Threads like this one. Before each read this is called, with a time that is not long past, and returns when no other
    /// thread is to go first.
    Threads(&'a dyn Fn(Instant)),
}

/// Whoever has to wait while this thread talks with one client.
#[derive(Debug)]
pub struct Rivals {
    /// Where other clients knock.
    pub(crate) listener: TcpListener,
    /// What the stop rings: it must reach this thread also while a handler waits.
    pub(crate) bell: Arc<Bell>,
}

impl<'a> Others<'a> {
    pub(crate) fn rivals(self) -> Option<&'a Rivals> {
        match self {
            Others::Rivals(rivals) => Some(rivals),
            Others::Threads(_) => None,
        }
    }

    pub(crate) fn give_way(self, now: Instant) {
        if let Others::Threads(give_way) = self {
            give_way(now);
        }
    }
}

impl Rivals {
    /// Whether another client waits for this thread.
    pub(crate) fn are_waiting(&self) -> bool {
        knocks_at(&self.listener)
    }
}

impl fmt::Debug for Others<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Others::Rivals(_) => "Rivals",
            Others::Threads(_) => "Threads",
        })
    }
}
