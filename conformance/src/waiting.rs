//! Handlers that wait for something: another thread, their body, the first or the last of several sleeps.

use crate::facade::{
    Body, Bytes, Strategy, handler, routes,
    time::{sleep, timeout},
};
use crate::{
    checkpoint::Checkpoint,
    handlers::{hello, wait},
    server::{Server, serves_others_meanwhile},
    state::{self, State},
};
use futures_util::future::{join, join_all, select};
use std::{pin::pin, thread, time::Duration};

behaviours!(
    waiting:
    a_handler_that_waits_for_a_thread_is_set_aside,
    a_handler_is_woken_by_a_thread_that_it_started,
    a_handler_that_waits_for_its_body_is_set_aside,
    joined_sleeps_end_with_the_longest,
    a_sleep_that_lost_a_race_holds_nobody,
    a_timeout_cuts_a_sleep_short,
    a_timeout_lets_what_is_in_time_pass,
    a_timeout_cuts_the_wait_for_the_body_short,
    a_sleep_of_no_time_is_over_at_once,
    a_handler_sleeps_and_waits_for_a_thread_at_the_same_time,
);

/// For ever, as far as a test is concerned.
const HOUR: Duration = Duration::from_secs(3600);

const MOMENT: Duration = Duration::from_millis(5);

fn a_handler_that_waits_for_a_thread_is_set_aside(runtime: Strategy) {
    let checkpoint = Checkpoint::new();
    let server = Server::start(runtime, state::with(checkpoint.clone(), routes![hello, wait]));
    let mut waiting = server.connect();
    waiting.ask("/wait");
    checkpoint.await_arrivals(1);
    if serves_others_meanwhile(runtime) {
        for _ in 0..3 {
            assert_eq!(server.get("/hello").ok(), "hello");
        }
    }
    checkpoint.open();
    assert_eq!(waiting.answer().ok(), "waited");
    assert_eq!(waiting.get("/hello").ok(), "hello");
}

#[handler]
async fn ask_a_thread() -> String {
    let answered = Checkpoint::new();
    let answering = answered.clone();
    let thread = thread::spawn(move || {
        answering.await_arrivals(1);
        answering.open();
        42
    });
    answered.pass().await;
    // It has woken this handler as the last thing it does.
    thread.join().map_or_else(|_| "the thread panicked".to_owned(), |answer| answer.to_string())
}

fn a_handler_is_woken_by_a_thread_that_it_started(runtime: Strategy) {
    let server = Server::start(runtime, ask_a_thread);
    let mut client = server.connect();
    // Again and again: a wake-up that gets lost between two polls gets lost rarely.
    for _ in 0..200 {
        assert_eq!(client.get("/").ok(), "42");
    }
}

#[handler(POST, "/length")]
async fn length(State(checkpoint): State<Checkpoint>, body: Body) -> String {
    checkpoint.arrive();
    body.bytes().await.map_or_else(|error| error.to_string(), |body| body.len().to_string())
}

fn a_handler_that_waits_for_its_body_is_set_aside(runtime: Strategy) {
    let checkpoint = Checkpoint::new();
    let server = Server::start(runtime, state::with(checkpoint.clone(), routes![hello, length]));
    let mut waiting = server.connect();
    waiting.send("POST /length HTTP/1.1\r\nHost: test\r\nContent-Length: 6\r\n\r\nabc");
    checkpoint.await_arrivals(1);
    if serves_others_meanwhile(runtime) {
        assert_eq!(server.get("/hello").ok(), "hello");
    }
    waiting.send("def");
    assert_eq!(waiting.answer().ok(), "6");
}

#[handler]
async fn nested() -> String {
    let napped = |moments: u32| async move {
        sleep(MOMENT * moments).await;
        moments
    };
    // A join in a join, and more sleeps than a host could look at one by one.
    let (many, (one, two)) = join(join_all((0..50).map(napped)), join(napped(1), napped(2))).await;
    format!("{} {one} {two}", many.iter().sum::<u32>())
}

