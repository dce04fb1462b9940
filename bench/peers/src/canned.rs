//! What the two canned servers know of HTTP: next to nothing.
//!
//! The first request of a connection is looked at once: its path says what to do, its length how long all that follow
//! are, and a `Connection: close` in it that there will be none. After that bytes are counted. No server that looks at
//! what it is asked can be cheaper, so this is the limit that the others are held against.

use memchr::memmem;

use crate::{PIECE, PIECES};

/// What a connection is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// `GET /`
    Hello,
    /// `GET /wait`
    Wait,
    /// `POST /echo`
    Echo,
    /// `GET /stream`
    Stream,
}

/// What the first request of a connection says about all of them.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    pub purpose: Purpose,
    /// Bytes of a head.
    pub head: usize,
    /// Bytes of a body.
    pub body: usize,
    /// Whether there is but one.
    pub close: bool,
}

impl Shape {
    /// `None` for as long as the head is not complete.
    pub fn of(bytes: &[u8]) -> Option<Self> {
        let head = memmem::find(bytes, b"\r\n\r\n")? + 4;
        let text = bytes[..head].to_ascii_lowercase();
        let purpose = match &text {
            text if text.starts_with(b"get /wait ") => Purpose::Wait,
            text if text.starts_with(b"post /echo ") => Purpose::Echo,
            text if text.starts_with(b"get /stream ") => Purpose::Stream,
            _ => Purpose::Hello,
        };
        let body = memmem::find(&text, b"\r\ncontent-length:").map_or(0, |at| {
            let digits = text[at + 17..].iter().skip_while(|byte| **byte == b' ');
            digits
                .take_while(|byte| byte.is_ascii_digit())
                .fold(0, |n, digit| 10 * n + usize::from(digit - b'0'))
        });
        let close = memmem::find(&text, b"\r\nconnection: close\r\n").is_some();
        Some(Self { purpose, head, body, close })
    }

    /// Bytes of a request.
    pub fn request(&self) -> usize {
        self.head + self.body
    }

    /// An answer that is no echo.
    pub fn answer(&self) -> &'static [u8] {
        if self.close { CLOSING } else { KEEPING }
    }

    /// What goes before an echo, or before a stream.
    pub fn long_head(&self) -> Vec<u8> {
        let connection = if self.close { "connection: close\r\n" } else { "" };
        let length = if self.purpose == Purpose::Stream { PIECE.len() * PIECES } else { self.body };
        format!("HTTP/1.1 200 OK\r\n{connection}content-length: {length}\r\n\r\n").into_bytes()
    }
}

const KEEPING: &[u8] =
    b"HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: 13\r\n\r\nHello, World!";
const CLOSING: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\nconnection: close\r\n\
                         content-length: 13\r\n\r\nHello, World!";
