//! Bytes in, bytes out: every case of one table, sent to every runtime.
//!
//! A runtime that speaks polyserve's own HTTP must answer as the table says, and with the bytes that the connection
//! sends in process, on the test client's wire (`Date` apart). hyper must answer with the same statuses and bodies,
//! unless the row tells why it does not; a reason that hyper no longer gives is an error as well. `document` renders
//! the same table as a document.
//!
//! A new case is a row in the file of its topic:
//!
//! | topic | file |
//! |---|---|
//! | what a row is made of | `case`, `hyper` (why hyper may differ), `bytes` (requests that many rows share) |
//! | the first line | `request_line`, `methods`, `targets`, `versions` |
//! | the fields | `line_ends`, `field_names`, `field_values`, `host`, `limits` |
//! | where a body ends | `content_length`, `transfer_encoding`, `smuggling`, `chunks`, `trailers` |
//! | what a field asks for | `expect`, `persistence`, `upgrade` |
//! | many requests in one write | `pipelines` |
//! | what the answer to a good request looks like | `answers` |
//! | what RFC 9110 and 9112 ask for and is not done yet | `deviations` |
//!
//! `conversation` sends a case and reads what comes back, `app` answers it.

mod answers;
mod app;
mod bytes;
mod case;
mod chunks;
mod content_length;
mod conversation;
mod deviations;
pub(crate) mod document;
mod expect;
mod field_names;
mod field_values;
mod host;
mod hyper;
mod limits;
mod line_ends;
mod methods;
mod persistence;
mod pipelines;
mod request_line;
mod smuggling;
mod table;
mod targets;
mod trailers;
mod transfer_encoding;
mod upgrade;
mod versions;

use crate::{
    facade::{Held, Strategy},
    server::{Server, speaks_our_http},
};
use case::Case;
use conversation::{Closing, converse, converse_in_process, converse_in_two_parts, messages};
use std::{
    collections::HashMap,
    fmt::Write,
    sync::{Arc, Mutex, OnceLock, PoisonError},
};
use table::cases;

behaviours!(
    wire:
    every_case_is_answered_as_the_table_says,
    the_same_bytes_are_sent_for_the_same_bytes,
    a_request_in_two_parts_is_answered_as_in_one,
);

/// All that came back for each case, in the order of the table. A runtime is asked once, whoever wants to know.
fn answers(runtime: Strategy) -> Arc<Vec<Vec<u8>>> {
    type Answers = Arc<OnceLock<Arc<Vec<Vec<u8>>>>>;
    static KNOWN: Mutex<Option<HashMap<&str, Answers>>> = Mutex::new(None);
    let known = {
        let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
        known.get_or_insert_default().entry(runtime.name).or_default().clone()
    };
    let ask = || {
        let server = Server::start(runtime, app::app());
        let closing = if speaks_our_http(runtime) { Closing::Lingers } else { Closing::MayReset };
        Arc::new(cases().map(|case| converse(&server, case, closing)).collect())
    };
    known.get_or_init(ask).clone()
}

fn every_case_is_answered_as_the_table_says(runtime: Strategy) {
    let ours = speaks_our_http(runtime);
    let mut wrong = String::new();
    for (case, answer) in cases().zip(answers(runtime).iter()) {
        let verdict = if ours { case.outcome.check(answer) } else { hyper::check(case, answer) };
        if let Err(difference) = verdict {
            let Case { name, .. } = case;
            let answer = String::from_utf8_lossy(answer);
            writeln!(wrong, "{name}: {difference}\n    it was {answer:?}").unwrap();
        }
    }
    let count = wrong.lines().count() / 2;
    assert!(wrong.is_empty(), "{count} of {} cases\n{wrong}", cases().count());
}

/// Held against the connection itself, without a runtime. hyper frames and orders as it likes: it is held against the
/// table alone.
fn the_same_bytes_are_sent_for_the_same_bytes(runtime: Strategy) {
    static REFERENCE: OnceLock<Vec<Vec<u8>>> = OnceLock::new();
    if !speaks_our_http(runtime) {
        return;
    }
    let reference = REFERENCE.get_or_init(|| cases().map(converse_in_process).collect());
    let mut differences = String::new();
    for ((case, got), expected) in cases().zip(answers(runtime).iter()).zip(reference) {
        let (got, expected) = (undated(got), undated(expected));
        if got != expected {
            writeln!(differences, "{}:\n  expected {expected:?}\n  got      {got:?}", case.name).unwrap();
        }
    }
    assert!(differences.is_empty(), "\n{differences}");
}

/// With every `Date` masked, whose place and length count.
fn undated(answer: &[u8]) -> String {
    let text = String::from_utf8_lossy(answer);
    let masked = text.split_inclusive("\r\n").map(|line| match line.strip_prefix("Date: ") {
        Some(date) => format!("Date: {}\r\n", "*".repeat(date.len() - 2)),
        None => line.to_owned(),
    });
    masked.collect()
}

/// Where many connections are held by one thread: there, a first part that was sent before another client's request is
/// looked at before that client's answer.
fn a_request_in_two_parts_is_answered_as_in_one(runtime: Strategy) {
    if !speaks_our_http(runtime) || runtime.capabilities.sleeping_handler_holds != Held::Loop {
        return;
    }
    let server = Server::start(runtime, app::app());
    let mut differences = String::new();
    let all: Vec<&Case> = cases().collect();
    for (case, (at, answer)) in all.iter().zip(converse_in_two_parts(&server, &all)) {
        let (got, expected) = (messages(case, &answer), case.outcome.messages());
        let same = got.as_ref().is_ok_and(|got| {
            got.len() == expected.len()
                && got.iter().zip(&expected).all(|(got, (status, body))| {
                    got.0 == *status && body.as_ref().is_none_or(|body| got.1 == *body)
                })
        });
        if !same {
            writeln!(differences, "{}, cut at {at}:\n  expected {expected:?}\n  got      {got:?}", case.name)
                .unwrap();
        }
    }
    assert!(differences.is_empty(), "\n{differences}");
}

#[cfg(test)]
mod tests;