fn joined_sleeps_end_with_the_longest(runtime: Strategy) {
    let server = Server::start(runtime, nested);
    assert_eq!(server.get("/").ok(), "1225 1 2");
}

#[handler]
async fn race() -> &'static str {
    let (mut slow, fast) = (pin!(sleep(HOUR)), pin!(sleep(MOMENT)));
    select(slow.as_mut(), fast).await;
    // The hour's sleep is still there, but nobody waits for it any more.
    sleep(MOMENT).await;
    "raced"
}

fn a_sleep_that_lost_a_race_holds_nobody(runtime: Strategy) {
    let server = Server::start(runtime, race);
    let mut client = server.connect();
    assert_eq!(client.get("/").ok(), "raced");
    assert_eq!(client.get("/").ok(), "raced");
}

#[handler(GET, "/cut")]
async fn cut() -> String {
    timeout(MOMENT, sleep(HOUR)).await.map_or_else(|elapsed| elapsed.to_string(), |()| "slept".to_owned())
}

#[handler(GET, "/pass")]
async fn pass() -> String {
    timeout(HOUR, sleep(MOMENT)).await.map_or_else(|elapsed| elapsed.to_string(), |()| "slept".to_owned())
}

#[handler(POST, "/body")]
async fn within(body: Body) -> String {
    match timeout(MOMENT, body.bytes()).await {
        Ok(Ok(body)) => format!("{} bytes", body.len()),
        Ok(Err(error)) => error.to_string(),
        Err(elapsed) => elapsed.to_string(),
    }
}

fn a_timeout_cuts_a_sleep_short(runtime: Strategy) {
    let server = Server::start(runtime, routes![cut, pass]);
    let mut client = server.connect();
    assert_eq!(client.get("/cut").ok(), "not done within 5ms");
    assert_eq!(client.get("/cut").ok(), "not done within 5ms");
}

fn a_timeout_lets_what_is_in_time_pass(runtime: Strategy) {
    let server = Server::start(runtime, routes![cut, pass]);
    let mut client = server.connect();
    assert_eq!(client.get("/pass").ok(), "slept");
    assert_eq!(client.get("/pass").ok(), "slept");
}

fn a_timeout_cuts_the_wait_for_the_body_short(runtime: Strategy) {
    let server = Server::start(runtime, within);
    let mut client = server.connect();
    client.send("POST /body HTTP/1.1\r\nHost: test\r\nContent-Length: 3\r\n\r\nab");
    assert_eq!(client.answer().ok(), "not done within 5ms");
}

#[handler]
async fn no_time() -> &'static str {
    for _ in 0..100 {
        sleep(Duration::ZERO).await;
    }
    "here"
}

fn a_sleep_of_no_time_is_over_at_once(runtime: Strategy) {
    let server = Server::start(runtime, no_time);
    assert_eq!(server.get("/").ok(), "here");
}

#[handler(POST, "/either")]
async fn either(State(checkpoint): State<Checkpoint>, body: Bytes) -> String {
    // Time passes while the thread is waited for, on every runtime: on those that a sleep holds, too.
    let waking = checkpoint.clone();
    let thread = thread::spawn(move || {
        waking.await_arrivals(1);
        waking.open();
    });
    let (passed, slept) = join(timeout(HOUR, checkpoint.pass()), timeout(MOMENT, sleep(HOUR))).await;
    let woken = thread.join().is_ok();
    format!("{} {} {woken} {}", passed.is_ok(), slept.is_ok(), body.len())
}

fn a_handler_sleeps_and_waits_for_a_thread_at_the_same_time(runtime: Strategy) {
    // A loop that a sleep holds is held until the *earliest* timer, so the thread's wake-up is not lost.
    let server = Server::start(runtime, state::with(Checkpoint::new(), either));
    let mut client = server.connect();
    client.send("POST /either HTTP/1.1\r\nHost: test\r\nContent-Length: 2\r\n\r\nab");
    assert_eq!(client.answer().ok(), "true false true 2");
}
