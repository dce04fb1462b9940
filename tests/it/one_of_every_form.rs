//! One handler of every form that `#[handler]` takes, and what each answers: the same on every runtime.
//!
//! A new form of function, argument or answer is a handler here, and a line in the table.

mod handlers;

use crate::server::Server;
use handlers::app;
use polyserve::{
    Handler, IntoResponse, Json, Meta, Method, Next, Reply, Request, StatusCode, Strategy, Uri, handler,
    routes, time::sleep,
};
use std::{
    pin::pin,
    task::{Context, Waker},
    time::Duration,
};

on_every_runtime!(every_form_is_answered, a_handler_without_a_route_takes_what_is_left);

/// Middlewares, outside of the handlers' module for the reason that is said there.
fn signed(request: Request, next: Next) -> Reply {
    next.run(request).map(|response| ([("x-signed", "plain")], response))
}

async fn awaited(request: Request, next: Next) -> impl IntoResponse {
    sleep(Duration::from_millis(1)).await;
    let response = next.run(request).await;
    let signed = response.headers().get("x-signed").cloned();
    (StatusCode::ACCEPTED, signed.map(|signed| [("x-awaited", signed)]), response)
}

/// What a client sends, the status, and the body.
const TABLE: &[(&str, u16, &str)] = &[
    // The function.
    ("GET /plain", 200, "plain"),
    ("GET /waiting", 200, "waiting"),
    ("GET /blocking", 200, "blocking"),
    ("GET /local", 200, "local"),
    ("GET /type", 200, "type"),
    ("GET /written/7", 200, "written 7"),
    // From the path.
    ("GET /sum/1/2", 200, "3"),
    ("GET /sum/1/x", 400, "400 Bad Request: the path's `b` is not a u8: invalid digit found in string\n"),
    ("GET /files/a/b%20c", 200, "a/b c"),
    ("GET /name/J%C3%BCrgen", 200, "Jürgen"),
    ("GET /wait/ada/7?x", 200, "ada 7 /wait/ada/7?x"),
    // From the head.
    ("GET /head?x=1", 200, "GET /head?x=1 HTTP/1.1 test"),
    ("GET /page?q=cats&page=3&tag=a&tag=b", 200, "cats 3 a+b"),
    ("GET /nested?first=1&second=2", 200, "1 2"),
    // From the body.
    ("POST /text ada", 200, "ada"),
    ("POST /text-later ada", 200, "ada"),
    ("POST /text-blocking ada", 200, "ada"),
    ("POST /bytes ada", 200, "3"),
    ("POST /slice ada", 200, "adx"),
    ("POST /body ada", 200, "ada"),
    ("POST /request ada", 200, "POST /request ada"),
    ("PUT /user/7 {\"name\":\"ada\"}", 200, "{\"id\":7,\"name\":\"ada\"}"),
    ("PATCH /all/x?b=2 [1]", 200, "[1] x 2 PATCH"),
    // The answer.
    ("GET /nothing", 200, ""),
    ("GET /status", 418, "418 I'm a teapot\n"),
    ("GET /html", 200, "<p>html</p>"),
    ("GET /vec", 200, "vec"),
    ("GET /static-bytes", 200, "static"),
    ("GET /cow", 200, "cow"),
    ("GET /with-status", 201, "created"),
    ("GET /with-headers", 202, "headers"),
    ("GET /with-array", 200, "array"),
    ("GET /some/1", 200, "1"),
    ("GET /some/0", 404, "404 Not Found\n"),
    ("GET /own-error/7", 200, "7"),
    ("GET /own-error/x", 409, "409 Conflict\n"),
    ("GET /internal-error", 500, "500 Internal Server Error\n"),
    ("GET /opaque", 200, "opaque"),
    ("GET /opaque-later/ada", 200, "ada"),
    ("POST /borrowed [3,4]", 200, "3"),
    ("GET /response", 410, "gone"),
    ("GET /stream", 200, "in parts"),
    ("GET /redirect", 303, ""),
    ("GET /parts", 201, "parts"),
    ("GET /events", 200, "id: 1\ndata: one\n\ndata: two\n\n"),
    // Other arguments.
    ("GET /whole-path/ada/7", 200, "ada 7"),
    (
        "GET /whole-path/ada/777",
        400,
        "400 Bad Request: the path's `id` is not a u8: number too large to fit in target type\n",
    ),
    ("GET /form?a=1&b=2", 200, "[(\"a\", 1), (\"b\", 2)]"),
    ("GET /agent", 200, "test/1"),
    ("GET /cookie", 200, "once"),
    ("GET /peer", 200, "127.0.0.1"),
    ("GET /state", 200, "hello"),
    ("POST /maybe 7", 200, "Some(7) false"),
    ("POST /tried 7", 200, "7"),
    (
        "POST /tried 777",
        409,
        "409 Conflict: the JSON body does not fit: invalid value: integer `777`, expected u8 at line 1 column 3\n",
    ),
    // What is around a handler.
    ("GET /wrapped", 202, "wrapped"),
    ("GET /layered", 200, "layered"),
    ("GET /nested/in/below/ada", 200, "in ada"),
    ("DELETE /plain", 405, "405 Method Not Allowed\n"),
    ("GET /nowhere", 404, "404 Not Found\n"),
];

