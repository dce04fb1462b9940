//! Two ways for a thread to wait: in poll(2) for sockets, and parked for a handler's waker.

use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    io::Errno,
};
use std::{
    io::{self, PipeReader, PipeWriter, Read, Write},
    os::fd::{AsFd, BorrowedFd},
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, Ordering},
    },
    task::Wake,
    thread::{self, Thread},
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

/// Wakes one thread out of whatever it waits in. It is what a handler's waker rings.
#[derive(Debug)]
pub(crate) struct Bell {
    rung: AtomicBool,
    thread: Thread,
    /// A parked thread needs none; one in poll(2) can only be reached through a descriptor, which is made
    /// when it is first needed: a thread that just sleeps and reads never does.
    rope: OnceLock<(PipeReader, PipeWriter)>,
}

impl Bell {
    /// A bell for the current thread.
    pub(crate) fn here() -> Arc<Bell> {
        Arc::new(Bell { rung: AtomicBool::new(false), thread: thread::current(), rope: OnceLock::new() })
    }

    /// Parks this thread until the bell rings or `until` has come.
    pub(crate) fn park(&self, until: Option<Instant>) {
        while !self.rung.swap(false, Ordering::SeqCst) {
            match until.map(|until| until.saturating_duration_since(Instant::now())) {
                Some(left) if left.is_zero() => return,
                Some(left) => thread::park_timeout(left),
                None => thread::park(),
            }
        }
        self.silence();
    }

    /// A descriptor that is readable once the bell has rung, until [`silence`](Bell::silence).
    pub(crate) fn rope(&self) -> io::Result<BorrowedFd<'_>> {
        if self.rope.get().is_none() {
            // Only this thread gets here, so the pipe that is dropped if another was set is never ours.
            let _ = self.rope.set(io::pipe()?);
            if self.rung.load(Ordering::SeqCst) {
                self.pull();
            }
        }
        match self.rope.get() {
            Some((reader, _)) => Ok(reader.as_fd()),
            None => Err(io::Error::other("the pipe was just made")),
        }
    }

    /// Forgets that it rang. Whatever rings before this returns is lost, so poll the handler after it.
    pub(crate) fn silence(&self) {
        if let Some((reader, _)) = self.rope.get() {
            // There is at most one byte: who rings a bell that has rung already does not pull the rope.
            if readable([Some(reader.as_fd())], Some(Instant::now())).is_ok_and(|[pulled]| pulled) {
                let _ = { reader }.read(&mut [0; 1]);
            }
        }
        self.rung.store(false, Ordering::SeqCst);
    }

    fn pull(&self) {
        if let Some((_, writer)) = self.rope.get() {
            // A full pipe is readable already.
            let _ = { writer }.write(&[1]);
        }
    }
}

impl Wake for Bell {
    fn wake(self: Arc<Bell>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Bell>) {
        // One ring is enough until it is heard.
        if !self.rung.swap(true, Ordering::SeqCst) {
            self.pull();
            self.thread.unpark();
        }
    }
}
