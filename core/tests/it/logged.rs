//! What a host's log says of handlers that keep others waiting.

use crate::wire::{FakeClock, Peer};
use log::{Log, Metadata, Record};
use polyserve_core::{App, Handler, Meta, Reply, Request};
use std::{
    cell::RefCell,
    sync::{Arc, Once},
    time::Duration,
};

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

/// Begins to keep what this thread logs.
pub(crate) fn start() {
    static INSTALL: Once = Once::new();
    INSTALL.call_once(|| {
        log::set_logger(&Keep).unwrap();
        log::set_max_level(log::LevelFilter::Warn);
    });
    LINES.with(RefCell::take);
}

/// What this thread has logged since.
pub(crate) fn lines() -> Vec<String> {
    LINES.with(RefCell::take)
}

/// A function that holds its thread, as the macro would describe it.
struct Busy(FakeClock, Duration);

impl Handler for Busy {
    fn call(&self, _: Request) -> Reply {
        self.0.advance(self.1);
        Reply::from("done")
    }

    fn meta(&self) -> Option<&'static Meta> {
        const META: Meta = Meta::new("busy", "app", "src/main.rs", 6);
        Some(&META)
    }
}

/// What is logged when a function runs for so long, and its answer's status.
fn after(held: Duration) -> (Vec<String>, Vec<u16>) {
    start();
    let clock = FakeClock::new();
    let app = App::new(Busy(clock.clone(), held), clock.clone());
    let app = app.with_stall_warning("poll loop", Duration::from_millis(50));
    let mut peer = Peer::of(Arc::new(app), clock);
    lines();
    peer.queue("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    peer.run();
    (lines(), peer.statuses())
}

#[test]
fn a_function_that_holds_the_loop_is_named_with_its_line() {
    let (lines, statuses) = after(Duration::from_millis(100));
    assert_eq!(lines, ["busy (src/main.rs:6) held the poll loop for 100 ms"]);
    assert_eq!(statuses, [200]);
}

#[test]
fn a_function_that_is_quick_enough_is_not_mentioned() {
    assert_eq!(after(Duration::from_millis(50)), (vec![], vec![200]));
}

#[test]
fn a_function_that_outlives_the_handler_timeout_is_answered_and_reported() {
    let (lines, statuses) = after(Duration::from_secs(61));
    assert_eq!(
        lines,
        ["busy (src/main.rs:6) ran for 61000 ms without a wait in which it could have been stopped; the \
          handler timeout is 60000 ms"]
    );
    assert_eq!(statuses, [200]);
}
