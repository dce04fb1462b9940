//! Futures that only work on tokio: at home on the runtimes that are built on it, explained on all others.

use crate::{log, server::Server};
use polyserve::{Handler, Strategy, handler, routes, runtime};
use std::time::Duration;

on_every_runtime!(
    a_future_that_needs_tokio_works_there_and_is_explained_elsewhere,
    the_next_request_is_served,
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

/// What the log advises must be what there is.
#[test]
fn the_runtimes_that_are_advised_are_those_on_tokio() {
    let on_tokio: Vec<&str> =
        runtime::ALL.iter().filter(|known| known.capabilities.tokio).map(|known| known.name).collect();
    let advised = polyserve_host::TOKIO_RUNTIMES.map(|path| match path {
        "runtime::asynchronous" => runtime::asynchronous::STRATEGY.name,
        "runtime::hyper" => runtime::hyper::STRATEGY.name,
        other => panic!("{other} is no runtime"),
    });
    assert_eq!(on_tokio, advised);
}
