//! The demo: the tutorial's page and a few handlers to compare runtimes with. `polyserve --help` says how.

use polyserve::{
    Body, Bytes, Html,
    cli::{wait, work},
    handler, routes,
    time::sleep,
};
use std::{thread, time::Duration};

const PAGE: Html<&str> = Html(include_str!("../examples/page.html"));
/// What `/big` answers.
static MEBIBYTE: [u8; 1 << 20] = [b'.'; 1 << 20];

/// The tutorial's page, after the wait.
#[handler(GET, "/")]
async fn page() -> Html<&'static str> {
    sleep(wait()).await;
    PAGE
}

/// The smallest answer, at once: what a runtime itself costs.
#[handler(GET, "/plaintext")]
fn plaintext() -> &'static str {
    "Hello, World!"
}

/// The page again, from a function that holds its thread for the wait, and says so.
#[handler(GET, "/block", blocking)]
fn block() -> Html<&'static str> {
    thread::sleep(wait());
    PAGE
}

/// Computing and no waiting. Its result is in the answer, so that nobody can leave it out.
#[handler(GET, "/cpu")]
fn cpu() -> String {
    format!("{:016x}\n", work())
}

/// Some computing, then the wait.
#[handler(GET, "/mixed")]
async fn mixed() -> String {
    let result = work();
    sleep(wait()).await;
    format!("{result:016x}\n")
}

/// An answer that is larger than a socket's buffer.
#[handler(GET, "/big")]
fn big() -> Bytes {
    Bytes::from_static(&MEBIBYTE)
}

/// An argument from the path.
#[handler(GET, "/hello/{name}")]
fn hello(name: String) -> String {
    format!("Hello, {name}!\n")
}

/// The request's body, piece by piece as it arrives.
#[handler(POST, "/echo")]
fn echo(body: Body) -> Body {
    body
}

/// What a runtime makes of a bug.
#[handler(GET, "/panic")]
fn panic() -> &'static str {
    panic!("this handler panics, so that you can see what becomes of it")
}

/// An answer in parts, with waits between them.
#[handler(GET, "/stream")]
fn stream() -> Body {
    Body::stream(|mut out| async move {
        for part in 1..=5 {
            out.send(format!("part {part} of 5\n")).await;
            sleep(wait().min(Duration::from_secs(1))).await;
        }
        Ok(())
    })
}

fn main() -> polyserve::Result {
    polyserve::cli::run(routes![page, plaintext, block, cpu, mixed, big, hello, echo, panic, stream])
}
