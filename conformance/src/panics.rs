//! A handler that panics takes its own connection with it, and nobody else's.

use crate::facade::{Body, Bytes, Handler, Strategy, handler, routes, time::sleep};
use crate::{
    client::{Answer, DEADLINE},
    server::Server,
    state::{self, State},
};
use std::{
    io::Read,
    sync::mpsc::{Sender, channel},
    time::Duration,
};

behaviours!(
    panics:
    a_panic_in_a_function_is_a_500,
    a_panic_in_an_async_function_is_a_500,
    a_panic_after_a_sleep_is_a_500,
    a_panic_in_a_blocking_function_is_a_500,
    a_panic_in_an_argument_is_a_500,
    a_panic_in_a_stream_breaks_the_answer_off,
    an_error_in_a_stream_breaks_the_answer_off,
    a_panic_in_a_destructor_takes_nobody_down,
);

#[handler(GET, "/hello")]
fn hello() -> &'static str {
    "hello"
}

#[handler(GET, "/fn")]
fn in_function() -> &'static str {
    panic!("a test's panic")
}

#[handler(GET, "/async")]
async fn in_async() -> &'static str {
    panic!("a test's panic")
}

#[handler(GET, "/later")]
async fn after_a_sleep() -> &'static str {
    sleep(Duration::from_millis(1)).await;
    panic!("a test's panic")
}

#[handler(GET, "/blocking", blocking)]
fn in_blocking() -> &'static str {
    panic!("a test's panic")
}

#[handler(GET, "/argument/{n}")]
fn in_argument(n: Explosive) -> String {
    let Explosive = n;
    "fine".to_owned()
}

struct Explosive;

impl std::str::FromStr for Explosive {
    type Err = String;

    fn from_str(_: &str) -> Result<Explosive, String> {
        panic!("a test's panic")
    }
}

#[handler(GET, "/stream")]
fn in_stream() -> Body {
    Body::stream(|mut out| async move {
        out.send("begun").await;
        sleep(Duration::from_millis(1)).await;
        panic!("a test's panic")
    })
}

#[handler(GET, "/stream-error")]
fn failing_stream() -> Body {
    Body::stream(|mut out| async move {
        out.send("begun").await;
        sleep(Duration::from_millis(1)).await;
        Err("a test's error".into())
    })
}

fn app() -> impl Handler {
    routes![hello, in_function, in_async, after_a_sleep, in_blocking, in_argument, in_stream, failing_stream]
}

/// The panic's answer, and the end of its connection; a neighbour and the next client are served.
fn assert_survives(runtime: Strategy, path: &str) {
    let server = Server::start(runtime, app());
    for _ in 0..2 {
        let mut client = server.connect();
        assert_eq!(client.get("/hello").ok(), "hello");
        let answer = client.get(path);
        assert_is_an_internal_error(&answer);
        client.assert_closed();
    }
    assert_eq!(server.get("/hello").ok(), "hello");
}

fn assert_is_an_internal_error(answer: &Answer) {
    assert_eq!(answer.status, 500);
    assert!(answer.is_the_last());
    // What went wrong is for the log.
    assert_eq!(answer.text(), "500 Internal Server Error: the handler failed\n");
}

fn a_panic_in_a_function_is_a_500(runtime: Strategy) {
    assert_survives(runtime, "/fn");
}

fn a_panic_in_an_async_function_is_a_500(runtime: Strategy) {
    assert_survives(runtime, "/async");
}

fn a_panic_after_a_sleep_is_a_500(runtime: Strategy) {
    assert_survives(runtime, "/later");
}

fn a_panic_in_a_blocking_function_is_a_500(runtime: Strategy) {
    assert_survives(runtime, "/blocking");
}

fn a_panic_in_an_argument_is_a_500(runtime: Strategy) {
    assert_survives(runtime, "/argument/1");
}

/// The client has the piece that was sent, and sees that it is not the whole.
fn assert_breaks_off(runtime: Strategy, path: &str) {
    let server = Server::start(runtime, app());
    let mut client = server.connect();
    client.ask(path);
    assert_eq!(client.head().status, 200);
    assert_eq!(client.chunk(), b"begun");
    let mut rest = Vec::new();
    // Whether it is a close or a reset: no last chunk.
    let _ = client.stream().take(100).read_to_end(&mut rest);
    assert!(rest.is_empty(), "{:?}", String::from_utf8_lossy(&rest));
    assert_eq!(server.get("/hello").ok(), "hello");
}

fn a_panic_in_a_stream_breaks_the_answer_off(runtime: Strategy) {
    assert_breaks_off(runtime, "/stream");
}

fn an_error_in_a_stream_breaks_the_answer_off(runtime: Strategy) {
    assert_breaks_off(runtime, "/stream-error");
}

/// Panics when it is dropped, after it has told the test.
struct Mine(Sender<()>);

impl Drop for Mine {
    fn drop(&mut self) {
        // The test may have ended.
        let _ = self.0.send(());
        panic!("a test's panic")
    }
}

#[handler(POST, "/mined")]
async fn mined(State(exploded): State<Sender<()>>, body: Body) -> Bytes {
    let _mine = Mine(exploded);
    body.bytes().await.unwrap_or_default()
}

fn a_panic_in_a_destructor_takes_nobody_down(runtime: Strategy) {
    let (exploded, explosions) = channel::<()>();
    let server = Server::start(runtime, state::with(exploded, routes![hello, mined]));
    // The client leaves in the middle of its body: the handler sees that, and ends.
    let mut client = server.connect();
    client.send("POST /mined HTTP/1.1\r\nHost: test\r\nContent-Length: 6\r\n\r\nabc");
    drop(client);
    explosions.recv_timeout(DEADLINE).unwrap();
    assert_eq!(server.get("/hello").ok(), "hello");
}