/// `PUT /user/7 {}` as it is sent.
fn written_out(request: &str) -> String {
    let mut parts = request.splitn(3, ' ');
    let mut part = || parts.next().unwrap_or("");
    let (method, target, body) = (part(), part(), part());
    format!(
        "{method} {target} HTTP/1.1\r\nHost: test\r\nUser-Agent: test/1\r\nCookie: seen=once\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n\
         {body}",
        body.len()
    )
}

fn every_form_is_answered(runtime: Strategy) {
    let server = Server::start(runtime, app());
    let mut client = server.connect();
    for &(request, status, body) in TABLE {
        client.send(written_out(request));
        let answer = client.answer();
        assert_eq!((answer.status, answer.text()), (status, body), "{request}");
    }
}

fn a_handler_without_a_route_takes_what_is_left(runtime: Strategy) {
    #[handler]
    async fn left(method: &Method, uri: &Uri) -> String {
        format!("{method} {uri}")
    }
    let server = Server::start(runtime, routes![handlers::plain, left]);
    let mut client = server.connect();
    assert_eq!(client.get("/plain").ok(), "plain");
    assert_eq!(client.get("/some/where").ok(), "GET /some/where");
}

/// A handler that no line of the table reaches would be a form that is not tested.
#[test]
fn every_handler_is_in_the_table() {
    for route in app().routes() {
        let (method, path) = (route.method.unwrap(), route.path.unwrap());
        let start = format!("{method} {}", path.split('{').next().unwrap_or(""));
        assert!(TABLE.iter().any(|(request, ..)| request.starts_with(&start)), "{start}");
    }
}

#[test]
fn every_form_says_what_it_is() {
    assert_eq!(handlers::r#type::META.name, "type");
    assert_eq!(handlers::all::META.module, concat!(module_path!(), "::handlers"));
    assert_eq!(handlers::all::META.file, "tests/it/one_of_every_form/handlers.rs");
    assert_eq!(handlers::all::META.method, Some("PATCH"));
    assert_eq!(handlers::all::META.path, Some("/all/{name}"));
    assert_eq!(handlers::all::META.arguments, ["Json(numbers)", "name", "Query(pairs)", "method", "_unused"]);
    let kind = |meta: &Meta| (meta.is_async, meta.blocking);
    assert_eq!(kind(&handlers::all::META), (true, false));
    assert_eq!(kind(&handlers::files::META), (false, true));
    let lines = [handlers::plain::META.line, handlers::waiting::META.line, handlers::stream::META.line];
    assert!(lines.is_sorted() && lines[0] > 0, "{lines:?}");
    assert_eq!(
        (handlers::plain.meta(), handlers::written::META.method),
        (Some(&handlers::plain::META), Some("GET"))
    );
}

#[test]
fn every_function_can_be_called_without_a_server() {
    assert_eq!(handlers::plain::call(), "plain");
    assert_eq!(handlers::sum::call(1, 2), "3");
    assert_eq!(handlers::borrowed::call(&Json(vec![3])).map(|Json(first)| *first), Some(3));
    let mut waiting = pin!(handlers::nothing::call());
    let mut cx = Context::from_waker(Waker::noop());
    assert!(waiting.as_mut().poll(&mut cx).is_ready());
}
