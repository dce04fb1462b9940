//! A conversation without a kernel, for the benchmarks of this folder.

use polyserve_core::{Connection, Handler, RawRequest, Readiness, Reply, Request, Want, handler_fn};
use std::{
    hint::black_box,
    io::{self, Read, Write},
    task::{Context, Waker},
    time::Instant,
};

/// As `wrk` asks, as `curl` asks, and as Chromium asks.
pub(crate) fn request_of(client: &str) -> &'static str {
    match client {
        "wrk" => "GET / HTTP/1.1\r\nHost: 127.0.0.1:8000\r\n\r\n",
        "curl" => "GET / HTTP/1.1\r\nHost: 127.0.0.1:8000\r\nUser-Agent: curl/8.14.1\r\nAccept: */*\r\n\r\n",
        _ => concat!(
            "GET / HTTP/1.1\r\n",
            "Host: 127.0.0.1:8000\r\n",
            "Connection: keep-alive\r\n",
            "Cache-Control: max-age=0\r\n",
            "sec-ch-ua: \"Not_A Brand\";v=\"99\", \"Chromium\";v=\"142\"\r\n",
            "sec-ch-ua-mobile: ?0\r\n",
            "sec-ch-ua-platform: \"Linux\"\r\n",
            "Upgrade-Insecure-Requests: 1\r\n",
            "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) ",
            "Chrome/142.0.0.0 Safari/537.36\r\n",
            "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8\r\n",
            "Sec-Fetch-Site: none\r\n",
            "Sec-Fetch-Mode: navigate\r\n",
            "Sec-Fetch-User: ?1\r\n",
            "Sec-Fetch-Dest: document\r\n",
            "Accept-Encoding: gzip, deflate, br, zstd\r\n",
            "Accept-Language: en-GB,en;q=0.9\r\n",
            "\r\n",
        ),
    }
}

/// As `#[handler]` writes a function without arguments.
pub(crate) struct Hello;

impl Handler for Hello {
    fn call(&self, _: Request) -> Reply {
        Reply::from("Hello, World!")
    }

    fn call_raw(&self, _: RawRequest<'_>) -> Reply {
        Reply::from("Hello, World!")
    }

    fn reads_headers(&self) -> bool {
        false
    }
}

/// A handler that may look at everything.
pub(crate) fn hello_with_headers() -> impl Handler {
    handler_fn(|_| Reply::from("Hello, World!"))
}

/// A socket that has these bytes, and takes everything.
struct Socket<'a>(&'a [u8]);

impl Read for Socket<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer)
    }
}

impl Write for Socket<'_> {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        Ok(black_box(buffer).len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// One read of `requests`, or as many as a new thread's small buffers take, and all that follows until the next.
pub(crate) fn exchange(connection: &mut Connection, requests: &[u8], now: Instant) {
    let mut socket = Socket(requests);
    let mut cx = Context::from_waker(Waker::noop());
    while !socket.0.is_empty() {
        connection.read_from(&mut socket);
    }
    while connection.poll(&mut cx, now) == Want::Write {
        assert_eq!(connection.write_to(&mut socket), Readiness::More);
    }
}
