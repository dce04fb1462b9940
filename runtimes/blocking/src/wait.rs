//! Waiting for sockets, in poll(2), and in a read.

use polyserve_core::{Connection, Readiness};
use polyserve_host::Socket;
use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    io::Errno,
};
use std::{
    io,
    net::{TcpListener, TcpStream},
    os::fd::{AsFd, BorrowedFd},
    time::Instant,
};

/// Sleeps until one of `sources` is readable or `until` has come; which of them are readable. An end of
/// stream and an error count, because the read that follows tells them.
pub(crate) fn readable<const N: usize>(
    sources: [Option<BorrowedFd<'_>>; N],
    until: Option<Instant>,
) -> io::Result<[bool; N]> {
    let mut polled: Vec<PollFd<'_>> =
        sources.iter().flatten().map(|source| PollFd::from_borrowed_fd(*source, PollFlags::IN)).collect();
    loop {
        let timeout = until.map(|until| {
            let left = until.saturating_duration_since(Instant::now());
            Timespec::try_from(left).unwrap_or(Timespec { tv_sec: 3600, tv_nsec: 0 })
        });
        match poll(&mut polled, timeout.as_ref()) {
            Ok(_) => break,
            Err(Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
    let mut events = polled.iter().map(|polled| !polled.revents().is_empty());
    Ok(sources.map(|source| source.is_some() && events.next().unwrap_or(false)))
}

/// Whether a client knocks at `listener` that has not been accepted. False, too, if poll(2) fails, for want of memory.
#[must_use]
pub fn knocks_at(listener: &TcpListener) -> bool {
    readable([Some(listener.as_fd())], Some(Instant::now())).is_ok_and(|[knocks]| knocks)
}

/// Waits in a read until the socket's timeout is over; whether anything was heard. The thread of a client who is silent for
/// longer needs no large buffers.
pub(crate) fn hears(connection: &mut Connection, stream: &TcpStream) -> bool {
    let heard = connection.read_from(&mut Socket(stream)) != Readiness::Blocked;
    if !heard {
        Connection::release_buffers();
    }
    heard
}
