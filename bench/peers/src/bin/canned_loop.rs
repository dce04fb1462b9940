//! One thread, one readiness loop, canned answers: the limit of every server that is built so.
//!
//! Edge-triggered; a short read or write has emptied or filled the socket, so neither is tried again. An answer is written
//! at once, and a socket is registered once, for both directions.

use std::collections::VecDeque;
use std::io::{self, ErrorKind, Read, Write};
use std::time::Instant;

use mio::net::{TcpListener, TcpStream};
use mio::{Events, Interest, Poll, Token};
use polyserve_bench_peers::canned::{Purpose, Shape};
use polyserve_bench_peers::{PIECE, PIECES, WAIT, address};
use slab::Slab;

const LISTENER: Token = Token(usize::MAX);
/// Bytes read at once.
const BUFFER: usize = 64 * 1024;
/// Bytes of an echo that wait for the client before no more is read.
const BACKLOG: usize = 64 * 1024;

struct Connection {
    stream: TcpStream,
    /// What its first request said; `None` before.
    shape: Option<Shape>,
    /// A head that has not come whole.
    head: Vec<u8>,
    /// Bytes of the request that is under way.
    filled: usize,
    /// Bytes that the client has not taken yet.
    unsent: Vec<u8>,
    /// Bytes of streams that are still to be sent.
    streaming: usize,
    /// Answers that wait for their time.
    waiting: usize,
    /// Whether it ends with the last of them.
    over: bool,
}

fn main() -> io::Result<()> {
    let listener = std::net::TcpListener::bind(address())?;
    listener.set_nonblocking(true)?;
    let mut listener = TcpListener::from_std(listener);
    let mut poll = Poll::new()?;
    poll.registry().register(&mut listener, LISTENER, Interest::READABLE)?;
    let mut events = Events::with_capacity(1024);
    let mut buffer = vec![0; BUFFER];
    let mut connections = Slab::new();
    let mut timers: VecDeque<(Instant, usize)> = VecDeque::new();
    loop {
        let timeout = timers.front().map(|(due, _)| due.saturating_duration_since(Instant::now()));
        match poll.poll(&mut events, timeout) {
            Err(error) if error.kind() != ErrorKind::Interrupted => return Err(error),
            _ => {}
        }
        for event in &events {
            if event.token() == LISTENER {
                // Any error ends a batch: those that are no `WouldBlock` come again with the next client.
                while let Ok((mut stream, _)) = listener.accept() {
                    stream.set_nodelay(true)?;
                    let entry = connections.vacant_entry();
                    let both = Interest::READABLE | Interest::WRITABLE;
                    poll.registry().register(&mut stream, Token(entry.key()), both)?;
                    entry.insert(Connection::new(stream));
                }
                continue;
            }
            let index = event.token().0;
            let Some(connection) = connections.get_mut(index) else {
                continue;
            };
            let before = connection.waiting;
            connection.over |= connection.goes_on(&mut buffer).is_err();
            let due = Instant::now() + WAIT;
            (before..connection.waiting).for_each(|_| timers.push_back((due, index)));
            if connection.over && connection.waiting == 0 {
                connections.remove(index);
            }
        }
        let now = Instant::now();
        // All waits are equally long, so the first is the first to end.
        while let Some((_, index)) = timers.pop_front_if(|(due, _)| *due <= now) {
            if let Some(connection) = connections.get_mut(index) {
                connection.waiting -= 1;
                connection.over |= connection.answer(1).is_err();
                if connection.over && connection.waiting == 0 {
                    connections.remove(index);
                }
            }
        }
    }
}

/// The connection is over.
struct Over;

impl From<io::Error> for Over {
    fn from(_: io::Error) -> Self {
        Self
    }
}

impl Connection {
    fn new(stream: TcpStream) -> Self {
        let (head, unsent) = (Vec::new(), Vec::new());
        Self { stream, shape: None, head, filled: 0, unsent, streaming: 0, waiting: 0, over: false }
    }

