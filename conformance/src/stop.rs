//! The graceful stop: what is in flight is answered, everybody else is told so, and `serve` returns.

use crate::facade::{Body, Handler, Held, Strategy, handler, routes, time::sleep};
use crate::{
    checkpoint::Checkpoint,
    client::{Client, DEADLINE},
    handlers::{hello, wait},
    server::{Server, serves_others_meanwhile, speaks_our_http},
    state::{self, State},
};
use std::{
    io::ErrorKind,
    net::TcpStream,
    time::{Duration, Instant},
};

behaviours!(
    stop:
    a_server_without_clients_stops,
    a_server_that_was_stopped_before_it_started_stops,
    idle_connections_are_closed,
    silent_connections_are_closed,
    a_request_in_flight_is_answered_as_the_last,
    a_stream_in_flight_is_sent_to_its_end,
    a_request_that_nobody_has_read_yet_is_answered,
    a_request_that_came_while_the_loop_was_held_is_answered_as_the_last,
    a_hundred_sleeping_handlers_all_answer,
    new_connections_are_refused,
    what_outlives_the_grace_is_dropped,
);

#[handler(GET, "/hold")]
fn hold(State(checkpoint): State<Checkpoint>) -> &'static str {
    checkpoint.pass_holding_the_thread();
    "held"
}

#[handler(GET, "/stream")]
fn stream(State(checkpoint): State<Checkpoint>) -> Body {
    Body::stream(|mut out| async move {
        out.send("one").await;
        checkpoint.pass().await;
        out.send("two").await;
        Ok(())
    })
}

/// Sleeps until the stop has begun, and a little longer.
#[handler(GET, "/sleep")]
async fn nap(State(checkpoint): State<Checkpoint>) -> &'static str {
    checkpoint.arrive();
    loop {
        sleep(Duration::from_millis(2)).await;
        if checkpoint.is_open() {
            return "slept";
        }
    }
}

/// As many workers as there are by default, and a single one, for which tokio has another runtime.
fn crews(runtime: Strategy) -> impl Iterator<Item = Option<usize>> {
    [None, Some(1)].into_iter().take(if runtime.capabilities.workers { 2 } else { 1 })
}

fn app(checkpoint: &Checkpoint) -> impl Handler {
    state::with(checkpoint.clone(), routes![hello, wait, hold, stream, nap])
}

fn a_server_without_clients_stops(runtime: Strategy) {
    let server = Server::start(runtime, hello);
    server.begin_stop();
    server.await_end();
}

fn a_server_that_was_stopped_before_it_started_stops(runtime: Strategy) {
    let server = Server::start_with(runtime, hello, |options| options.shutdown.begin());
    server.await_end();
}

fn idle_connections_are_closed(runtime: Strategy) {
    for workers in crews(runtime) {
        let server = Server::start_with(runtime, hello, |options| options.workers = workers);
        // One client at a time has a connection to be idle on.
        let clients = if serves_others_meanwhile(runtime) { 10 } else { 1 };
        let mut idle: Vec<Client> = (0..clients).map(|_| server.connect()).collect();
        for client in &mut idle {
            assert_eq!(client.get("/hello").ok(), "hello");
        }
        server.begin_stop();
        idle.iter_mut().for_each(Client::assert_closed);
        server.await_end();
    }
}

/// Those that the server has not even accepted may be reset instead.
fn silent_connections_are_closed(runtime: Strategy) {
    let server = Server::start(runtime, hello);
    let mut silent: Vec<Client> = (0..10).map(|_| server.connect()).collect();
    server.begin_stop();
    silent.iter_mut().for_each(Client::assert_turned_away);
    server.await_end();
}

fn a_request_in_flight_is_answered_as_the_last(runtime: Strategy) {
    for workers in crews(runtime) {
        let checkpoint = Checkpoint::new();
        let server = Server::start_with(runtime, app(&checkpoint), |options| options.workers = workers);
        let mut client = server.connect();
        client.ask("/wait");
        checkpoint.await_arrivals(1);
        server.begin_stop();
        checkpoint.open();
        let answer = client.answer();
        assert_eq!(answer.ok(), "waited");
        assert!(answer.is_the_last());
        client.assert_closed();
        drop(client);
        server.await_end();
    }
}

fn a_stream_in_flight_is_sent_to_its_end(runtime: Strategy) {
    let checkpoint = Checkpoint::new();
    let server = Server::start(runtime, app(&checkpoint));
    let mut client = server.connect();
    client.ask("/stream");
    assert_eq!(client.head().status, 200);
    assert_eq!(client.chunk(), b"one");
    checkpoint.await_arrivals(1);
    server.begin_stop();
    checkpoint.open();
    assert_eq!(client.chunk(), b"two");
    assert_eq!(client.chunk(), b"");
    client.assert_closed();
    drop(client);
    server.await_end();
}

