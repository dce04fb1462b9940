//! What the blocking detector costs: `cargo bench -p polyserve-core --bench detector`.
//!
//! A handler that answers with one word is called by itself, by an app whose detector is off, and by one whose
//! detector is on. The difference between the last two is the detector's price; the one before is that of the
//! two looks at the clock by which the handler timeout's overruns are noticed in any case.

use polyserve_core::{App, Body, Handler, Reply, Request, handler_fn};
use std::time::{Duration, Instant};

fn main() {
    divan::main();
}

fn handler() -> impl Handler {
    handler_fn(|_| Reply::from("hello"))
}

fn request() -> Request {
    Request::new(Body::empty())
}

#[divan::bench]
fn handler_alone(bencher: divan::Bencher<'_, '_>) {
    let handler = handler();
    bencher.with_inputs(request).bench_values(|request| handler.call(request));
}

#[divan::bench]
fn detector_off(bencher: divan::Bencher<'_, '_>) {
    let app = App::new(handler(), Instant::now);
    bencher.with_inputs(request).bench_values(|request| app.call(request));
}

#[divan::bench]
fn detector_on(bencher: divan::Bencher<'_, '_>) {
    let app = App::new(handler(), Instant::now).with_stall_warning("loop", Duration::from_millis(50));
    bencher.with_inputs(request).bench_values(|request| app.call(request));
}
