//! Whose time runs while a foreign HTTP reads a request's body.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Whose time runs, told by the request's body to [`answer`](crate::answer).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Turn {
    /// The handler works.
    #[default]
    Handler,
    /// The handler waits for the client.
    Client,
    /// The client has delivered: the handler's time begins anew.
    Delivered,
    /// The client has not delivered, and the connection cannot go on.
    Broken,
}

/// The body's word to whoever waits for the answer.
#[derive(Debug, Clone, Default)]
pub struct Told(Arc<Mutex<Turn>>);

impl Told {
    /// What was told last, to be looked at or changed.
    pub fn lock(&self) -> MutexGuard<'_, Turn> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
