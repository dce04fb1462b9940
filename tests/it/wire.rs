//! One request, one answer, byte by byte: all runtimes send the same for the same.
//!
//! A new case is a line of the table in `wire/table.rs`.

mod table;

use crate::{
    client::Answer,
    server::{Server, speaks_our_http},
};
use polyserve::{
    Body, Bytes, Json, Query, Router, StatusCode, Strategy, handler, routes, runtime, time::sleep,
};
use serde::Deserialize;
use std::{
    collections::HashMap,
    fmt::Write,
    io::{BufRead, Cursor},
    sync::OnceLock,
    time::Duration,
};
use table::{CASES, Case, NOTHING};

on_every_runtime!(every_case_is_answered_as_the_table_says, the_same_bytes_are_sent_for_the_same_bytes);

#[handler(GET, "/hello")]
fn hello() -> &'static str {
    "hello"
}

#[handler(GET, "/sleepy")]
async fn sleepy() -> &'static str {
    sleep(Duration::from_millis(1)).await;
    "slept"
}

#[handler(GET, "/block", blocking)]
fn block() -> &'static str {
    "blocked"
}

#[handler(GET, "/number/{n}")]
fn number(n: u32) -> String {
    n.to_string()
}

#[derive(Deserialize)]
struct Search {
    q: String,
}

#[handler(GET, "/search")]
fn search(Query(Search { q }): Query<Search>) -> String {
    q
}

#[handler(POST, "/json")]
fn json(Json(numbers): Json<Vec<u32>>) -> Json<u32> {
    Json(numbers.iter().sum())
}

#[handler(POST, "/whole")]
fn whole(body: Bytes) -> Bytes {
    body
}

#[handler(POST, "/echo")]
fn echo(body: Body) -> Body {
    body
}

#[handler(POST, "/ignore")]
fn ignore() -> &'static str {
    "ignored"
}

#[handler(GET, "/nothing")]
fn nothing() -> StatusCode {
    StatusCode::NO_CONTENT
}

#[handler(GET, "/unchanged")]
fn unchanged() -> StatusCode {
    StatusCode::NOT_MODIFIED
}

#[handler(GET, "/parts")]
fn parts() -> Body {
    Body::stream(|mut out| async move {
        out.send("one").await;
        sleep(Duration::from_millis(1)).await;
        out.send("two").await;
        Ok(())
    })
}

#[handler(GET, "/panic")]
fn panics() -> &'static str {
    panic!("a test's panic")
}

fn app() -> Router {
    routes![
        hello, sleepy, block, number, search, json, whole, echo, ignore, nothing, unchanged, parts, panics
    ]
}

/// The cases whose answer is known. hyper refuses what it refuses in its own way.
fn cases(runtime: Strategy) -> impl Iterator<Item = &'static Case> {
    CASES.iter().copied().filter(move |case| case.well_formed || speaks_our_http(runtime))
}

/// Sends every case on a connection of its own, and nothing after it: all that comes back.
fn answers(runtime: Strategy) -> Vec<Vec<u8>> {
    let server = Server::start(runtime, app());
    cases(runtime)
        .map(|case| {
            let mut client = server.connect();
            client.send((case.request)());
            client.half_close();
            client.rest()
        })
        .collect()
}

/// The first status of an answer, or that there is none.
fn status(answer: &[u8]) -> u16 {
    let line = String::from_utf8_lossy(answer);
    line.split(' ').nth(1).map_or(NOTHING, |status| status.parse().unwrap())
}

fn every_case_is_answered_as_the_table_says(runtime: Strategy) {
    let mut wrong = String::new();
    for (case, answer) in cases(runtime).zip(answers(runtime)) {
        if status(&answer) != case.status {
            let answer = String::from_utf8_lossy(&answer);
            writeln!(wrong, "{}: expected {}, got {answer:?}", case.name, case.status).unwrap();
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

/// Held against the first runtime of the table that speaks polyserve's own HTTP. hyper is held against it as to
/// statuses and bodies only, for it frames and orders as it likes.
fn the_same_bytes_are_sent_for_the_same_bytes(runtime: Strategy) {
    static EXPECTED: OnceLock<Vec<Vec<u8>>> = OnceLock::new();
    let reference = runtime::ALL.iter().copied().find(|runtime| speaks_our_http(*runtime));
    // Built with hyper alone, there is nothing to hold it against.
    let Some(reference) = reference else { return };
    let expected = EXPECTED.get_or_init(|| answers(reference));
    let expected: HashMap<&str, &[u8]> =
        cases(reference).map(|case| case.name).zip(expected.iter().map(Vec::as_slice)).collect();
    let mut differences = String::new();
    for (case, got) in cases(runtime).zip(answers(runtime)) {
        let expected = expected[case.name];
        let same = if speaks_our_http(runtime) {
            undated(&got) == undated(expected)
        } else {
            messages(case, &got) == messages(case, expected)
        };
        if !same {
            let (got, expected) = (String::from_utf8_lossy(&got), String::from_utf8_lossy(expected));
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

/// Status and body of each answer.
fn messages(case: &Case, bytes: &[u8]) -> Vec<(u16, Vec<u8>)> {
    let to_head = (case.request)().starts_with(b"HEAD ");
    let mut source = Cursor::new(bytes);
    let mut messages = Vec::new();
    while !source.fill_buf().unwrap().is_empty() {
        let Answer { status, body, .. } = Answer::read(&mut source, to_head);
        messages.push((status, body));
    }
    messages
}
