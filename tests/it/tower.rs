//! tower's layers around handlers, and its services as handlers.

use crate::{
    checkpoint::Checkpoint,
    handlers::{hello, wait},
    log,
    server::{Server, serves_others_meanwhile},
    state,
};
use axum::{Router, extract::Path, routing::get};
use polyserve::{
    Body, Bytes, HandlerExt, Method, StatusCode, Strategy, handler, http::HeaderValue, http::header, routes,
    time::sleep, tower::from_service,
};
use std::time::Duration;
use tower_http::{
    catch_panic::CatchPanicLayer, compression::CompressionLayer, cors::CorsLayer,
    limit::RequestBodyLimitLayer, services::ServeDir, set_header::SetResponseHeaderLayer,
    timeout::TimeoutLayer, validate_request::ValidateRequestHeaderLayer,
};

on_every_runtime!(
    a_layer_adds_a_header,
    an_answer_is_compressed,
    a_stream_is_compressed_while_it_sleeps,
    a_preflight_is_answered_by_the_layer,
    a_panic_is_caught_by_the_layer_and_the_connection_goes_on,
    a_request_that_the_layer_refuses_does_not_reach_the_handler,
    a_body_beyond_the_layers_bound_is_a_413,
    a_timeout_that_needs_tokio_works_there_and_is_explained_elsewhere,
    others_are_served_while_a_handler_waits_behind_layers,
    an_axum_router_answers_as_a_handler,
    an_axum_router_streams_both_ways,
    files_are_served_where_there_is_tokio,
);

const LONG: &str = "It is the same sentence again and again. ";

#[handler(GET, "/long")]
fn long() -> String {
    LONG.repeat(100)
}

#[handler(GET, "/parts")]
fn parts() -> Body {
    Body::stream(|mut out| async move {
        for _ in 0..3 {
            out.send(LONG.repeat(10)).await;
            sleep(Duration::from_millis(1)).await;
        }
        Ok(())
    })
}

#[handler(GET, "/panic")]
async fn panics() -> &'static str {
    sleep(Duration::from_millis(1)).await;
    panic!("a test's panic")
}

#[handler(POST, "/length")]
async fn length(body: Bytes) -> String {
    body.len().to_string()
}

fn a_layer_adds_a_header(runtime: Strategy) {
    let layer = SetResponseHeaderLayer::overriding(header::SERVER, HeaderValue::from_static("poly"));
    // Around one handler, which keeps its route, and around all of them.
    let server = Server::start(runtime, routes![hello.layer(layer)]);
    let answer = server.get("/hello");
    assert_eq!((answer.header("server"), answer.ok()), (Some("poly"), "hello"));
    assert_eq!(server.get("/other").header("server"), None);
    let layer = SetResponseHeaderLayer::overriding(header::SERVER, HeaderValue::from_static("poly"));
    let server = Server::start(runtime, routes![hello].layer(layer));
    let answer = server.get("/other");
    assert_eq!((answer.header("server"), answer.status), (Some("poly"), 404));
}

/// Asks with `Accept-Encoding: gzip`, and unpacks.
fn unpacked(runtime: Strategy, path: &str) -> String {
    let server = Server::start(runtime, routes![long, parts].layer(CompressionLayer::new()));
    let mut client = server.connect();
    client.send(format!("GET {path} HTTP/1.1\r\nHost: test\r\nAccept-Encoding: gzip\r\n\r\n"));
    let answer = client.answer();
    assert_eq!((answer.status, answer.header("content-encoding")), (200, Some("gzip")));
    assert!(answer.body.len() < 300, "{} bytes", answer.body.len());
    let mut text = String::new();
    std::io::Read::read_to_string(&mut flate2::read::GzDecoder::new(&*answer.body), &mut text).unwrap();
    text
}

fn an_answer_is_compressed(runtime: Strategy) {
    assert_eq!(unpacked(runtime, "/long"), LONG.repeat(100));
}

fn a_stream_is_compressed_while_it_sleeps(runtime: Strategy) {
    assert_eq!(unpacked(runtime, "/parts"), LONG.repeat(30));
}

fn a_preflight_is_answered_by_the_layer(runtime: Strategy) {
    let cors =
        CorsLayer::new().allow_origin(["http://other.test".parse().unwrap()]).allow_methods([Method::PUT]);
    let server = Server::start(runtime, routes![hello].layer(cors));
    let mut client = server.connect();
    client.send(
        "OPTIONS /hello HTTP/1.1\r\nHost: test\r\nOrigin: http://other.test\r\n\
         Access-Control-Request-Method: PUT\r\n\r\n",
    );
    let answer = client.answer();
    assert_eq!((answer.status, answer.header("access-control-allow-methods")), (200, Some("PUT")));
    assert_eq!(answer.header("access-control-allow-origin"), Some("http://other.test"));
}

fn a_panic_is_caught_by_the_layer_and_the_connection_goes_on(runtime: Strategy) {
    let server = Server::start(runtime, routes![hello, panics].layer(CatchPanicLayer::new()));
    let mut client = server.connect();
    let answer = client.get("/panic");
    assert_eq!((answer.status, answer.text()), (500, "Service panicked"));
    assert_eq!(client.get("/hello").ok(), "hello");
}

