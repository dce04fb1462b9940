//! Handlers as services: axum's router and server host them.
//!
//! The client is the one of all other tests; the server is axum's, on a tokio of its own.

use crate::{
    checkpoint::Checkpoint,
    client::{Client, DEADLINE},
    handlers::{hello, wait},
    log, state,
};
use axum::Router;
use http_body_util::BodyExt;
use polyserve::{
    Body, Bytes, Handler, HandlerExt, HeaderMap, Response, handler,
    http::{HeaderValue, header},
    routes,
    time::sleep,
    tower::{ServiceOptions, service, service_with},
};
use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::SeqCst},
        mpsc::{Sender, channel},
    },
    thread,
    time::{Duration, Instant},
};
use tower_http::set_header::SetResponseHeaderLayer;

const MS: Duration = Duration::from_millis(1);

/// An axum server; it stops when it is dropped.
struct Axum {
    addr: SocketAddr,
    _tokio: tokio::runtime::Runtime,
}

impl Axum {
    fn serve(router: Router) -> Axum {
        let tokio =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let listener = tokio.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
        let addr = listener.local_addr().unwrap();
        tokio.spawn(async { axum::serve(listener, router).await.unwrap() });
        Axum { addr, _tokio: tokio }
    }

    /// axum with nothing but this handler.
    fn of(handler: impl Handler) -> Axum {
        Axum::serve(Router::new().fallback_service(service(handler).unwrap()))
    }

    fn connect(&self) -> Client {
        Client::connect(self.addr)
    }
}

#[handler(GET, "/hello/{name}")]
async fn greet(name: String) -> String {
    sleep(MS).await;
    format!("hello {name}")
}

#[test]
fn a_handler_with_arguments_from_its_path_sleeps_and_answers() {
    let own = axum::routing::get(|| async { "axum's" });
    let ours = service(routes![greet].development_404(false)).unwrap();
    let server = Axum::serve(Router::new().route("/own", own).nest_service("/api", ours));
    let mut client = server.connect();
    assert_eq!(client.get("/api/hello/axum").ok(), "hello axum");
    assert_eq!(client.get("/own").ok(), "axum's");
    let missing = client.get("/api/nowhere");
    assert_eq!((missing.status, missing.text()), (404, "404 Not Found\n"));
    assert_eq!(client.get("/hello/axum").status, 404);
}

#[test]
fn others_are_served_while_a_handler_waits() {
    let checkpoint = Checkpoint::new();
    let server = Axum::of(state::with(checkpoint.clone(), routes![hello, wait]));
    let mut waiting = server.connect();
    waiting.ask("/wait");
    checkpoint.await_arrivals(1);
    assert_eq!(server.connect().get("/hello").ok(), "hello");
    checkpoint.open();
    assert_eq!(waiting.answer().ok(), "waited");
}

#[handler(blocking)]
fn holds(state::State(checkpoint): state::State<Checkpoint>) -> &'static str {
    checkpoint.pass_holding_the_thread();
    "held"
}

/// axum's only worker serves others meanwhile.
#[test]
fn a_blocking_function_is_run_on_tokios_pool() {
    let checkpoint = Checkpoint::new();
    let holding = service(state::with(checkpoint.clone(), holds)).unwrap();
    let server =
        Axum::serve(Router::new().route_service("/hold", holding).fallback_service(service(hello).unwrap()));
    let mut held = server.connect();
    held.ask("/hold");
    checkpoint.await_arrivals(1);
    assert_eq!(server.connect().get("/").ok(), "hello");
    checkpoint.open();
    assert_eq!(held.answer().ok(), "held");
}

#[handler]
fn echo(body: Body) -> Body {
    body
}

#[test]
fn a_body_streams_up_and_down_at_once() {
    let server = Axum::of(echo);
    let mut client = server.connect();
    client.send("POST / HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n");
    assert_eq!(client.head().status, 200);
    assert_eq!(client.chunk(), b"one");
    client.send("3\r\ntwo\r\n0\r\n\r\n");
    assert_eq!(client.chunk(), b"two");
    assert_eq!(client.chunk(), b"");
}

#[handler]
fn trailing() -> Response {
    let trailers = HeaderMap::from_iter([("x-sum".parse().unwrap(), "7".parse().unwrap())]);
    // Without a length: hyper has no place for trailers behind `Content-Length`.
    let body = Body::stream(|mut out| async move {
        out.send("data").await;
        Ok(())
    });
    let body = body.with_trailers(async { Some(Ok(trailers)) });
    let mut response = Response::new(Body::new(body));
    response.headers_mut().insert("trailer", "x-sum".parse().unwrap());
    response
}

#[test]
fn trailers_reach_the_client() {
    let server = Axum::of(trailing);
    let mut client = server.connect();
    // hyper sends trailers to those only who say that they take them.
    client.send("GET / HTTP/1.1\r\nHost: test\r\nTE: trailers\r\nConnection: close\r\n\r\n");
    let rest = String::from_utf8(client.rest()).unwrap();
    assert!(rest.ends_with("\r\n\r\n4\r\ndata\r\n0\r\nx-sum: 7\r\n\r\n"), "{rest}");
}

