//! What the fuzz targets share: a peer that sends bytes in given portions, a handler that notes what it was
//! asked, and what both of them saw.

// The fake wire of core's own tests; no target uses all of it.
#[allow(dead_code, clippy::unwrap_used)]
#[path = "../../core/tests/it/wire.rs"]
mod wire;

use http_body_util::BodyExt;
use polyserve_core::{App, Body, CloseReason, Handler, IntoResponse, Request, Response, Want, handler_fn};
use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use wire::Peer;

/// A request as a handler saw it, its body read to the end.
#[derive(Clone, PartialEq, Eq)]
pub struct Seen {
    pub method: String,
    pub target: String,
    pub version: http::Version,
    pub headers: Vec<(String, Vec<u8>)>,
    pub body: Vec<u8>,
    pub trailers: Vec<(String, Vec<u8>)>,
}

impl fmt::Debug for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fields = |fields: &[(String, Vec<u8>)]| -> Vec<String> {
            fields.iter().map(|(name, value)| format!("{name}: {}", value.escape_ascii())).collect()
        };
        write!(f, "{} {} {:?} {:?} ", self.method, self.target, self.version, fields(&self.headers))?;
        write!(f, "\"{}\" {:?}", self.body.escape_ascii(), fields(&self.trailers))
    }
}

impl Seen {
    pub fn new(head: &http::request::Parts, body: &[u8], trailers: Option<&http::HeaderMap>) -> Seen {
        let fields = |map: &http::HeaderMap| -> Vec<_> {
            map.iter().map(|(name, value)| (name.to_string(), value.as_bytes().to_vec())).collect()
        };
        Seen {
            method: head.method.to_string(),
            target: head.uri.to_string(),
            version: head.version,
            headers: fields(&head.headers),
            body: body.to_vec(),
            trailers: trailers.map(fields).unwrap_or_default(),
        }
    }
}

/// The requests that were complete, in the order in which they became so.
#[derive(Clone, Default)]
pub struct Journal(Arc<Mutex<Vec<Seen>>>);

impl Journal {
    pub fn note(&self, seen: Seen) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(seen);
    }

    pub fn len(&self) -> usize {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub fn take(&self) -> Vec<Seen> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Reads a request to its end, notes it, and answers with its body; a body that breaks off is not noted.
pub async fn collect(request: Request, journal: Journal) -> Response {
    let (head, body) = request.into_parts();
    match body.collect().await {
        Ok(collected) => {
            let trailers = collected.trailers().cloned();
            let body = collected.to_bytes();
            journal.note(Seen::new(&head, &body, trailers.as_ref()));
            Body::full(body).into_response()
        }
        Err(error) => error.into_response(),
    }
}

/// [`collect`] for every request.
pub fn collecting(journal: Journal) -> impl Handler {
    handler_fn(move |request| polyserve_core::Reply::pending(collect(request, journal.clone())))
}

/// What became of a conversation.
#[derive(Clone, PartialEq, Eq)]
pub struct Conversation {
    pub answers: Vec<u8>,
    pub end: CloseReason,
}

impl fmt::Debug for Conversation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} after \"{}\"", self.end, self.answers.escape_ascii())
    }
}

impl Conversation {
    /// Whether this is the same, up to which of several faults a refusal names: the one that was noticed first
    /// may be another one in other portions.
    pub fn is_as(&self, other: &Conversation) -> bool {
        match (self.end, other.end) {
            (CloseReason::BadRequest(one), CloseReason::BadRequest(another)) if one != another => {
                self.before_the_refusal() == other.before_the_refusal()
            }
            _ => self == other,
        }
    }

    fn before_the_refusal(&self) -> Option<&[u8]> {
        let starts_here = |at: &usize| {
            let answer = &self.answers[*at..];
            answer.starts_with(b"HTTP/1.1 4") || answer.starts_with(b"HTTP/1.1 5")
        };
        let at = (0..self.answers.len()).rfind(starts_here)?;
        Some(&self.answers[..at])
    }
}

