//! What handlers answer, and whether they answer at once.

#![allow(clippy::unwrap_used, reason = "a test that cannot be set up fails")]

use polyserve_core::{Body, Handler, InternalError, Json, Query, Reply, Request, Response, Router, Start};
use polyserve_macros::handler;
use std::{
    pin::pin,
    task::{Context, Poll, Waker},
};

#[handler(crate = polyserve_core)]
fn plain() -> &'static str {
    "plain"
}

#[handler(GET, "/double/{number}", crate = polyserve_core)]
fn double(number: u32) -> String {
    (number * 2).to_string()
}

#[handler(PUT, "/{type}/{id}", crate = polyserve_core)]
fn store(
    Json(numbers): Json<Vec<u8>>,
    id: u8,
    Query(query): Query<Vec<(String, String)>>,
    r#type: String,
) -> String {
    format!("{type} {id} {numbers:?} {query:?}")
}

#[handler(POST, "/echo", crate = polyserve_core)]
async fn echo(text: String) -> String {
    text
}

#[handler(GET, "/blocking", blocking, crate = polyserve_core)]
fn blocking() -> Result<String, InternalError> {
    Ok(String::from_utf8(vec![0xff])?)
}

fn request(method: &str, path: &str, body: impl Into<Body>) -> Request {
    let mut request = Request::new(body.into());
    *request.method_mut() = method.parse().unwrap();
    *request.uri_mut() = path.parse().unwrap();
    request.headers_mut().insert("content-type", "application/json".parse().unwrap());
    request
}

fn call(request: Request) -> Reply {
    let routes = Router::new().mount(plain).mount(double).mount(store).mount(echo).mount(blocking);
    Start::check(&routes).unwrap();
    routes.call(request)
}

/// The result of a future that has all it needs.
fn finish<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(result) => result,
        Poll::Pending => panic!("it waits"),
    }
}

fn text(response: Response) -> (u16, String) {
    let status = response.status().as_u16();
    (status, String::from_utf8(finish(response.into_body().bytes()).unwrap().into()).unwrap())
}

#[test]
fn a_plain_function_answers_at_once() {
    for (request, expected) in [
        (request("GET", "/", ""), "plain"),
        (request("GET", "/double/21", ""), "42"),
        (request("PUT", "/a/7?b=c", "[1,2]"), r#"a 7 [1, 2] [("b", "c")]"#),
    ] {
        let Ok(response) = call(request).into_ready() else { panic!("{expected} is not ready") };
        assert_eq!(text(response), (200, expected.to_owned()));
    }
}

#[test]
fn a_function_that_may_wait_answers_later() {
    for (request, status, expected) in [
        (request("POST", "/echo", "echo"), 200, "echo"),
        (request("GET", "/blocking", ""), 500, "500 Internal Server Error\n"),
    ] {
        let reply = call(request);
        assert!(matches!(reply, Reply::Pending(_)), "{expected} is ready");
        assert_eq!(text(finish(reply)), (status, expected.to_owned()));
    }
}

#[test]
fn what_cannot_be_made_is_answered_at_once_whatever_stands_before_it() {
    for (request, status) in [
        (request("GET", "/double/two", ""), 400),
        // The body, which stands first, never arrives.
        (request("PUT", "/a/seven", never()), 400),
        (request("PUT", "/a/7", "{}"), 422),
    ] {
        let Ok(response) = call(request).into_ready() else { panic!("{status} is not ready") };
        assert_eq!(response.status().as_u16(), status);
    }
}

/// A body that never arrives.
fn never() -> Body {
    Body::stream(|_| std::future::pending())
}

#[test]
fn the_function_stays_callable() {
    assert_eq!(double::call(4), "8");
    assert_eq!(finish(echo::call("x".to_owned())), "x");
    assert_eq!(echo.meta().map(|meta| (meta.name, meta.is_async)), Some(("echo", true)));
}
