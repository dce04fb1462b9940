//! A server that does nothing but answer: what the load generator can do against it is the generator's ceiling.
//!
//! It parses nothing. It is told how long a request is and how long an answer has to be, counts bytes, and answers; one
//! thread, edge-triggered readiness, no allocation after the accept.

use std::fmt;
use std::io::{self, Read, Write};
use std::process::Command;

use mio::net::{TcpListener, TcpStream};
use mio::{Events, Interest, Poll, Token};

/// What a canned server needs to know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exchange {
    /// The length of a request on the wire, in bytes.
    pub request_bytes: usize,
    /// The length of an answer's body, in bytes.
    pub body_bytes: usize,
    /// Whether the server closes after an answer.
    pub close: bool,
}

/// How to start a canned server: a command that calls [`serve_canned`] with the exchange it is given.
pub struct Canned(Box<dyn Fn(Exchange) -> Command>);

impl Canned {
    /// The process has to keep to the same rules as those of [`Contender::new`](crate::Contender::new), and to serve on the
    /// listener that it is given, as with [`with_listener`](crate::Contender::with_listener).
    pub fn new(command: impl Fn(Exchange) -> Command + 'static) -> Self {
        Self(Box::new(command))
    }

    pub(crate) fn command(&self, exchange: Exchange) -> Command {
        (self.0)(exchange)
    }
}

impl fmt::Debug for Canned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Canned(..)")
    }
}

struct Client {
    stream: TcpStream,
    /// Bytes of requests that are not answered yet.
    unanswered: usize,
    /// Bytes of the answer that are written.
    written: usize,
    /// Answers that are owed.
    owed: usize,
}

const LISTENER: Token = Token(usize::MAX);

/// Answers whatever comes, for as long as the process lives.
///
/// # Errors
///
/// The readiness queue cannot be used.
pub fn serve_canned(listener: std::net::TcpListener, exchange: Exchange) -> io::Result<()> {
    listener.set_nonblocking(true)?;
    let mut listener = TcpListener::from_std(listener);
    let mut poll = Poll::new()?;
    poll.registry().register(&mut listener, LISTENER, Interest::READABLE)?;
    let answer = answer(exchange);
    let mut events = Events::with_capacity(1024);
    let mut buffer = vec![0; 64 * 1024];
    let mut clients: Vec<Option<Client>> = Vec::new();
    let mut free: Vec<usize> = Vec::new();
    loop {
        if let Err(error) = poll.poll(&mut events, None)
            && error.kind() != io::ErrorKind::Interrupted
        {
            return Err(error);
        }
        for event in &events {
            if event.token() == LISTENER {
                // Any error is the end of a batch: those that are no `WouldBlock` come again with the next client.
                while let Ok((mut stream, _)) = listener.accept() {
                    let _ = stream.set_nodelay(true);
                    let index = free.pop().unwrap_or(clients.len());
                    let both = Interest::READABLE | Interest::WRITABLE;
                    poll.registry().register(&mut stream, Token(index), both)?;
                    let client = Client { stream, unanswered: 0, written: 0, owed: 0 };
                    if index == clients.len() {
                        clients.push(Some(client));
                    } else {
                        clients[index] = Some(client);
                    }
                }
                continue;
            }
            let index = event.token().0;
            if let Some(Some(client)) = clients.get_mut(index)
                && !client.goes_on(exchange, &answer, &mut buffer)
            {
                clients[index] = None;
                free.push(index);
            }
        }
    }
}

fn answer(exchange: Exchange) -> Vec<u8> {
    let connection = if exchange.close { "connection: close\r\n" } else { "" };
    let head = format!("HTTP/1.1 200 OK\r\n{connection}content-length: {}\r\n\r\n", exchange.body_bytes);
    let mut answer = head.into_bytes();
    answer.resize(answer.len() + exchange.body_bytes, b'x');
    answer
}

impl Client {
    /// Reads and writes until neither goes any further; false when the connection is over.
    fn goes_on(&mut self, exchange: Exchange, answer: &[u8], buffer: &mut [u8]) -> bool {
        loop {
            let read = match self.stream.read(buffer) {
                Ok(0) => return false,
                Ok(read) => read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                Err(_) => return false,
            };
            self.unanswered += read;
            self.owed += self.unanswered / exchange.request_bytes.max(1);
            self.unanswered %= exchange.request_bytes.max(1);
            // A short read has emptied the socket.
            if read < buffer.len() {
                break;
            }
        }
        while self.owed > 0 {
            match self.stream.write(&answer[self.written..]) {
                Ok(more) => self.written += more,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return true,
                Err(_) => return false,
            }
            if self.written == answer.len() {
                self.written = 0;
                self.owed -= 1;
                if exchange.close {
                    return false;
                }
            }
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{net, thread};

    #[test]
    fn it_answers_by_counting_bytes_and_closes_when_it_is_to() {
        for close in [false, true] {
            let listener = net::TcpListener::bind("127.0.0.1:0").unwrap();
            let addr = listener.local_addr().unwrap();
            let exchange = Exchange { request_bytes: 4, body_bytes: 2, close };
            thread::spawn(move || serve_canned(listener, exchange));
            let mut client = net::TcpStream::connect(addr).unwrap();
            let expected = answer(exchange);
            for _ in 0..if close { 1 } else { 3 } {
                // In two pieces, as the network may have it.
                client.write_all(b"ab").unwrap();
                client.write_all(b"cd").unwrap();
                let mut answer = vec![0; expected.len()];
                client.read_exact(&mut answer).unwrap();
                assert_eq!(answer, expected);
            }
            if close {
                assert_eq!(client.read(&mut [0]).unwrap(), 0);
            }
        }
    }
}
