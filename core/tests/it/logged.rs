//! What a host's log says of handlers that keep others waiting, and of those that panic.

use crate::wire::{FakeClock, GET, Peer, seconds};
use log::{Log, Metadata, Record};
use polyserve_core::{
    App, Handler, HandlerExt, Meta, Reply, Request, Router, handler_fn,
    offload::{Job, Pool},
    time::sleep,
};
use std::{
    cell::RefCell,
    sync::{Arc, Once},
    time::Duration,
};
use tower_layer::layer_fn;

thread_local! {
    static LINES: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// Keeps each thread's own lines: tests run side by side, and a connection stays on its thread.
struct Keep;

impl Log for Keep {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &Record<'_>) {
        LINES.with(|lines| lines.borrow_mut().push(record.args().to_string()));
    }

    fn flush(&self) {}
}

/// What this thread has logged since the last look.
pub(crate) fn logged() -> Vec<String> {
    static INSTALL: Once = Once::new();
    INSTALL.call_once(|| {
        log::set_logger(&Keep).unwrap();
        log::set_max_level(log::LevelFilter::Warn);
    });
    LINES.with(RefCell::take)
}

const MS: Duration = Duration::from_millis(1);

/// A function, as the macro would describe it.
struct Function<F>(&'static Meta, F);

impl<F: Fn() -> Reply + Send + Sync + 'static> Handler for Function<F> {
    fn call(&self, _: Request) -> Reply {
        (self.1)()
    }

    fn meta(&self) -> Option<&'static Meta> {
        Some(self.0)
    }
}

const BUSY: Meta = Meta::new("busy", "app", "src/main.rs", 6);
const ASYNC: Meta = {
    let mut meta = Meta::new("busy", "app", "src/main.rs", 7);
    meta.is_async = true;
    meta
};
const BLOCKING: Meta = {
    let mut meta = Meta::new("busy", "app", "src/main.rs", 8);
    meta.blocking = true;
    meta
};

/// A function that holds its thread for so long.
fn busy(clock: &FakeClock, held: Duration) -> impl Handler {
    let clock = clock.clone();
    Function(&BUSY, move || {
        clock.advance(held);
        Reply::from("done")
    })
}

/// A client of an app that reports who holds the loop for longer than 50 ms.
fn watched(clock: FakeClock, handler: impl Handler) -> Peer {
    logged();
    let app = App::new(handler, clock.clone()).with_stall_warning("poll loop", 50 * MS);
    Peer::of(Arc::new(app), clock)
}

/// What is logged when a function runs for so long, and its answer's status.
fn after(held: Duration) -> (Vec<String>, Vec<u16>) {
    let clock = FakeClock::new();
    let mut peer = watched(clock.clone(), busy(&clock, held));
    peer.send(GET);
    (logged(), peer.statuses())
}

#[test]
fn a_function_that_holds_the_loop_is_named_with_its_line() {
    let (lines, statuses) = after(100 * MS);
    assert_eq!(
        lines,
        ["busy (src/main.rs:6) held the poll loop for 100 ms: make it async, or `#[handler(blocking)]`"]
    );
    assert_eq!(statuses, [200]);
}

#[test]
fn a_function_that_is_quick_enough_is_not_mentioned() {
    assert_eq!(after(50 * MS), (vec![], vec![200]));
}

#[test]
fn a_function_that_outlives_the_handler_timeout_is_answered_and_reported() {
    let (lines, statuses) = after(seconds(61));
    assert_eq!(
        lines,
        ["busy (src/main.rs:6) ran for 61000 ms without a wait in which it could have been stopped; the \
          handler timeout is 60000 ms"]
    );
    assert_eq!(statuses, [200]);
}

/// What is logged when these requests come at once to an app that nobody watches, whose handlers run for so long. On a
/// thread of its own, for a thread has one clock.
fn unwatched(requests: &str, held: Duration) -> Vec<String> {
    let requests = requests.to_owned();
    std::thread::spawn(move || unwatched_here(&requests, held)).join().unwrap()
}

fn unwatched_here(requests: &str, held: Duration) -> Vec<String> {
    let clock = FakeClock::new();
    let moved = clock.clone();
    let other = Function(&ASYNC, move || {
        moved.advance(held);
        Reply::from("done")
    });
    let app = Router::new().route(http::Method::GET, "/", busy(&clock, held)).route(
        http::Method::GET,
        "/other",
        other,
    );
    let mut peer = Peer::of(Arc::new(App::new(app, clock.clone())), clock);
    logged();
    peer.send(requests);
    logged()
}

#[test]
fn one_that_outlives_the_handler_timeout_is_reported_where_nobody_watches_too() {
    let late = |who: &str, ms: u32| {
        format!(
            "{who} ran for {ms} ms without a wait in which it could have been stopped; the handler timeout is 60000 ms"
        )
    };
    assert_eq!(unwatched(GET, seconds(61)), [late("busy (src/main.rs:6)", 61_000)]);
    assert_eq!(unwatched(GET, seconds(60)), [""; 0]);
    // Pipelined requests are looked at together.
    assert_eq!(unwatched(&GET.repeat(3), seconds(21)), [late("busy (src/main.rs:6)", 63_000)]);
    let other = GET.replace("GET /", "GET /other");
    assert_eq!(
        unwatched(&format!("{GET}{other}"), seconds(31)),
        [late("pipelined requests, the last of them for busy (src/main.rs:7),", 62_000)]
    );
}

