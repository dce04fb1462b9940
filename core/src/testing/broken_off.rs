//! Why an answer is none.

use crate::CloseReason;
use std::fmt;

/// An answer that is none, or that ended too soon.
#[derive(Debug, Clone)]
pub struct BrokenOff {
    /// Method and target.
    pub(super) request: String,
    pub(super) problem: String,
    pub(super) received: Vec<u8>,
    pub(super) closed: Option<CloseReason>,
}

impl BrokenOff {
    /// Why the server closed the connection; `None` if it did not.
    #[must_use]
    pub fn close_reason(&self) -> Option<CloseReason> {
        self.closed
    }

    /// What came of the answer, byte by byte.
    #[must_use]
    pub fn received(&self) -> &[u8] {
        &self.received
    }
}

impl fmt::Display for BrokenOff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the answer to {} is none: {}", self.request, self.problem)?;
        if let Some(reason) = self.closed {
            write!(f, "; the connection was closed: {reason}")?;
        }
        write!(f, "; received was {:?}", String::from_utf8_lossy(&self.received))
    }
}

impl std::error::Error for BrokenOff {}
