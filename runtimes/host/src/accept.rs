//! What an error of `accept` means for the loop that accepts: never its end.

use std::{
    io::{self, ErrorKind},
    time::Duration,
};

/// How long a loop leaves a listener alone that cannot give it a connection. As long as nginx's and
/// hyper-util's pauses: short for a client, long enough not to spin.
pub const BACK_OFF: Duration = Duration::from_millis(100);

/// What to do about an error of `accept`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AcceptFailure {
    /// Nobody is waiting.
    Empty,
    /// This client has gone before it was accepted, or a signal came: the next may be there.
    Next,
    /// The system has no descriptor or memory for it; the client stays in the backlog. Try again after
    /// [`BACK_OFF`].
    BackOff,
}

impl AcceptFailure {
    /// Classifies an error, and logs it where somebody must act.
    pub fn of(error: &io::Error) -> AcceptFailure {
        match error.kind() {
            ErrorKind::WouldBlock => AcceptFailure::Empty,
            ErrorKind::ConnectionAborted | ErrorKind::ConnectionReset | ErrorKind::Interrupted => {
                AcceptFailure::Next
            }
            // EMFILE, ENFILE, ENOBUFS, ENOMEM, and whatever nobody has thought of.
            _ => {
                log::warn!("cannot accept a connection: {error}; trying again in {BACK_OFF:?}");
                AcceptFailure::BackOff
            }
        }
    }
}
