//! One connection as a future: tokio wakes it for its socket, its timer, or its handler.

use crate::{Alarm, Client};
use polyserve_core::{App, CloseReason, Connection, Readiness, Want};
// It asks the kernel even where tokio has not heard of anything to read, or of room to write.
use polyserve_host::{Socket as Unasked, reset_on_close};
use std::{
    io::{self, ErrorKind, Read, Write},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Instant,
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
};

/// A connection and what wakes it.
pub(crate) struct Conversation {
    stream: TcpStream,
    connection: Connection,
    /// The connection waits for bytes. They are read before it looks at its deadlines: a request that came in
    /// time is in time, however long the worker was held.
    reading: bool,
    /// For the connection's deadlines: requests that are in time leave it alone.
    late: Alarm,
    /// For the handler's sleep. With one alarm for both, it would be moved forth and back for every sleep.
    wake: Alarm,
}

impl Conversation {
    pub(crate) fn new((stream, peer): Client, app: Arc<App>) -> Conversation {
        let connection = Connection::new(app, Instant::now()).with_peer(peer);
        Conversation { stream, connection, reading: false, late: Alarm::default(), wake: Alarm::default() }
    }

    /// Goes on until it is over. Every wait registers this task's waker: the socket's and the timer's with
    /// tokio, the handler's own with whatever the handler waits for.
    pub(crate) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<CloseReason> {
        loop {
            // What the socket has refused: a poll that wants it again has nothing else to do.
            let mut refused = None;
            if std::mem::take(&mut self.reading) && self.read(cx) == Readiness::Blocked {
                refused = Some(Want::Read);
            }
            let mut now = Instant::now();
            loop {
                let late = self.connection.deadline().is_some_and(|deadline| now >= deadline);
                let want = self.connection.poll(cx, now);
                if refused == Some(want) {
                    self.reading = want == Want::Read;
                    break;
                }
                let readiness = match want {
                    // A socket that gives or takes nothing may have failed: the next poll knows.
                    Want::Read => self.read(cx),
                    // tokio knows of room only when there is much of it. When the time is up, the kernel is asked.
                    Want::Write if late => self.connection.write_to(&mut Unasked(&self.stream)),
                    Want::Write => self.connection.write_to(&mut Socket { stream: &mut self.stream, cx }),
                    Want::Wake => break,
                    Want::Reset => {
                        reset_on_close(&self.stream);
                        Readiness::More
                    }
                    Want::HalfClose => {
                        // Fails only if the peer has gone, which the next read tells.
                        let _ = Pin::new(&mut self.stream).poll_shutdown(cx);
                        Readiness::More
                    }
                    Want::Close(reason) => return Poll::Ready(reason),
                };
                refused = (readiness == Readiness::Blocked).then_some(want);
                if refused.is_none() {
                    now = self.connection.later(now);
                }
            }
            // When an alarm has rung already the connection has something to decide.
            let wakes = self.wake.poll(self.connection.wake_at(), now, cx).is_ready();
            let late = self.late.poll(self.connection.deadline(), now, cx).is_ready();
            if !wakes && !late {
                return Poll::Pending;
            }
        }
    }

    fn read(&mut self, cx: &mut Context<'_>) -> Readiness {
        self.connection.read_from(&mut Socket { stream: &mut self.stream, cx })
    }

    /// Begins the graceful end.
    pub(crate) fn stop(&mut self) {
        // A request may have arrived that tokio has not told of yet.
        if self.connection.is_idle() {
            self.connection.read_from(&mut Unasked(&self.stream));
        }
        self.connection.shut_down();
    }
}

/// A tokio socket as `Read` and `Write`: what would block registers the task's waker.
struct Socket<'a, 'cx> {
    stream: &'a mut TcpStream,
    cx: &'a mut Context<'cx>,
}

fn or_would_block<T>(poll: Poll<io::Result<T>>) -> io::Result<T> {
    match poll {
        Poll::Ready(result) => result,
        Poll::Pending => Err(ErrorKind::WouldBlock.into()),
    }
}

impl Read for Socket<'_, '_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut buffer = ReadBuf::new(buffer);
        or_would_block(Pin::new(&mut *self.stream).poll_read(self.cx, &mut buffer))?;
        Ok(buffer.filled().len())
    }
}

impl Write for Socket<'_, '_> {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        or_would_block(Pin::new(&mut *self.stream).poll_write(self.cx, buffer))
    }

    fn write_vectored(&mut self, buffers: &[io::IoSlice<'_>]) -> io::Result<usize> {
        or_would_block(Pin::new(&mut *self.stream).poll_write_vectored(self.cx, buffers))
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
