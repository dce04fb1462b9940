//! What one request costs in the engine, without a kernel: `cargo bench -p polyserve-core --bench engine`.
//!
//! A connection is given the bytes of requests, calls a handler that answers with one word, and its answers are thrown
//! away: parsing, routing, calling and encoding, with limits and deadlines on. Beside the times stands what was
//! allocated. The curves are to be straight lines: twice as many cost twice as much.

use divan::{Bencher, counter::ItemsCount};
use polyserve_core::{App, Connection, Handler};
use shared::{Hello, exchange, hello_with_headers, request_of};
use shelves::shelves;
use std::{sync::Arc, time::Instant};

mod shared;
mod shelves;

#[global_allocator]
static ALLOCATOR: divan::AllocProfiler = divan::AllocProfiler::system();

fn main() {
    divan::main();
}

/// Measures exchanges on a connection that is kept alive, as most are.
fn bench(bencher: Bencher<'_, '_>, handler: impl Handler, requests: &str) {
    let now = Instant::now();
    let mut connection = Connection::new(Arc::new(App::new(handler, Instant::now)), now);
    exchange(&mut connection, requests.as_bytes(), now);
    bencher.bench_local(|| exchange(&mut connection, requests.as_bytes(), now));
}

const CLIENTS: [&str; 3] = ["wrk", "curl", "browser"];

#[divan::bench(args = CLIENTS)]
fn keep_alive(bencher: Bencher<'_, '_>, client: &str) {
    bench(bencher, Hello, request_of(client));
}

#[divan::bench(args = CLIENTS)]
fn new_connection(bencher: Bencher<'_, '_>, client: &str) {
    let app = Arc::new(App::new(Hello, Instant::now));
    bencher.bench_local(|| {
        let now = Instant::now();
        exchange(&mut Connection::new(app.clone(), now), request_of(client).as_bytes(), now);
    });
}

#[divan::bench(args = [1, 4, 16, 64])]
fn pipelined(bencher: Bencher<'_, '_>, requests: usize) {
    bench(bencher.counter(ItemsCount::new(requests)), Hello, &request_of("wrk").repeat(requests));
}

fn request_with(fields: usize) -> String {
    let more: String = (1..fields).map(|n| format!("X-Field-{n}: value {n}\r\n")).collect();
    format!("GET / HTTP/1.1\r\nHost: a\r\n{more}\r\n")
}

#[divan::bench(args = [1, 10, 30, 100])]
fn header_fields(bencher: Bencher<'_, '_>, fields: usize) {
    bench(bencher.counter(ItemsCount::new(fields)), hello_with_headers(), &request_with(fields));
}

#[divan::bench(args = [1, 10, 30, 100])]
fn header_fields_unread(bencher: Bencher<'_, '_>, fields: usize) {
    bench(bencher.counter(ItemsCount::new(fields)), Hello, &request_with(fields));
}

#[divan::bench(args = [1, 10, 100, 1_000, 10_000])]
fn routes(bencher: Bencher<'_, '_>, routes: usize) {
    let (router, request) = shelves(routes);
    bench(bencher, router, &request);
}

#[divan::bench(args = [1, 10, 100, 1_000, 10_000])]
fn mounting(bencher: Bencher<'_, '_>, routes: usize) {
    bencher.counter(ItemsCount::new(routes)).bench_local(|| shelves(routes));
}