    /// Reads and answers until neither goes any further.
    fn goes_on(&mut self, buffer: &mut [u8]) -> Result<(), Over> {
        loop {
            self.flush()?;
            if self.unsent.len() >= BACKLOG || self.streaming > 0 {
                return Ok(());
            }
            let read = match self.stream.read(buffer) {
                Ok(0) => return Err(Over),
                Ok(read) => read,
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(_) => return Err(Over),
            };
            self.take(&buffer[..read])?;
            // A short read has emptied the socket.
            if read < buffer.len() {
                return Ok(());
            }
        }
    }

    fn take(&mut self, bytes: &[u8]) -> Result<(), Over> {
        let Some(shape) = self.shape else {
            self.head.extend_from_slice(bytes);
            self.shape = Shape::of(&self.head);
            let first = std::mem::take(&mut self.head);
            return match self.shape {
                Some(_) => self.take(&first),
                None => {
                    self.head = first;
                    Ok(())
                }
            };
        };
        if shape.purpose == Purpose::Echo {
            return self.echo(shape, bytes);
        }
        let requests = (self.filled + bytes.len()) / shape.request();
        self.filled = (self.filled + bytes.len()) % shape.request();
        match shape.purpose {
            Purpose::Wait => self.waiting += requests,
            Purpose::Stream if requests > 0 => {
                self.send(&shape.long_head())?;
                self.streaming += PIECE.len() * PIECES;
                self.pour()?;
            }
            _ => self.answer(requests)?,
        }
        Ok(())
    }

    /// Sends so many answers in one write.
    fn answer(&mut self, requests: usize) -> Result<(), Over> {
        let Some(shape) = self.shape.filter(|_| requests > 0) else {
            return Ok(());
        };
        let answer = shape.answer();
        match requests {
            1 => self.send(answer)?,
            many => self.send(&answer.repeat(many))?,
        }
        if shape.close { Err(Over) } else { Ok(()) }
    }

    /// Every piece goes back as it comes.
    fn echo(&mut self, shape: Shape, mut bytes: &[u8]) -> Result<(), Over> {
        while !bytes.is_empty() {
            let in_head = shape.head.saturating_sub(self.filled).min(bytes.len());
            self.filled += in_head;
            bytes = &bytes[in_head..];
            if in_head > 0 && self.filled == shape.head {
                self.send(&shape.long_head())?;
            }
            let in_body = (shape.request() - self.filled).min(bytes.len());
            self.send(&bytes[..in_body])?;
            self.filled += in_body;
            bytes = &bytes[in_body..];
            if self.filled == shape.request() {
                self.filled = 0;
                if shape.close && self.unsent.is_empty() {
                    return Err(Over);
                }
            }
        }
        Ok(())
    }

    /// Sends of the stream what the client takes. It is not pipelined: the next request comes when all has been sent.
    fn pour(&mut self) -> Result<(), Over> {
        while self.streaming > 0 && self.unsent.is_empty() {
            // The end of a piece first that was cut off.
            let from = (PIECE.len() - self.streaming % PIECE.len()) % PIECE.len();
            match self.stream.write(&PIECE[from..]) {
                Ok(written) => self.streaming -= written,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
                Err(error) => return Err(error.into()),
            }
            if self.streaming == 0 && self.shape.is_some_and(|shape| shape.close) {
                return Err(Over);
            }
        }
        Ok(())
    }

    fn send(&mut self, bytes: &[u8]) -> Result<(), Over> {
        let mut written = 0;
        while self.unsent.is_empty() && written < bytes.len() {
            match self.stream.write(&bytes[written..]) {
                Ok(more) => written += more,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                Err(error) => return Err(error.into()),
            }
        }
        self.unsent.extend_from_slice(&bytes[written..]);
        Ok(())
    }

    fn flush(&mut self) -> Result<(), Over> {
        if !self.unsent.is_empty() {
            let unsent = std::mem::take(&mut self.unsent);
            self.send(&unsent)?;
        }
        self.pour()
    }
}