/// A client that sends what it is told to, and a host that panics when the connection makes it spin.
pub struct Client(Peer);

impl Client {
    pub fn new(handler: impl Handler, adjust: impl FnOnce(&mut App)) -> Client {
        Client(Peer::with(handler, adjust))
    }

    /// How many bytes one write takes, and how many there is room for before the client reads.
    pub fn takes(mut self, per_write: usize, room: usize) -> Client {
        self.0.wire.per_write = per_write;
        self.0.wire.room = room;
        self
    }

    /// Sends one packet. `false`: the connection has closed.
    pub fn send(&mut self, packet: &[u8]) -> bool {
        !matches!(self.0.send(packet), Want::Close(_))
    }

    /// Sends `packets` and closes.
    pub fn send_all<'a>(mut self, packets: impl IntoIterator<Item = &'a [u8]>) -> Conversation {
        for packet in packets {
            if !self.send(packet) {
                break;
            }
        }
        self.close()
    }

    /// The numbers in the connection's `Debug`: bytes that were read and not used, and that wait to be written.
    pub fn held(&self) -> (usize, usize) {
        let text = format!("{:?}", self.0.connection);
        let number = |name: &str| {
            let rest = text.split_once(name).map_or("", |(_, rest)| rest);
            let digits = rest.split(|c: char| !c.is_ascii_digit()).next().unwrap_or_default();
            digits.parse().expect("Debug shows what the connection holds")
        };
        (number("unread: "), number("unwritten: "))
    }

    /// Closes the sending side; everything that came back.
    pub fn close(mut self) -> Conversation {
        let Want::Close(end) = self.0.close() else {
            panic!("the client has closed, and the connection waits: {:?}", self.0.connection)
        };
        Conversation { answers: masked(&self.0.wire.received), end }
    }

    /// Sends no more, and does not close: time alone must end the connection.
    pub fn fall_silent(mut self) {
        for _ in 0..5 {
            self.0.wait(Duration::from_secs(80));
        }
        assert!(matches!(self.0.poll(), Want::Close(_)), "no timeout ends it: {:?}", self.0.connection);
    }
}

/// Sends `packets` to a connection with the default bounds, and closes.
pub fn converse<'a>(handler: impl Handler, packets: impl IntoIterator<Item = &'a [u8]>) -> Conversation {
    Client::new(handler, |_| {}).send_all(packets)
}

/// `bytes` in pieces of the given lengths, again and again; 0 is 256, and no lengths are single bytes.
pub fn cut<'a>(bytes: &'a [u8], lengths: &'a [u8]) -> impl Iterator<Item = &'a [u8]> {
    let lengths = if lengths.is_empty() { &[1] } else { lengths };
    let mut rest = bytes;
    lengths.iter().cycle().map_while(move |length| {
        let length = if *length == 0 { 256 } else { usize::from(*length) };
        let (piece, after) = rest.split_at(length.min(rest.len()));
        rest = after;
        (!piece.is_empty()).then_some(piece)
    })
}

/// Without the value of `Date`, which the second may change, and without the interim answers, which are sent or
/// not according to what has arrived (RFC 9110 section 10.1.1). A body that holds the same text loses it as well,
/// in every run that is compared.
fn masked(answers: &[u8]) -> Vec<u8> {
    const DATE: &[u8] = b"\r\nDate: ";
    const CONTINUE: &[u8] = b"HTTP/1.1 100 Continue\r\n\r\n";
    let mut masked = Vec::with_capacity(answers.len());
    let mut rest = answers;
    while let Some(first) = rest.first() {
        if let Some(after) = rest.strip_prefix(CONTINUE) {
            rest = after;
        } else if let Some(after) = rest.strip_prefix(DATE).filter(|after| after.len() >= 29) {
            masked.extend_from_slice(DATE);
            rest = &after[29..];
        } else {
            masked.push(*first);
            rest = &rest[1..];
        }
    }
    masked
}
