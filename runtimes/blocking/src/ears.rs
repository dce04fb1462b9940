//! Waiting for a client who does not ask at once, and for whatever else may come meanwhile.

use crate::{Rivals, Stop, bell::Bell, wait::readable};
use polyserve_core::Connection;
use polyserve_host::{BACK_OFF, Socket};
use std::{
    net::TcpStream,
    os::fd::AsFd,
    time::{Duration, Instant},
};

/// How long a client may stay silent while others wait. A first request follows the handshake within the same
/// round trip, and so does a next one its answer, where a client has one: this bridges the client's scheduling.
const PATIENCE: Duration = Duration::from_millis(10);

/// All that a thread listens to while it talks with one client.
pub(crate) struct Ears<'a> {
    pub(crate) stream: &'a TcpStream,
    pub(crate) bell: &'a Bell,
    pub(crate) rivals: Option<&'a Rivals>,
    pub(crate) stop: &'a Stop,
}

impl Ears<'_> {
    /// Waits in poll(2) for whatever comes first, `until` when at the latest, and reads if it is the client. False when the
    /// conversation is over: an `expendable` one, of which nothing would be lost, is for the stop's sake or a rival's.
    /// `last`: its end is decided already, and the stop says nothing new.
    // Not inlined: between two requests that follow each other soon a thread does not get here, and has less to touch.
    #[inline(never)]
    pub(crate) fn hear(
        &self,
        connection: &mut Connection,
        expendable: bool,
        last: bool,
        until: Option<Instant>,
    ) -> bool {
        let Ears { stream, bell, rivals, stop } = *self;
        // A handler may be waiting as well as its body; then its waker counts, too.
        let rope = if expendable { None } else { Some(bell.rope()) };
        // Without a descriptor for the rope, this thread has to look for itself now and then.
        let until = match &rope {
            Some(Err(_)) => until.into_iter().chain(Instant::now().checked_add(BACK_OFF)).min(),
            _ => until,
        };
        let rope = rope.and_then(Result::ok).map(AsFd::as_fd);
        let others = if last { None } else { Some(stop.as_fd()) };
        let knocking = if expendable { rivals.map(|rivals| rivals.listener.as_fd()) } else { None };
        let sources = [Some(stream.as_fd()), rope, others, knocking];
        let Ok([ready, rung, stopping, knocked]) = readable(sources, until) else { return false };
        if rung {
            bell.silence();
        }
        if ready {
            connection.read_from(&mut Socket(stream));
        } else if expendable && (stopping || knocked) {
            if stopping {
                return false;
            }
            // Whoever knocked waits a moment for a client that is just about to ask, or to close.
            match readable([Some(stream.as_fd())], Some(Instant::now() + PATIENCE)) {
                Ok([true]) => {
                    connection.read_from(&mut Socket(stream));
                }
                _ => return false,
            }
        }
        true
    }
}
