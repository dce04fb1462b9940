//! A case on the wire: what is sent, what comes back, and whether that is what the table says.

use super::{
    app::app,
    case::{Case, Outcome},
};
use crate::{
    client::{Answer, Client},
    facade::testing,
    server::Server,
};
use std::{
    io::{BufRead, Cursor, ErrorKind, Read, Write},
    net::Shutdown,
};

/// Follows every case that is not about a request without an end.
pub(super) const NEXT: &[u8] = b"GET /next HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n";

const CONTINUE: &[u8] = b"HTTP/1.1 100 Continue\r\n\r\n";

/// What becomes of the connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    /// What follows the case is answered.
    GoesOn,
    /// It is not: the last answer says that it is the last, and the server closes.
    Ends,
    /// The client closes its side in the middle of the case, so nothing follows it.
    Unfinished,
}

/// One answer, as the table tells it.
#[derive(Debug, Clone)]
pub(super) struct Expected {
    pub(super) status: u16,
    pub(super) body: Option<Vec<u8>>,
    pub(super) to_head: bool,
    pub(super) fields: Vec<(&'static str, Option<&'static str>)>,
}

impl Expected {
    pub(super) fn new(status: u16) -> Expected {
        Expected { status, body: None, to_head: false, fields: Vec::new() }
    }
}

/// How a server ends a connection whose client may still be sending.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Closing {
    /// It reads on until the client has closed, so that no reset overtakes the answer (RFC 9112 section 9.6).
    Lingers,
    MayReset,
}

/// Sends a case on a connection of its own: all that comes back until the server closes.
pub(super) fn converse(server: &Server, case: &Case, closing: Closing) -> Vec<u8> {
    let mut client = server.connect();
    send(&client, &case.sent());
    finish(&mut client, case, closing)
}

/// Sends a case to the connection itself, without a socket: all that comes back until it closes.
pub(super) fn converse_in_process(case: &Case) -> Vec<u8> {
    let socket = testing::Client::new(app()).connect();
    socket.write(case.sent());
    let mut got = Vec::new();
    if !case.continued.is_empty() {
        while !got.ends_with(b"\r\n\r\n") {
            let more = socket.read_some();
            assert!(!more.is_empty(), "{} is not continued", case.name);
            got.extend(more);
        }
        socket.write([&case.continued, NEXT].concat());
    }
    socket.close_write();
    got.extend(socket.read_to_end());
    got
}

/// As many connections as are open at a time.
const BATCH: usize = 100;

/// Sends each case in two parts, cut at a place that is random and always the same. Between the parts the server
/// has answered another client: it has seen the first part alone. Where each was cut, and what came back.
pub(super) fn converse_in_two_parts(server: &Server, cases: &[&Case]) -> Vec<(usize, Vec<u8>)> {
    let mut random = Random(0x9112);
    let mut answers = Vec::with_capacity(cases.len());
    for batch in cases.chunks(BATCH) {
        let begun: Vec<(Client, Vec<u8>, usize)> = batch
            .iter()
            .map(|case| {
                let (client, sent) = (server.connect(), case.sent());
                let at = random.below(case.request.len().max(1));
                send(&client, &sent[..at]);
                (client, sent, at)
            })
            .collect();
        assert_eq!(server.get("/next").ok(), "next");
        for (case, (mut client, sent, at)) in batch.iter().zip(begun) {
            send(&client, &sent[at..]);
            answers.push((at, finish(&mut client, case, Closing::MayReset)));
        }
    }
    answers
}

/// A server that has refused a request may close while the client still writes.
fn send(client: &Client, bytes: &[u8]) {
    drop(client.stream().write_all(bytes));
}

fn finish(client: &mut Client, case: &Case, closing: Closing) -> Vec<u8> {
    let mut got = Vec::new();
    if !case.continued.is_empty() {
        while !got.ends_with(b"\r\n\r\n") {
            got.extend(client.bytes(1));
        }
        // In one write: who has asked for the end must not be heard after it.
        send(client, &[&case.continued, NEXT].concat());
    }
    if closing == Closing::Lingers {
        client.half_close();
        got.extend(client.rest());
        return got;
    }
    let mut stream = client.stream();
    drop(stream.shutdown(Shutdown::Write));
    if let Err(error) = stream.read_to_end(&mut got) {
        assert_eq!(error.kind(), ErrorKind::ConnectionReset, "{}", case.name);
    }
    got
}

