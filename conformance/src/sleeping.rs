//! Who is held while a handler sleeps: what makes the runtimes differ.

use crate::facade::{Held, Strategy, handler, time::sleep};
use crate::{
    server::Server,
    state::{self, State},
};
use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    time::Duration,
};

behaviours!(
    sleeping:
    sleeping_handlers_overlap_unless_they_hold_the_server_or_the_loop,
    sleeping_handlers_take_turns_where_they_hold_the_server_or_the_loop,
    a_request_is_served_while_another_sleeps,
);

const NAP: Duration = Duration::from_millis(5);

/// Naps until everybody else is there. Nobody has to wait so long unless the others are kept out.
const NAPS: usize = 2000;

#[derive(Clone)]
struct Crowd {
    expected: usize,
    inside: Arc<AtomicUsize>,
    most: Arc<AtomicUsize>,
}

impl Crowd {
    fn of(expected: usize) -> Crowd {
        Crowd { expected, inside: Arc::default(), most: Arc::default() }
    }
}

/// Sleeps until the others are asleep beside it.
#[handler]
async fn together(State(crowd): State<Crowd>) -> &'static str {
    crowd.inside.fetch_add(1, SeqCst);
    for _ in 0..NAPS {
        if crowd.inside.load(SeqCst) == crowd.expected {
            return "together";
        }
        sleep(NAP).await;
    }
    "alone"
}

/// Sleeps a little, and counts how many do so at the same time.
#[handler]
async fn in_turn(State(crowd): State<Crowd>) -> &'static str {
    crowd.most.fetch_max(crowd.inside.fetch_add(1, SeqCst) + 1, SeqCst);
    for _ in 0..3 {
        sleep(NAP).await;
    }
    crowd.inside.fetch_sub(1, SeqCst);
    "in turn"
}

/// Whether a handler that sleeps keeps others from being served.
fn holds_others(runtime: Strategy) -> bool {
    match runtime.capabilities.sleeping_handler_holds {
        Held::Server | Held::Loop => true,
        Held::Thread | Held::Nothing => false,
    }
}

fn sleeping_handlers_overlap_unless_they_hold_the_server_or_the_loop(runtime: Strategy) {
    if holds_others(runtime) {
        return;
    }
    const SLEEPERS: usize = 30;
    let server = Server::start(runtime, state::with(Crowd::of(SLEEPERS), together));
    let mut clients: Vec<_> = (0..SLEEPERS).map(|_| server.connect_and_ask("/")).collect();
    for client in &mut clients {
        assert_eq!(client.answer().ok(), "together");
    }
}

fn sleeping_handlers_take_turns_where_they_hold_the_server_or_the_loop(runtime: Strategy) {
    if !holds_others(runtime) {
        return;
    }
    let crowd = Crowd::of(10);
    let server = Server::start(runtime, state::with(crowd.clone(), in_turn));
    let clients: Vec<_> = (0..10).map(|_| server.connect_and_ask("/")).collect();
    // A client leaves when it has its answer: a server that talks with one at a time waits for that.
    for mut client in clients {
        assert_eq!(client.answer().ok(), "in turn");
    }
    assert_eq!(crowd.most.load(SeqCst), 1);
}

/// One worker is enough, where there are workers: what sleeps is not on it.
fn a_request_is_served_while_another_sleeps(runtime: Strategy) {
    if holds_others(runtime) {
        return;
    }
    let server = Server::start_with(runtime, state::with(Crowd::of(2), together), |options| {
        options.workers = runtime.capabilities.workers.then_some(1);
    });
    let mut sleeper = server.connect();
    sleeper.ask("/");
    // The first of the two wakes up only because the second is served.
    assert_eq!(server.get("/").ok(), "together");
    assert_eq!(sleeper.answer().ok(), "together");
}
