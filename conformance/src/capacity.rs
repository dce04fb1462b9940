//! `max_connections`: clients beyond it wait in the kernel's backlog, and are served when one leaves.

use crate::facade::{Handler, Strategy, handler, routes};
use crate::{
    checkpoint::Checkpoint,
    client::Client,
    server::{Server, serves_others_meanwhile},
    state::{self, State},
};

behaviours!(
    capacity:
    at_the_cap_a_client_waits_until_another_leaves,
    everybody_is_served_through_one_seat,
    clients_that_wait_for_a_seat_do_not_keep_the_server_from_stopping,
    no_connections_at_all_is_an_error_at_start,
);

#[handler(GET, "/hello")]
fn hello() -> &'static str {
    "hello"
}

#[handler(GET, "/late")]
fn late(State(checkpoint): State<Checkpoint>) -> &'static str {
    checkpoint.arrive();
    "late"
}

fn app(checkpoint: &Checkpoint) -> impl Handler {
    state::with(checkpoint.clone(), routes![hello, late])
}

/// A runtime that talks with one client at a time has a cap of one, whatever is set.
fn at_the_cap_a_client_waits_until_another_leaves(runtime: Strategy) {
    if !serves_others_meanwhile(runtime) {
        return;
    }
    let checkpoint = Checkpoint::new();
    let server = Server::start_with(runtime, app(&checkpoint), |options| options.max_connections = Some(2));
    let mut seated = [server.connect(), server.connect()];
    for client in &mut seated {
        assert_eq!(client.get("/hello").ok(), "hello");
    }
    let mut waiting = server.connect();
    waiting.ask("/late");
    // Who has a seat is served all the while.
    for _ in 0..50 {
        for client in &mut seated {
            assert_eq!(client.get("/hello").ok(), "hello");
        }
    }
    assert_eq!(checkpoint.arrivals(), 0);
    let [leaves, mut stays] = seated;
    drop(leaves);
    assert_eq!(waiting.answer().ok(), "late");
    assert_eq!(stays.get("/hello").ok(), "hello");
}

fn everybody_is_served_through_one_seat(runtime: Strategy) {
    let checkpoint = Checkpoint::new();
    let server = Server::start_with(runtime, app(&checkpoint), |options| options.max_connections = Some(1));
    let clients: Vec<Client> = (0..30).map(|_| server.connect_and_ask("/hello")).collect();
    // Each leaves its seat when it has its answer.
    for mut client in clients {
        assert_eq!(client.answer().ok(), "hello");
    }
}

fn clients_that_wait_for_a_seat_do_not_keep_the_server_from_stopping(runtime: Strategy) {
    let checkpoint = Checkpoint::new();
    let server = Server::start_with(runtime, app(&checkpoint), |options| options.max_connections = Some(1));
    let mut seated = server.connect();
    assert_eq!(seated.get("/hello").ok(), "hello");
    let mut waiting = server.connect();
    server.begin_stop();
    seated.assert_closed();
    drop(seated);
    waiting.assert_turned_away();
    server.await_end();
}

fn no_connections_at_all_is_an_error_at_start(runtime: Strategy) {
    let listener = crate::facade::bind("127.0.0.1:0").unwrap();
    let mut options = crate::facade::ServeOptions::default();
    options.max_connections = Some(0);
    let error = (runtime.serve)(listener, std::sync::Arc::new(hello), options).unwrap_err();
    assert_eq!(error.to_string(), "a server with 0 connections serves nobody: set at least 1");
}
