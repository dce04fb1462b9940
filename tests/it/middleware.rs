//! Functions around handlers, plain and async, with handlers that wait and handlers that do not.

use crate::{
    checkpoint::Checkpoint,
    handlers::{hello, wait},
    server::{Server, serves_others_meanwhile},
    state,
};
use polyserve::{
    HandlerExt, Next, Reply, Request, Response, StatusCode, Strategy, handler, routes, time::sleep,
};
use std::time::Duration;

on_every_runtime!(
    a_plain_middleware_changes_the_answer,
    an_async_middleware_waits_around_the_handler,
    a_middleware_answers_in_place_of_the_handler,
    the_last_middleware_is_the_outermost,
    a_middleware_may_read_the_body_and_hand_it_on,
    a_middleware_that_panics_is_answered_with_500,
);

fn marked(request: Request, next: Next) -> Reply {
    let path = request.uri().path().to_owned();
    next.run(request).map(move |response| ([("x-path", path)], response))
}

async fn slow(request: Request, next: Next) -> Response {
    sleep(Duration::from_millis(1)).await;
    let response = next.run(request).await;
    sleep(Duration::from_millis(1)).await;
    response
}

async fn guarded(request: Request, next: Next) -> Result<Response, StatusCode> {
    if request.uri().query() == Some("secret") {
        Ok(next.run(request).await)
    } else {
        Err(StatusCode::UNAUTHORIZED)
    }
}

fn a_plain_middleware_changes_the_answer(runtime: Strategy) {
    let checkpoint = Checkpoint::new();
    let app = state::with(checkpoint.clone(), routes![hello.wrap(marked), wait.wrap(marked)]);
    let server = Server::start(runtime, app);
    let answer = server.get("/hello");
    assert_eq!((answer.ok(), answer.header("x-path")), ("hello", Some("/hello")));
    let mut waiting = server.connect_and_ask("/wait");
    checkpoint.await_arrivals(1);
    if serves_others_meanwhile(runtime) {
        assert_eq!(server.get("/hello").ok(), "hello");
    }
    checkpoint.open();
    let answer = waiting.answer();
    assert_eq!((answer.ok(), answer.header("x-path")), ("waited", Some("/wait")));
}

fn an_async_middleware_waits_around_the_handler(runtime: Strategy) {
    let server = Server::start(runtime, routes![hello].wrap(slow));
    let mut client = server.connect();
    assert_eq!(client.get("/hello").ok(), "hello");
    assert_eq!(client.get("/nothing").status, 404);
}

fn a_middleware_answers_in_place_of_the_handler(runtime: Strategy) {
    let server = Server::start(runtime, routes![hello.wrap(guarded)]);
    let mut client = server.connect();
    assert_eq!(client.get("/hello").status, 401);
    assert_eq!(client.get("/hello?secret").ok(), "hello");
}

fn tagged(tag: &'static str) -> impl Fn(Request, Next) -> Reply + Send + Sync + 'static {
    move |request, next| {
        next.run(request).map(move |mut response| {
            response.headers_mut().append("x-tag", tag.parse().unwrap());
            response
        })
    }
}

fn the_last_middleware_is_the_outermost(runtime: Strategy) {
    let server = Server::start(runtime, hello.wrap(tagged("inner")).wrap(tagged("outer")));
    let answer = server.get("/");
    let tags: Vec<&str> =
        answer.headers.iter().filter(|(name, _)| name == "x-tag").map(|(_, tag)| &**tag).collect();
    assert_eq!(tags, ["inner", "outer"], "it sees the answer last");
}

#[handler(POST, "/length")]
fn length(body: String) -> String {
    body.len().to_string()
}

async fn doubled(request: Request, next: Next) -> Result<Response, polyserve::BodyError> {
    let (head, body) = request.into_parts();
    let body = body.bytes().await?;
    Ok(next.run(Request::from_parts(head, body.repeat(2).into())).await)
}

fn a_middleware_may_read_the_body_and_hand_it_on(runtime: Strategy) {
    let server = Server::start(runtime, routes![length].wrap(doubled));
    let mut client = server.connect();
    client.send("POST /length HTTP/1.1\r\nHost: test\r\nContent-Length: 6\r\n\r\nabc");
    client.send("def");
    assert_eq!(client.answer().ok(), "12");
}

fn broken(request: Request, next: Next) -> Reply {
    assert_ne!(request.uri().query(), Some("panic"), "a test's panic");
    next.run(request)
}

fn a_middleware_that_panics_is_answered_with_500(runtime: Strategy) {
    let server = Server::start(runtime, hello.wrap(broken));
    assert_eq!(server.get("/?panic").status, 500);
    assert_eq!(server.get("/").ok(), "hello");
}
