//! What happened to a few requests, one by one: the data of all timelines.

use serde::{Deserialize, Serialize};

/// A traced run of one contender: a few clients, each with a new connection for each request. Times are nanoseconds from
/// the first dial. Its requests are slower than measured ones, for they were looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Timeline {
    /// The contender's name.
    pub contender: String,
    /// The requests in the order in which they were dialled.
    pub requests: Vec<TracedRequest>,
    /// The names of the server's threads, by their numbers in [`Poll::thread`] and [`Moment::thread`]: first those that
    /// ran handlers, then those that only accepted, read or wrote. A thread without a name has an empty one.
    #[serde(default)]
    pub thread_names: Vec<String>,
    /// The listener's accept queue over time: the first look, those at which it had changed, and the last, of one every
    /// millisecond. Empty where the system does not tell.
    #[serde(default)]
    pub accept_queue: Vec<QueueDepth>,
    /// When connection attempts found the accept queue full and were dropped, which only a model tells.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub overflows: Vec<u64>,
    /// What looking has cost; `None` if that was not measured.
    #[serde(default)]
    pub cost: Option<TraceCost>,
}

/// One request, seen from both sides. What the server's side did not tell is `None`: it is not made up.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TracedRequest {
    /// Its number, from 1.
    pub id: u32,
    /// The client began to connect.
    pub dial_ns: u64,
    /// The client was connected, which says nothing of the server's having accepted.
    pub established_ns: u64,
    /// The client had handed its request to the kernel.
    #[serde(default)]
    pub sent_ns: Option<u64>,
    /// The server had accepted the connection. What lies between [`established_ns`](Self::established_ns) and this is the
    /// kernel's queue.
    #[serde(default)]
    pub accepted: Option<Moment>,
    /// The server had read the first bytes of the request.
    #[serde(default)]
    pub read: Option<Moment>,
    /// The server had the whole request, body included.
    #[serde(default)]
    pub complete: Option<Moment>,
    /// When the handler ran, in the order of time: it enters with the first poll, waits between two, and exits with the
    /// last.
    pub polls: Vec<Poll>,
    /// The server had handed the first bytes of the answer to the kernel.
    #[serde(default)]
    pub first_write: Option<Moment>,
    /// The server had handed the last bytes of the answer to the kernel.
    #[serde(default)]
    pub last_write: Option<Moment>,
    /// The first byte of the answer came to the client.
    pub first_byte_ns: u64,
    /// The client saw the server close the connection after the answer.
    pub done_ns: u64,
    /// The server was done with the connection, and gave its socket back. Later than [`done_ns`](Self::done_ns) where it
    /// waited for the client to close, too.
    #[serde(default)]
    pub closed: Option<Moment>,
}

impl TracedRequest {
    /// How long the request waited in the kernel for the server to accept its connection.
    pub fn kernel_queue_ns(&self) -> Option<u64> {
        Some(self.accepted?.at_ns.saturating_sub(self.established_ns))
    }
}

/// Something that the server did, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moment {
    /// The thread, numbered as in [`Timeline::thread_names`].
    pub thread: usize,
    /// When it was done.
    pub at_ns: u64,
}

/// A handler was called, from entry to return.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Poll {
    /// On which thread, counted in the order in which they first ran a handler.
    pub thread: usize,
    /// Entry.
    pub from_ns: u64,
    /// Return.
    pub to_ns: u64,
    /// The part of the time between for which the thread was on a processor.
    pub cpu_ns: u64,
}

/// How many clients were connected and not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueueDepth {
    /// When it was looked at.
    pub at_ns: u64,
    /// Connections in the kernel's queue.
    pub depth: u32,
}

/// What it cost the server to take notes, measured in its own process before it served.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TraceCost {
    /// Noting one event of a connection: a look at the clock, and a store.
    pub event_ns: u64,
    /// Noting one poll of a handler: two looks at the clock and at the thread's CPU time, and a store.
    pub poll_ns: u64,
    /// Notes taken.
    pub notes: u64,
    /// Notes for which a thread's buffer had no more room.
    pub lost: u64,
}