/// Whether the server has got to it before the stop or finds it then: it was sent before. hyper closes a
/// connection that it believes idle without another look.
fn a_request_that_nobody_has_read_yet_is_answered(runtime: Strategy) {
    let server = Server::start(runtime, hello);
    let mut client = server.connect();
    assert_eq!(client.get("/hello").ok(), "hello");
    client.ask("/hello");
    server.begin_stop();
    if speaks_our_http(runtime) {
        assert_eq!(client.answer().ok(), "hello");
        client.assert_closed();
    }
    drop(client);
    server.await_end();
}

/// A plain function that holds its thread shows it for sure: the request comes while nobody can read it.
/// Threads of their own read it before, and a server that talks with one client refuses it.
fn a_request_that_came_while_the_loop_was_held_is_answered_as_the_last(runtime: Strategy) {
    let one_loop = matches!(runtime.capabilities.sleeping_handler_holds, Held::Loop | Held::Nothing);
    if !one_loop || !speaks_our_http(runtime) {
        return;
    }
    let checkpoint = Checkpoint::new();
    let server = Server::start_with(runtime, app(&checkpoint), |options| {
        options.workers = runtime.capabilities.workers.then_some(1);
    });
    let mut client = server.connect();
    assert_eq!(client.get("/hello").ok(), "hello");
    let mut holding = server.connect();
    holding.ask("/hold");
    checkpoint.await_arrivals(1);
    client.ask("/hello");
    server.begin_stop();
    checkpoint.open();
    let answer = client.answer();
    assert_eq!(answer.ok(), "hello");
    assert!(answer.is_the_last());
    assert_eq!(holding.answer().ok(), "held");
    drop((client, holding));
    server.await_end();
}

fn a_hundred_sleeping_handlers_all_answer(runtime: Strategy) {
    for workers in crews(runtime) {
        let checkpoint = Checkpoint::new();
        let server = Server::start_with(runtime, app(&checkpoint), |options| options.workers = workers);
        let mut clients: Vec<Client> = (0..100).map(|_| server.connect_and_ask("/sleep")).collect();
        let asleep = match runtime.capabilities.sleeping_handler_holds {
            // The others wait for the one that holds it.
            Held::Server | Held::Loop => 1,
            Held::Thread | Held::Nothing => 100,
        };
        checkpoint.await_arrivals(asleep);
        assert_eq!(checkpoint.arrivals(), asleep);
        server.begin_stop();
        checkpoint.open();
        if serves_others_meanwhile(runtime) {
            for client in &mut clients {
                assert_eq!(client.answer().ok(), "slept");
            }
        } else {
            // The one conversation is finished. Whoever waited for its turn is refused, not left hanging.
            assert_eq!(clients[0].answer().ok(), "slept");
            clients[1..].iter_mut().for_each(Client::assert_turned_away);
        }
        drop(clients);
        server.await_end();
    }
}

fn new_connections_are_refused(runtime: Strategy) {
    let checkpoint = Checkpoint::new();
    let server = Server::start(runtime, app(&checkpoint));
    let addr = server.addr();
    let mut client = server.connect();
    client.ask("/wait");
    checkpoint.await_arrivals(1);
    server.begin_stop();
    // While a request is still in flight, unless the one thread that could close the port is with it.
    if serves_others_meanwhile(runtime) {
        await_refusal(addr);
    }
    checkpoint.open();
    assert_eq!(client.answer().ok(), "waited");
    drop(client);
    server.await_end();
    assert_eq!(TcpStream::connect(addr).unwrap_err().kind(), ErrorKind::ConnectionRefused);
}

/// Connects until the port is closed, which is soon after the stop has begun.
fn await_refusal(addr: std::net::SocketAddr) {
    let begun = Instant::now();
    while begun.elapsed() < DEADLINE {
        match TcpStream::connect(addr) {
            Ok(_) => {}
            // The port was closed while this client stood before it.
            Err(error) if error.kind() == ErrorKind::ConnectionReset => {}
            Err(error) => return assert_eq!(error.kind(), ErrorKind::ConnectionRefused),
        }
    }
    panic!("the server still accepts clients");
}

fn what_outlives_the_grace_is_dropped(runtime: Strategy) {
    for workers in crews(runtime) {
        let checkpoint = Checkpoint::new();
        let server = Server::start_with(runtime, app(&checkpoint), |options| {
            options.workers = workers;
            options.timeouts.grace = Duration::from_millis(50);
        });
        let mut client = server.connect();
        client.ask("/wait");
        checkpoint.await_arrivals(1);
        server.begin_stop();
        // Nobody opens the checkpoint.
        server.await_end();
    }
}
