//! The demo: the tutorial's page and a few handlers to compare runtimes with. `polyserve --help` says how.

use polyserve::{Body, Html, cli::wait, handler, routes, time::sleep};
use std::{thread, time::Duration};

const PAGE: Html<&str> = Html(include_str!("../examples/page.html"));

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
    polyserve::cli::run(routes![page, plaintext, block, hello, echo, panic, stream])
}
