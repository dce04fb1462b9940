//! How the kernel tells the loop that somebody knocks.
//!
//! On Linux it tells so again in every turn for as long as somebody waits (level-triggered), and a loop may take one
//! client at a time. mio knows edge-triggered events only, which tell once: after each, a loop has to accept until
//! nobody is left, and for clients that come one by one that is an `accept4` in vain for each.

use crate::event_loop::LISTENER;
use mio::{Registry, net::TcpListener};
use std::io;

#[cfg(any(target_os = "linux", target_os = "android"))]
mod system {
    use super::{LISTENER, Registry, TcpListener, io};
    use rustix::event::epoll::{EventData, EventFlags, add, delete};

    pub(crate) const TELLS_AGAIN: bool = true;

    pub(crate) fn watch(listener: &mut TcpListener, registry: &Registry) -> io::Result<()> {
        Ok(add(registry, listener, EventData::new_u64(LISTENER.0 as u64), EventFlags::IN)?)
    }

    pub(crate) fn unwatch(listener: &mut TcpListener, registry: &Registry) -> io::Result<()> {
        Ok(delete(registry, listener)?)
    }
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
mod system {
    use super::{LISTENER, Registry, TcpListener, io};
    use mio::Interest;

    pub(crate) const TELLS_AGAIN: bool = false;

    pub(crate) fn watch(listener: &mut TcpListener, registry: &Registry) -> io::Result<()> {
        registry.register(listener, LISTENER, Interest::READABLE)
    }

    pub(crate) fn unwatch(listener: &mut TcpListener, registry: &Registry) -> io::Result<()> {
        registry.deregister(listener)
    }
}

pub(crate) use system::{TELLS_AGAIN, unwatch, watch};
