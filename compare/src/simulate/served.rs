//! What a run leaves behind.

use crate::report::{Moment, Poll};

/// What became of one request. Times are nanoseconds of the virtual clock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Served {
    pub(super) client: usize,
    pub(super) dial_ns: u64,
    pub(super) established_ns: u64,
    /// Who took it out of the accept queue, and when.
    pub(super) accepted: Option<Moment>,
    /// When a client that sends slowly had been read to its end.
    pub(super) complete: Option<Moment>,
    pub(super) done_ns: u64,
    /// How often it found the accept queue full.
    pub(super) turned_away: u32,
    pub(super) polls: Vec<Poll>,
}

/// What a run has to show.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Outcome {
    /// In the order in which they were dialled.
    pub(super) requests: Vec<Served>,
    /// Every change of the accept queue's length.
    pub(super) depths: Vec<(u64, u32)>,
    /// When connection attempts found the accept queue full.
    pub(super) overflows: Vec<u64>,
    /// Most threads at once that run handlers.
    pub(super) threads: u32,
}

impl Outcome {
    /// From the first dial to the last answer.
    pub(super) fn length_ns(&self) -> u64 {
        self.requests.iter().map(|request| request.done_ns).max().unwrap_or(0)
    }
}
