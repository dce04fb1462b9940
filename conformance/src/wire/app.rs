//! The handlers that the cases ask.

use crate::facade::{
    Body, Bytes, HeaderMap, Json, Query, Router, StatusCode, Uri, handler, routes, time::sleep,
};
use serde::Deserialize;
use std::time::Duration;

pub(super) fn app() -> Router {
    routes![
        next, hello, sleepy, block, number, search, json, whole, got, put, deleted, echo, ignore, nothing,
        unchanged, reset, parts, panics, field, fields, target
    ]
}

/// Answers what follows every case, and nothing else.
#[handler(GET, "/next")]
fn next() -> &'static str {
    "next"
}

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

#[handler(GET, "/whole")]
fn got(body: Bytes) -> Bytes {
    body
}

#[handler(PUT, "/whole")]
fn put(body: Bytes) -> Bytes {
    body
}

#[handler(DELETE, "/whole")]
fn deleted(body: Bytes) -> Bytes {
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

#[handler(GET, "/reset")]
fn reset() -> (StatusCode, &'static str) {
    (StatusCode::RESET_CONTENT, "205 has no content")
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

/// The value of the field `A`, as the handler gets it, between brackets.
#[handler(GET, "/field")]
fn field(headers: HeaderMap) -> Bytes {
    let value = headers.get("a").map_or(&b""[..], |value| value.as_bytes());
    Bytes::from([b"[", value, b"]"].concat())
}

/// How many fields the handler gets besides `Host` and those that frame the body.
#[handler(POST, "/fields")]
fn fields(headers: HeaderMap, _body: Bytes) -> String {
    let framing = ["host", "content-length", "transfer-encoding"];
    headers.keys().filter(|name| !framing.contains(&name.as_str())).count().to_string()
}

/// The end of the path, and the whole target, as the handler gets them.
#[handler(GET, "/target/{*rest}")]
fn target(rest: String, uri: Uri) -> String {
    format!("{rest} of {uri}")
}