fn a_request_that_the_layer_refuses_does_not_reach_the_handler(runtime: Strategy) {
    let layer = ValidateRequestHeaderLayer::accept("text/plain");
    let server = Server::start(runtime, routes![hello, panics].layer(layer));
    let mut client = server.connect();
    client.send("GET /panic HTTP/1.1\r\nHost: test\r\nAccept: image/png\r\n\r\n");
    assert_eq!(client.answer().status, 406);
    client.send("GET /hello HTTP/1.1\r\nHost: test\r\nAccept: text/plain\r\n\r\n");
    assert_eq!(client.answer().ok(), "hello");
}

fn a_body_beyond_the_layers_bound_is_a_413(runtime: Strategy) {
    let server = Server::start(runtime, routes![length].layer(RequestBodyLimitLayer::new(4)));
    let mut client = server.connect();
    client.send("POST /length HTTP/1.1\r\nHost: test\r\nContent-Length: 4\r\n\r\nfour");
    assert_eq!(client.answer().ok(), "4");
    // Its length is not told, so only the reader of the body finds out.
    let chunked = "POST /length HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n";
    client.send(format!("{chunked}5\r\nfives\r\n0\r\n\r\n"));
    assert_eq!(client.answer().status, 413);
}

/// The layer's timer is tokio's own.
fn a_timeout_that_needs_tokio_works_there_and_is_explained_elsewhere(runtime: Strategy) {
    log::keep();
    let layer = TimeoutLayer::with_status_code(StatusCode::GATEWAY_TIMEOUT, Duration::from_millis(10));
    let checkpoint = Checkpoint::new();
    let app = state::with(checkpoint.clone(), routes![wait].layer(layer));
    let server = Server::start(runtime, app);
    let answer = server.get("/wait");
    if runtime.capabilities.tokio {
        assert_eq!(answer.status, 504);
    } else {
        assert_eq!(answer.status, 500);
        let advice = format!("only works on tokio, and {} has none", runtime.name);
        assert!(!log::lines_with(&["panicked: ", &advice]).is_empty());
    }
    checkpoint.open();
}

fn others_are_served_while_a_handler_waits_behind_layers(runtime: Strategy) {
    let checkpoint = Checkpoint::new();
    let app = routes![hello, wait].layer(CompressionLayer::new()).layer(CorsLayer::permissive());
    let server = Server::start(runtime, state::with(checkpoint.clone(), app));
    let mut waiting = server.connect_and_ask("/wait");
    checkpoint.await_arrivals(1);
    if serves_others_meanwhile(runtime) {
        assert_eq!(server.get("/hello").ok(), "hello");
    }
    checkpoint.open();
    assert_eq!(waiting.answer().ok(), "waited");
}

/// An axum app whose handlers wait with polyserve's sleep, which works wherever they are hosted.
fn axum_app() -> Router {
    Router::new()
        .route(
            "/hello/{name}",
            get(|Path(name): Path<String>| async move {
                sleep(Duration::from_millis(1)).await;
                format!("hello {name}")
            }),
        )
        .route("/echo", axum::routing::post(|body: axum::body::Body| async { body }))
        .route(
            "/panic",
            get(|| async {
                if true {
                    panic!("a test's panic")
                }
            }),
        )
}

fn an_axum_router_answers_as_a_handler(runtime: Strategy) {
    log::keep();
    let server = Server::start(runtime, routes![hello, from_service(axum_app())]);
    let mut client = server.connect();
    assert_eq!(client.get("/hello").ok(), "hello");
    assert_eq!(client.get("/hello/axum").ok(), "hello axum");
    assert_eq!(client.get("/nowhere").status, 404);
    let answer = client.get("/panic");
    assert_eq!((answer.status, answer.is_the_last()), (500, true));
    assert_eq!(server.get("/hello/again").ok(), "hello again");
    assert!(!log::lines_with(&["Router (tests/it/tower.rs:", ") panicked"]).is_empty());
}

fn an_axum_router_streams_both_ways(runtime: Strategy) {
    let server = Server::start(runtime, from_service(axum_app()));
    let mut client = server.connect();
    client.send("POST /echo HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n");
    client.send("3\r\none\r\n");
    assert_eq!(client.head().status, 200);
    // The first piece is back before the second is sent.
    assert_eq!(client.chunk(), b"one");
    client.send("3\r\ntwo\r\n0\r\n\r\n");
    assert_eq!(client.chunk(), b"two");
    assert_eq!(client.chunk(), b"");
}

/// It reads files on tokio's pool of threads.
fn files_are_served_where_there_is_tokio(runtime: Strategy) {
    let files = ServeDir::new(concat!(env!("CARGO_MANIFEST_DIR"), "/examples"));
    let server = Server::start(runtime, from_service(files));
    let answer = server.get("/page.html");
    if runtime.capabilities.tokio {
        assert_eq!(answer.ok(), include_str!("../../examples/page.html"));
        assert_eq!(answer.header("content-type"), Some("text/html"));
        assert_eq!(server.get("/missing.html").status, 404);
    } else {
        assert_eq!(answer.status, 500);
    }
}
