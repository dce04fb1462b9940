//! What a host tells of its connections while it serves them, to whoever draws pictures of it.

use core::net::SocketAddr;
use std::fmt;

/// Is told what happens to connections, on the thread on which it happens. It reads its own clock.
///
/// It stands on the path of every request, so it should take a note and return: no lock, no allocation, no I/O. It must
/// not panic: that ends the thread, and the connections on it.
pub trait Observer: fmt::Debug + Send + Sync + 'static {
    /// Something has just happened to the connection of the client at `peer`.
    fn observe(&self, peer: SocketAddr, event: Event);
}

/// What happens to a connection. When its handler runs is for a wrapper around the handler to see.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Event {
    /// The host has accepted it. It may have waited in the kernel's queue for long.
    Accepted,
    /// Some bytes of it were read.
    Read,
    /// A request is here to its last byte, body included. A body that is neither read nor thrown away to its end has no such
    /// event.
    Complete,
    /// The kernel has taken some bytes for the client.
    Written,
    /// The host is done with it, and gives its socket back.
    Closed,
}
