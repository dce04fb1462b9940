//! `#[handler(blocking)]`: functions that hold their thread.

use crate::facade::{Handler, Held, Strategy, handler, routes};
use crate::{
    checkpoint::Checkpoint,
    server::Server,
    state::{self, State},
};
use std::{
    sync::{Arc, Mutex},
    thread,
};

behaviours!(
    blocking_handlers:
    others_are_served_while_a_blocking_function_holds_its_thread,
    a_blocking_function_that_holds_the_server_is_served_to_its_end_first,
    a_blocking_function_takes_arguments_and_its_body,
    blocking_functions_run_side_by_side_on_the_pool,
    a_second_worker_serves_while_the_first_is_held,
);

#[derive(Clone)]
struct Stage {
    checkpoint: Checkpoint,
    log: Arc<Mutex<Vec<&'static str>>>,
}

impl Stage {
    fn new() -> Stage {
        Stage { checkpoint: Checkpoint::new(), log: Arc::default() }
    }

    fn note(&self, event: &'static str) {
        self.log.lock().unwrap().push(event);
    }

    fn app(&self) -> impl Handler {
        state::with(self.clone(), routes![hold, hold_silently, hello, repeat])
    }
}

#[handler(GET, "/hold", blocking)]
fn hold(State(stage): State<Stage>) -> &'static str {
    stage.note("hold begins");
    stage.checkpoint.pass_holding_the_thread();
    stage.note("hold ends");
    "held"
}

#[handler(GET, "/hello")]
fn hello(State(stage): State<Stage>) -> &'static str {
    stage.note("hello");
    "hello"
}

#[handler(POST, "/repeat/{times}", blocking)]
fn repeat(times: usize, body: String) -> String {
    thread::yield_now();
    body.repeat(times)
}

/// It holds its thread, and does not say so.
#[handler(GET, "/hold-silently")]
fn hold_silently(State(stage): State<Stage>) -> &'static str {
    stage.checkpoint.pass_holding_the_thread();
    "held"
}

/// A function that says it blocks holds nobody else up where there is a thread for it to block.
fn has_a_thread_to_hold(runtime: Strategy) -> bool {
    runtime.capabilities.blocking_pool || runtime.capabilities.sleeping_handler_holds == Held::Thread
}

fn others_are_served_while_a_blocking_function_holds_its_thread(runtime: Strategy) {
    if !has_a_thread_to_hold(runtime) {
        return;
    }
    let stage = Stage::new();
    let server = Server::start_with(runtime, stage.app(), |options| {
        options.workers = runtime.capabilities.workers.then_some(1);
    });
    let mut holding = server.connect();
    holding.ask("/hold");
    stage.checkpoint.await_arrivals(1);
    assert_eq!(server.get("/hello").ok(), "hello");
    stage.checkpoint.open();
    assert_eq!(holding.answer().ok(), "held");
    assert_eq!(*stage.log.lock().unwrap(), ["hold begins", "hello", "hold ends"]);
}

/// Without a pool and without a thread of its own it holds everybody, and that is what these runtimes show.
fn a_blocking_function_that_holds_the_server_is_served_to_its_end_first(runtime: Strategy) {
    if has_a_thread_to_hold(runtime) {
        return;
    }
    let stage = Stage::new();
    let server = Server::start(runtime, stage.app());
    let mut holding = server.connect();
    holding.ask("/hold");
    stage.checkpoint.await_arrivals(1);
    let mut other = server.connect();
    other.ask("/hello");
    stage.checkpoint.open();
    assert_eq!(holding.answer().ok(), "held");
    assert_eq!(other.answer().ok(), "hello");
    assert_eq!(*stage.log.lock().unwrap(), ["hold begins", "hold ends", "hello"]);
}

fn a_blocking_function_takes_arguments_and_its_body(runtime: Strategy) {
    let server = Server::start(runtime, Stage::new().app());
    let mut client = server.connect();
    for _ in 0..10 {
        client.send("POST /repeat/3 HTTP/1.1\r\nHost: test\r\nContent-Length: 2\r\n\r\n");
        client.send("ab");
        assert_eq!(client.answer().ok(), "ababab");
    }
}

fn blocking_functions_run_side_by_side_on_the_pool(runtime: Strategy) {
    if !has_a_thread_to_hold(runtime) {
        return;
    }
    const CLIENTS: usize = 8;
    let stage = Stage::new();
    let server = Server::start(runtime, stage.app());
    let mut clients: Vec<_> = (0..CLIENTS).map(|_| server.connect_and_ask("/hold")).collect();
    // None of them goes on before all of them are there.
    stage.checkpoint.await_arrivals(CLIENTS);
    stage.checkpoint.open();
    for client in &mut clients {
        assert_eq!(client.answer().ok(), "held");
    }
}

/// Whoever is free accepts the next client.
fn a_second_worker_serves_while_the_first_is_held(runtime: Strategy) {
    if !runtime.capabilities.workers {
        return;
    }
    let stage = Stage::new();
    let server = Server::start_with(runtime, stage.app(), |options| options.workers = Some(2));
    let mut holding = server.connect();
    holding.ask("/hold-silently");
    stage.checkpoint.await_arrivals(1);
    for _ in 0..10 {
        assert_eq!(server.get("/hello").ok(), "hello");
    }
    stage.checkpoint.open();
    assert_eq!(holding.answer().ok(), "held");
}
