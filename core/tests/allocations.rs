//! What the engine asks of the allocator for one request, on a connection that is kept alive. A number here may only
//! rise for a reason that is worth telling.

use allocation_counter::measure;
use http::Method;
use polyserve_core::{App, Connection, Handler, Reply, Response, Router, Want, handler_fn};
use shared::{Hello, hello_with_headers, request_of};
use std::{
    io,
    sync::{Arc, Mutex},
    task::{Context, Waker},
    time::Instant,
};

#[path = "../benches/shared/mod.rs"]
mod shared;

/// Allocations of one read of `requests` and of all that follows, when the thread's buffers are there.
fn allocations(handler: impl Handler, requests: &str) -> u64 {
    let now = Instant::now();
    let mut connection = Connection::new(Arc::new(App::new(handler, Instant::now)), now);
    let mut exchange = || {
        shared::exchange(&mut connection, requests.as_bytes(), now);
        assert!(connection.is_idle(), "everything is answered");
    };
    exchange();
    exchange();
    measure(exchange).count_total
}

#[test]
fn a_plain_get_takes_none_however_many_come_at_once() {
    let get = request_of("curl");
    assert_eq!(allocations(Hello, get), 0);
    assert_eq!(allocations(Hello, request_of("browser")), 0);
    // A read that is not short has memory of its own.
    assert_eq!(allocations(Hello, &get.repeat(16)), 1);
}

#[test]
fn a_handler_that_reads_headers_takes_a_map_more() {
    assert_eq!(allocations(hello_with_headers(), request_of("curl")), 2);
}

#[test]
fn a_route_takes_nothing_and_up_to_three_parameters_take_four() {
    let paths = ["/", "/books/{id}", "/users/{id}/posts/{post}", "/on/{year}/{month}/{day}"];
    let router = || paths.iter().fold(Router::new(), |router, path| router.route(Method::GET, path, Hello));
    assert_eq!(allocations(router(), request_of("curl")), 0);
    // Their text takes one, and the request's extensions, where handlers find them, three.
    for path in ["/books/7", "/users/7/posts/the-last-one", "/on/2026/11/23"] {
        assert_eq!(allocations(router(), &format!("GET {path} HTTP/1.1\r\nHost: a\r\n\r\n")), 4, "{path}");
    }
}

#[test]
fn short_requests_that_are_held_hold_little() {
    let held = Arc::new(Mutex::new(Vec::with_capacity(100)));
    let keeper = held.clone();
    let handler = handler_fn(move |request| {
        keeper.lock().unwrap().push(request.into_body());
        Reply::from("x")
    });
    let now = Instant::now();
    let mut connection = Connection::new(Arc::new(App::new(handler, Instant::now)), now);
    let post = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello";
    let mut exchange = || shared::exchange(&mut connection, post.as_bytes(), now);
    exchange();
    let bytes = measure(|| (1..100).for_each(|_| exchange())).bytes_current;
    assert_eq!(held.lock().unwrap().len(), 100);
    // A read buffer alone has 8 KiB at the least.
    assert!(bytes < 100 * 512, "{bytes} bytes for 100 requests of {}", post.len());
}

/// A client that sends more than a read takes, and takes all that comes back.
fn upload(connection: &mut Connection, mut bytes: &[u8], now: Instant) {
    let mut cx = Context::from_waker(Waker::noop());
    loop {
        match connection.poll(&mut cx, now) {
            Want::Read if bytes.is_empty() => return,
            Want::Read => connection.read_from(&mut bytes),
            Want::Write => connection.write_to(&mut io::sink()),
            other => panic!("{other:?}"),
        };
    }
}

#[test]
fn uploads_hold_no_buffers_and_share_a_few_larger_ones() {
    const UPLOADS: u64 = 200;
    let echo = handler_fn(|request| Reply::Ready(Response::new(request.into_body())));
    let now = Instant::now();
    let app = Arc::new(App::new(echo, Instant::now));
    let bytes = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000000\r\n\r\n".iter();
    let bytes: Vec<u8> = bytes.copied().chain(std::iter::repeat_n(b'x', 1 << 20)).collect();
    let mut uploads = Vec::with_capacity(UPLOADS as usize);
    let memory = measure(|| {
        for _ in 0..UPLOADS {
            let mut connection = Connection::new(app.clone(), now);
            upload(&mut connection, &bytes, now);
            uploads.push(connection);
        }
    });
    // 64 KiB for the thread, 352 KiB for quick uploads; and what each connection and its exchange have of their own.
    assert!(memory.bytes_max < (1 << 20) + UPLOADS * 2048, "{} bytes", memory.bytes_max);
}
