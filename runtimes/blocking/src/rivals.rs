//! Who else wants the only thread.

use crate::{bell::Bell, wait::readable};
use std::{net::TcpListener, os::fd::AsFd, sync::Arc, time::Instant};

/// Whoever has to wait while this thread talks with one client.
#[derive(Debug)]
pub struct Rivals {
    /// Where other clients knock.
    pub(crate) listener: TcpListener,
    /// What the stop rings: it must reach this thread also while a handler waits.
    pub(crate) bell: Arc<Bell>,
}

impl Rivals {
    /// Whether another client waits for this thread.
    pub(crate) fn are_waiting(&self) -> bool {
        readable([Some(self.listener.as_fd())], Some(Instant::now())).is_ok_and(|[waiting]| waiting)
    }
}
