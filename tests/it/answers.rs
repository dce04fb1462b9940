//! What a handler returns, as its client reads it.

use crate::server::Server;
use futures_util::stream;
use polyserve::{
    Body, Html, InternalError, Redirect, Response, ResponseParts, StatusCode, Strategy, handler, http, routes,
};
use std::io;

on_every_runtime!(
    parts_are_put_on_top_of_an_answer,
    a_redirect_sends_the_client_elsewhere,
    what_cannot_be_sent_is_500_and_not_a_header_field,
    a_stream_is_sent_piece_by_piece,
    what_is_not_there_is_404,
);

/// A part of the user's own.
struct MaxAge(u32);

impl ResponseParts for MaxAge {
    fn apply(self, head: &mut http::response::Parts) -> Result<(), InternalError> {
        head.headers.insert("cache-control", format!("max-age={}", self.0).try_into()?);
        Ok(())
    }
}

type Cookies = [(&'static str, &'static str); 2];

#[handler(GET, "/parts")]
fn parts() -> (StatusCode, Cookies, MaxAge, Html<&'static str>) {
    (StatusCode::CREATED, [("set-cookie", "a=1"), ("set-cookie", "b=2")], MaxAge(60), Html("<p>made</p>"))
}

fn parts_are_put_on_top_of_an_answer(runtime: Strategy) {
    let answer = Server::start(runtime, parts).get("/");
    assert_eq!((answer.status, answer.text()), (201, "<p>made</p>"));
    assert_eq!(answer.header("cache-control"), Some("max-age=60"));
    assert_eq!(answer.header("content-type"), Some("text/html; charset=utf-8"));
    let cookies = answer.headers.iter().filter(|(name, _)| name == "set-cookie");
    assert_eq!(cookies.map(|(_, value)| &**value).collect::<Vec<_>>(), ["a=1", "b=2"]);
}

#[handler(GET, "/go/{where}")]
fn go(r#where: String) -> Redirect {
    Redirect::see_other(format!("/{where}"))
}

fn a_redirect_sends_the_client_elsewhere(runtime: Strategy) {
    let server = Server::start(runtime, routes![go]);
    let answer = server.get("/go/caf%C3%A9");
    assert_eq!((answer.status, answer.header("location"), answer.text()), (303, Some("/caf%C3%A9"), ""));
}

#[handler(GET, "/field/{value}")]
fn field(value: String) -> ([(&'static str, String); 1], &'static str) {
    ([("x-value", value)], "sent")
}

fn what_cannot_be_sent_is_500_and_not_a_header_field(runtime: Strategy) {
    let server = Server::start(runtime, routes![go, field]);
    let answer = server.get("/field/fine");
    assert_eq!((answer.ok(), answer.header("x-value")), ("sent", Some("fine")));
    for path in ["/field/x%0D%0ASet-Cookie:evil=1", "/go/x%0D%0ASet-Cookie:evil=1", "/go/a%20b"] {
        let answer = server.get(path);
        assert_eq!((answer.status, answer.text()), (500, "500 Internal Server Error\n"), "{path}");
        for name in ["set-cookie", "location", "x-value"] {
            assert_eq!(answer.header(name), None, "{path}");
        }
    }
}

#[handler(GET, "/stream")]
fn streamed() -> Body {
    Body::from_stream(stream::iter(["one", "", "two"].map(Ok::<_, io::Error>)))
}

fn a_stream_is_sent_piece_by_piece(runtime: Strategy) {
    let server = Server::start(runtime, routes![streamed]);
    let mut client = server.connect_and_ask("/stream");
    assert_eq!(client.head().header("transfer-encoding"), Some("chunked"));
    assert_eq!([client.chunk(), client.chunk(), client.chunk()], [&b"one"[..], b"two", b""]);
    assert_eq!(client.get("/stream").ok(), "onetwo");
}

#[handler(GET, "/maybe/{id}")]
fn maybe(id: u32) -> Option<Response> {
    (id == 7).then(Response::default)
}

fn what_is_not_there_is_404(runtime: Strategy) {
    let server = Server::start(runtime, routes![maybe]);
    assert_eq!(server.get("/maybe/7").ok(), "");
    assert_eq!(server.get("/maybe/8").status, 404);
}
