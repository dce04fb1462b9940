//! What the engine asks of the allocator for one request, on a connection that is kept alive. A number here may only
//! rise for a reason that is worth telling.

use allocation_counter::measure;
use http::Method;
use polyserve_core::{App, Connection, Handler, Router};
use shared::{Hello, hello_with_headers, request_of};
use std::{sync::Arc, time::Instant};

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
fn a_plain_get_takes_two_however_many_come_at_once() {
    // The request is copied out of the shared buffer, and its target is a slice of the copy.
    let get = request_of("curl");
    assert_eq!(allocations(Hello, get), 2);
    assert_eq!(allocations(Hello, &get.repeat(16)), 2);
}

#[test]
fn a_handler_that_reads_headers_takes_a_map_more() {
    assert_eq!(allocations(hello_with_headers(), request_of("curl")), 4);
}

#[test]
fn a_route_takes_nothing_and_up_to_three_parameters_take_four() {
    let paths = ["/", "/books/{id}", "/users/{id}/posts/{post}", "/on/{year}/{month}/{day}"];
    let router = || paths.iter().fold(Router::new(), |router, path| router.route(Method::GET, path, Hello));
    assert_eq!(allocations(router(), request_of("curl")), 2);
    // Their text takes one, and the request's extensions, where handlers find them, three.
    for path in ["/books/7", "/users/7/posts/the-last-one", "/on/2026/11/23"] {
        assert_eq!(allocations(router(), &format!("GET {path} HTTP/1.1\r\nHost: a\r\n\r\n")), 6, "{path}");
    }
}
