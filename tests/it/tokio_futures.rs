//! Futures that only work on tokio: at home on the runtimes that are built on it, explained on all others.

use crate::{log, server::Server};
use polyserve::{Handler, Strategy, handler, routes};
use std::time::Duration;

on_every_runtime!(
    a_future_that_needs_tokio_works_there_and_is_explained_elsewhere,
    the_next_request_is_served,
    a_tokio_of_the_handlers_own_works_unless_it_blocks_a_worker,
    a_tokio_without_a_timer_is_explained,
);

const TICK: Duration = Duration::from_millis(1);

#[handler(GET, "/sleep")]
async fn sleeps() -> &'static str {
    tokio::time::sleep(TICK).await;
    "on tokio"
}

#[handler(GET, "/spawn")]
async fn spawns() -> &'static str {
    tokio::spawn(async { "on tokio" }).await.unwrap()
}

#[handler(GET, "/handle")]
fn asks_for_the_handle() -> &'static str {
    drop(tokio::runtime::Handle::current());
    "on tokio"
}

#[handler(GET, "/connect")]
async fn connects() -> &'static str {
    // Nobody listens there; what matters is that it could be tried.
    assert!(tokio::net::TcpStream::connect("127.0.0.1:1").await.is_err());
    "on tokio"
}

#[handler(GET, "/later")]
async fn needs_it_later() -> &'static str {
    polyserve::time::sleep(TICK).await;
    tokio::time::sleep(TICK).await;
    "on tokio"
}

#[handler(GET, "/blocking", blocking)]
fn on_the_pool() -> &'static str {
    tokio::runtime::Handle::current().block_on(tokio::time::sleep(TICK));
    "on tokio"
}

#[handler(GET, "/everywhere")]
fn everywhere() -> &'static str {
    "everywhere"
}

fn app() -> impl Handler {
    routes![sleeps, spawns, asks_for_the_handle, connects, needs_it_later, on_the_pool, everywhere]
}

fn a_future_that_needs_tokio_works_there_and_is_explained_elsewhere(runtime: Strategy) {
    log::keep();
    let server = Server::start(runtime, app());
    for route in app().routes() {
        let (path, meta) = (route.path.unwrap(), route.handler.unwrap());
        if path == "/everywhere" {
            continue;
        }
        let answer = server.get(&path);
        if runtime.capabilities.tokio {
            assert_eq!(answer.ok(), "on tokio");
            continue;
        }
        assert_eq!(answer.status, 500, "{path}");
        assert_eq!(answer.text(), "500 Internal Server Error: the handler failed\n");
        let advice = format!(
            "{meta} panicked: it uses something that only works on tokio, and {} has none: serve it on \
             `runtime::asynchronous` or `runtime::hyper`, or use what works everywhere, such as \
             `polyserve::time::sleep` (",
            runtime.name
        );
        let lines = log::lines_with(&[&advice]);
        assert!(!lines.is_empty(), "{path}: {:?}", log::lines_with(&[&meta.to_string()]));
        assert!(lines[0].contains("there is no reactor running"), "{lines:?}");
    }
}

fn the_next_request_is_served(runtime: Strategy) {
    let server = Server::start(runtime, app());
    for _ in 0..2 {
        server.get("/sleep");
        assert_eq!(server.get("/everywhere").ok(), "everywhere");
    }
}

fn own_tokio() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

#[handler(GET, "/own")]
fn brings_its_own() -> &'static str {
    own_tokio().block_on(async { "its own" })
}

#[handler(GET, "/own-on-the-pool", blocking)]
fn brings_its_own_to_the_pool() -> &'static str {
    own_tokio().block_on(async { "its own" })
}

fn a_tokio_of_the_handlers_own_works_unless_it_blocks_a_worker(runtime: Strategy) {
    log::keep();
    let server = Server::start(runtime, routes![brings_its_own, brings_its_own_to_the_pool]);
    assert_eq!(server.get("/own-on-the-pool").ok(), "its own");
    let answer = server.get("/own");
    if runtime.capabilities.tokio {
        assert_eq!(answer.status, 500);
        let advice = "it blocks on a tokio runtime of its own, inside tokio: make it `#[handler(blocking)]`";
        assert!(!log::lines_with(&["brings_its_own (", advice]).is_empty());
    } else {
        assert_eq!(answer.ok(), "its own");
    }
}

#[handler]
fn forgets_the_timer() -> &'static str {
    let tokio = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let _entered = tokio.enter();
    drop(tokio::time::sleep(TICK));
    "unreachable"
}

fn a_tokio_without_a_timer_is_explained(runtime: Strategy) {
    log::keep();
    let server = Server::start(runtime, forgets_the_timer);
    assert_eq!(server.get("/").status, 500);
    if !runtime.capabilities.tokio {
        let advice = "it has entered a tokio runtime that lacks a driver: build that one with `enable_all()`";
        assert!(!log::lines_with(&["forgets_the_timer (", advice]).is_empty());
    }
}

/// What the log advises must be what there is.
#[cfg(all(feature = "async", feature = "hyper"))]
#[test]
fn the_runtimes_that_are_advised_are_those_on_tokio() {
    let on_tokio: Vec<&str> = polyserve::runtime::ALL
        .iter()
        .filter(|known| known.capabilities.tokio)
        .map(|known| known.name)
        .collect();
    let advised = polyserve_host::TOKIO_RUNTIMES.map(|path| match path {
        "runtime::asynchronous" => polyserve::runtime::asynchronous::STRATEGY.name,
        "runtime::hyper" => polyserve::runtime::hyper::STRATEGY.name,
        other => panic!("{other} is no runtime"),
    });
    assert_eq!(on_tokio, advised);
}