/// xorshift: good enough to cut requests.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap() % bound
    }
}

/// Reads answers, knowing which of them are to `HEAD`. What is no answer is an error.
pub(super) fn read(outcome: &Outcome, bytes: &[u8]) -> Result<Vec<Answer>, String> {
    let mut to_head = outcome.answers.iter().map(|answer| answer.to_head);
    let mut source = Cursor::new(bytes);
    let mut answers = Vec::new();
    while !source.fill_buf().unwrap().is_empty() {
        let rest = source.fill_buf().unwrap();
        if !rest.starts_with(b"HTTP/1.") || !rest.windows(4).any(|end| end == b"\r\n\r\n") {
            return Err(format!("no answer: {:?}", String::from_utf8_lossy(rest)));
        }
        answers.push(Answer::read(&mut source, to_head.next().unwrap_or(false)));
    }
    Ok(answers)
}

/// Statuses and bodies, without the interim answers: whether the client is asked for its body depends on how the
/// bytes arrive.
pub(super) fn messages(case: &Case, bytes: &[u8]) -> Result<Vec<(u16, Vec<u8>)>, String> {
    let mut outcome = case.outcome.clone();
    outcome.answers.retain(|answer| answer.status >= 200);
    let answers = read(&outcome, bytes.strip_prefix(CONTINUE).unwrap_or(bytes))?;
    Ok(answers.into_iter().map(|answer| (answer.status, answer.body)).collect())
}

impl Outcome {
    /// The statuses in order, with that of what follows where it is answered.
    pub(super) fn statuses(&self) -> Vec<u16> {
        let own = self.answers.iter().map(|answer| answer.status);
        own.chain((self.ending == Ending::GoesOn).then_some(200)).collect()
    }

    /// Statuses and known bodies, without the interim answers.
    pub(super) fn messages(&self) -> Vec<(u16, Option<Vec<u8>>)> {
        let own = self.answers.iter().filter(|answer| answer.status >= 200);
        let own = own.map(|answer| (answer.status, answer.body.clone()));
        own.chain((self.ending == Ending::GoesOn).then(|| (200, Some(b"next".to_vec())))).collect()
    }

    /// Whether polyserve's own HTTP may answer so.
    pub(super) fn check(&self, bytes: &[u8]) -> Result<(), String> {
        let got = read(self, bytes)?;
        let statuses: Vec<u16> = got.iter().map(|answer| answer.status).collect();
        if statuses != self.statuses() {
            return Err(format!("expected {:?}, got {statuses:?}", self.statuses()));
        }
        if self.ending == Ending::GoesOn && got.last().is_none_or(|answer| answer.body != b"next") {
            return Err("what follows got another answer".into());
        }
        for (got, expected) in got.iter().zip(&self.answers) {
            expected.check(got)?;
        }
        let last = self.answers.len().checked_sub(1).filter(|_| self.ending == Ending::Ends);
        match last.map(|last| &got[last]) {
            Some(last) if !last.is_the_last() => Err("it does not say that it is the last".into()),
            _ => Ok(()),
        }
    }
}

impl Expected {
    fn check(&self, got: &Answer) -> Result<(), String> {
        if let Some(body) = self.body.as_ref().filter(|body| got.body != **body) {
            return Err(format!("expected the body {:?}", String::from_utf8_lossy(body)));
        }
        for (name, value) in &self.fields {
            if got.header(name) != *value {
                return Err(format!("{name} is {:?} instead of {value:?}", got.header(name)));
            }
        }
        // RFC 9110 sections 6.6.1 and 8.6, RFC 9112 section 6.1: of every answer.
        let count = |name: &str| got.headers.iter().filter(|(known, _)| known == name).count();
        let (lengths, codings) = (count("content-length"), count("transfer-encoding"));
        let framed = match got.status {
            100..200 | 204 => lengths + codings == 0,
            _ => lengths + codings <= 1,
        };
        match count("date") == usize::from(got.status >= 200) && framed {
            true => Ok(()),
            false => Err("it has not one Date, or not one length".into()),
        }
    }
}
