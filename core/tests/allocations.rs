//! What the engine asks of the allocator for one request, on a connection that is kept alive. A number here may only
//! rise for a reason that is worth telling.

use allocation_counter::measure;
use http::Method;
use polyserve_core::{App, Connection, Handler, Readiness, Reply, Request, Router, Want, handler_fn};
use std::{
    io::{self, Read, Write},
    sync::Arc,
    task::{Context, Waker},
    time::Instant,
};

/// As `#[handler]` writes a function without arguments.
struct Hello;

impl Handler for Hello {
    fn call(&self, _: Request) -> Reply {
        Reply::from("hello")
    }

    fn reads_headers(&self) -> bool {
        false
    }
}

/// A socket that has these bytes for one read, and takes everything.
struct Socket<'a>(&'a [u8]);

impl Read for Socket<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer)
    }
}

impl Write for Socket<'_> {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        Ok(buffer.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Allocations of one read of `requests` and of all that follows, when the thread's buffers are there.
fn allocations(handler: impl Handler, requests: &str) -> u64 {
    let now = Instant::now();
    let mut connection = Connection::new(Arc::new(App::new(handler, Instant::now)), now);
    let mut exchange = || {
        let mut socket = Socket(requests.as_bytes());
        let mut cx = Context::from_waker(Waker::noop());
        connection.read_from(&mut socket);
        while connection.poll(&mut cx, now) == Want::Write {
            assert_eq!(connection.write_to(&mut socket), Readiness::More);
        }
        assert!(connection.is_idle(), "everything is answered");
    };
    exchange();
    exchange();
    measure(exchange).count_total
}

const GET: &str = "GET / HTTP/1.1\r\nHost: a\r\nUser-Agent: test\r\nAccept: */*\r\n\r\n";

#[test]
fn a_plain_get_takes_two_however_many_come_at_once() {
    // The request is copied out of the shared buffer, and its target is a slice of the copy.
    assert_eq!(allocations(Hello, GET), 2);
    assert_eq!(allocations(Hello, &GET.repeat(16)), 2);
}

#[test]
fn a_handler_that_reads_headers_takes_a_map_more() {
    assert_eq!(allocations(handler_fn(|_| Reply::from("hello")), GET), 4);
}

#[test]
fn a_route_takes_nothing_and_its_parameters_a_few() {
    let router = Router::new().route(Method::GET, "/", Hello).route(Method::GET, "/books/{id}", Hello);
    assert_eq!(allocations(router, GET), 2);
    let router = Router::new().route(Method::GET, "/", Hello).route(Method::GET, "/books/{id}", Hello);
    assert_eq!(allocations(router, "GET /books/7 HTTP/1.1\r\nHost: a\r\n\r\n"), 8);
}