#[test]
fn a_handler_that_sleeps_holds_nothing_by_itself() {
    let clock = FakeClock::new();
    let sleeping = Function(&ASYNC, || {
        Reply::pending(async {
            sleep(seconds(1)).await;
            polyserve_core::Response::default()
        })
    });
    let mut peer = watched(clock, sleeping);
    peer.send(GET);
    peer.wait(seconds(1));
    assert_eq!((logged(), peer.statuses()), (vec![], vec![200]));
}

#[test]
fn an_async_function_that_holds_the_loop_between_waits_is_told_what_to_do() {
    let clock = FakeClock::new();
    let busy = clock.clone();
    let mut peer = watched(
        clock,
        Function(&ASYNC, move || {
            let busy = busy.clone();
            Reply::pending(async move {
                sleep(seconds(1)).await;
                busy.advance(70 * MS);
                polyserve_core::Response::default()
            })
        }),
    );
    peer.send(GET);
    peer.wait(seconds(1));
    assert_eq!(
        logged(),
        [
            "busy (src/main.rs:7) held the poll loop for 70 ms: await `time::sleep` and async calls in it, and \
          run what blocks with `offload::run`"
        ]
    );
}

#[test]
fn a_blocking_function_is_told_whether_there_is_a_pool() {
    struct Here;
    impl Pool for Here {
        fn spawn(&self, job: Job) {
            job();
        }
    }
    let advice = |with_pool: bool| {
        let clock = FakeClock::new();
        let busy = clock.clone();
        let handler = Function(&BLOCKING, move || {
            busy.advance(70 * MS);
            Reply::from("done")
        });
        let mut app = App::new(handler, clock.clone()).with_stall_warning("loop", 50 * MS);
        if with_pool {
            app = app.with_pool(Arc::new(Here));
        }
        logged();
        Peer::of(Arc::new(app), clock).send(GET);
        logged().pop().unwrap()
    };
    assert_eq!(
        advice(false),
        "busy (src/main.rs:8) held the loop for 70 ms: it says `blocking`, but this runtime has no pool of \
         threads to move it to: choose one that has"
    );
    assert_eq!(
        advice(true),
        "busy (src/main.rs:8) held the loop for 70 ms: its arguments or its answer take long, for the function \
         runs on the pool"
    );
}

#[test]
fn a_handler_that_goes_on_holding_the_loop_is_counted_and_does_not_flood_the_log() {
    let clock = FakeClock::new();
    let mut peer = watched(clock.clone(), busy(&clock, 100 * MS));
    peer.send(GET.repeat(3));
    assert_eq!(logged().len(), 1);
    // It holds the loop for 100 ms each time, so the last of these is 10 s after the first.
    peer.send(GET.repeat(98));
    let lines = logged();
    assert_eq!(
        lines,
        [
            "busy (src/main.rs:6) held the poll loop for 100 ms, and 99 times more since this was last said: make \
          it async, or `#[handler(blocking)]`"
        ]
    );
}

#[test]
fn one_handler_that_is_counted_does_not_hide_another() {
    let clock = FakeClock::new();
    let other = clock.clone();
    let app = Router::new().route(http::Method::GET, "/a", busy(&clock, 100 * MS)).route(
        http::Method::GET,
        "/b",
        Function(&ASYNC, move || {
            other.advance(100 * MS);
            Reply::from("done")
        }),
    );
    let mut peer = watched(clock, app);
    for path in ["/a", "/b", "/a", "/b"] {
        peer.send(GET.replace('/', path).replace(&format!("HTTP{path}"), "HTTP/"));
    }
    let lines = logged();
    assert_eq!(lines.len(), 2, "{lines:?}");
    assert!(lines[0].contains("main.rs:6") && lines[1].contains("main.rs:7"), "{lines:?}");
}

#[test]
fn behind_a_layer_it_is_the_handler_that_is_named() {
    let clock = FakeClock::new();
    // A router has no name of its own, and what it routes to is found out while the layer is polled.
    let app = Router::new().route(http::Method::GET, "/", busy(&clock, 100 * MS));
    let mut peer = watched(clock, app.layer(layer_fn(|service| service)));
    peer.send(GET);
    let lines = logged();
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert!(lines[0].starts_with("busy (src/main.rs:6) held"), "{lines:?}");
}

/// What is logged when a handler panics on a host that knows `advice`.
fn panicking(handler: impl Handler) -> Vec<String> {
    let clock = FakeClock::new();
    let app = App::new(handler, clock.clone())
        .with_panic_advice(|message| message.contains("no reactor").then(|| "host it elsewhere".to_owned()));
    let mut peer = Peer::of(Arc::new(app), clock);
    logged();
    peer.send(GET);
    assert_eq!(peer.statuses(), [500]);
    logged()
}

#[test]
fn a_host_explains_the_panics_that_it_knows() {
    let at_once = Function(&BUSY, || panic!("there is no reactor"));
    assert_eq!(panicking(at_once), ["busy (src/main.rs:6) panicked: host it elsewhere"]);
    let later = Function(&BUSY, || Reply::pending(async { panic!("there is no reactor in {}", "here") }));
    assert_eq!(panicking(later), ["busy (src/main.rs:6) panicked: host it elsewhere"]);
    assert_eq!(panicking(Function(&BUSY, || panic!("a bug"))), ["busy (src/main.rs:6) panicked"]);
    // A panic need not have a message at all.
    let without = Function(&BUSY, || std::panic::panic_any(7));
    assert_eq!(panicking(without), ["busy (src/main.rs:6) panicked"]);
    assert_eq!(panicking(handler_fn(|_| panic!("a bug"))), ["a handler panicked"]);
}