#[handler]
fn endless(state::State((sent, gone)): state::State<(Arc<AtomicUsize>, Sender<()>)>) -> Body {
    Body::stream(move |mut out| async move {
        let _gone = OnDrop(gone);
        loop {
            out.send(vec![b'.'; 64 * 1024]).await;
            sent.fetch_add(1, SeqCst);
        }
    })
}

struct OnDrop(Sender<()>);

impl Drop for OnDrop {
    fn drop(&mut self) {
        // The test may have ended.
        let _ = self.0.send(());
    }
}

#[test]
fn a_slow_client_holds_the_stream_back_and_one_that_leaves_ends_it() {
    let (gone, ended) = channel::<()>();
    let sent = Arc::<AtomicUsize>::default();
    let stream = service(state::with((sent.clone(), gone), endless)).unwrap();
    let server = Axum::serve(
        Router::new().route_service("/endless", stream).fallback_service(service(hello).unwrap()),
    );
    let mut client = server.connect();
    client.ask("/endless");
    assert_eq!(client.head().status, 200);
    // The client reads nothing. axum has one worker: were the stream not held back, it would send a piece, or the
    // worker would never come to these requests.
    let deadline = Instant::now() + DEADLINE;
    let mut neighbour = server.connect();
    loop {
        let before = sent.load(SeqCst);
        for _ in 0..50 {
            assert_eq!(neighbour.get("/").ok(), "hello");
        }
        if sent.load(SeqCst) == before {
            break;
        }
        assert!(Instant::now() < deadline, "it never stops");
    }
    drop(client);
    ended.recv_timeout(DEADLINE).unwrap();
}

#[handler(GET, "/panic")]
fn panics() -> &'static str {
    panic!("a test's panic")
}

#[handler(GET, "/broken")]
fn breaks() -> Body {
    Body::stream(|mut out| async move {
        out.send("begun").await;
        sleep(MS).await;
        panic!("a test's panic")
    })
}

#[test]
fn a_panic_is_a_500_and_logged_and_the_connection_goes_on() {
    log::keep();
    let server = Axum::of(routes![hello, panics, breaks]);
    let mut client = server.connect();
    let answer = client.get("/panic");
    assert_eq!((answer.status, answer.text()), (500, "500 Internal Server Error: the handler failed\n"));
    // The connection is axum's to keep.
    assert_eq!(client.get("/hello").ok(), "hello");
    client.ask("/broken");
    assert_eq!(client.head().status, 200);
    assert_eq!(client.chunk(), b"begun");
    assert!(client.rest().is_empty(), "the body looks complete");
    for name in ["panics", "breaks"] {
        assert!(!log::lines_with(&[&format!("{name} (tests/it/hosted.rs:"), ") panicked"]).is_empty());
    }
}

#[handler(POST, "/length")]
async fn length(body: Bytes) -> String {
    body.len().to_string()
}

#[test]
fn the_bounds_that_are_left_to_the_service_hold() {
    let mut options = ServiceOptions::default();
    options.body_limit = 3;
    options.handler_timeout = 10 * MS;
    let checkpoint = Checkpoint::new();
    let app = state::with(checkpoint.clone(), routes![length, wait]);
    let server = Axum::serve(Router::new().fallback_service(service_with(app, options).unwrap()));
    let mut client = server.connect();
    client.send("POST /length HTTP/1.1\r\nHost: test\r\nContent-Length: 4\r\n\r\nfour");
    assert_eq!(client.answer().status, 413);
    assert_eq!(server.connect().get("/wait").status, 503);
    checkpoint.open();
}

#[test]
fn a_worker_that_is_held_is_reported() {
    log::keep();
    #[handler]
    fn holds_a_worker() -> &'static str {
        thread::sleep(5 * MS);
        "done"
    }
    let mut options = ServiceOptions::default();
    options.stall_warning = Some(MS).into();
    let server = Axum::serve(Router::new().fallback_service(service_with(holds_a_worker, options).unwrap()));
    assert_eq!(server.connect().get("/").ok(), "done");
    assert_eq!(log::lines_with(&["holds_a_worker (", "held the tokio worker for "]).len(), 1);
}

#[test]
fn what_can_never_work_is_an_error_before_there_is_a_server() {
    #[handler(GET, "/hello")]
    fn again() -> &'static str {
        "again"
    }
    let error = service(routes![hello, again]).unwrap_err().to_string();
    assert!(error.contains("both answer GET /hello"), "{error}");
}

#[test]
fn a_layer_goes_around_a_hosted_handler_as_well() {
    let layer = SetResponseHeaderLayer::overriding(header::SERVER, HeaderValue::from_static("poly"));
    let server = Axum::of(routes![greet].layer(layer));
    let answer = server.connect().get("/hello/layer");
    assert_eq!((answer.header("server"), answer.ok()), (Some("poly"), "hello layer"));
}
