use crate::{logged, wire::*};
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use polyserve_core::{
    Body, Handler, HandlerExt, Html, InternalError, IntoResponse, Json, Query, Rejection, Reply, Request,
    Response, Router,
    extract::{FromRequest, Position},
    handler_fn, problem_details,
};
use std::collections::BTreeMap;

/// A shape that is easily told.
fn shape(rejection: &Rejection) -> Html<String> {
    Html(format!("<{}|{}|{:?}>", rejection.status().as_u16(), rejection.message(), rejection.field()))
}

fn always<A: IntoResponse>(answer: impl Fn() -> A + Send + Sync + 'static) -> impl Handler {
    handler_fn(move |_| Reply::from(answer()))
}

/// Status line, head and body of the answer to one request.
fn ask(handler: impl Handler, request: &str) -> (String, String, String) {
    let (text, _) = converse(handler, request);
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    let (status, head) = head.split_once("\r\n").unwrap_or((head, ""));
    (status.to_owned(), head.to_owned(), body.to_owned())
}

fn shaped(handler: impl Handler, request: &str) -> String {
    let (status, head, body) = ask(handler.with_rejections(shape), request);
    let html = head.contains("Content-Type: text/html");
    format!("{} {}{body}", &status[9..12], if html { "html " } else { "" })
}

#[test]
fn every_rejection_is_shaped_and_no_other_answer() {
    let query = || {
        handler_fn(|mut request: Request| match Query::<BTreeMap<String, u8>>::from_request(&mut request) {
            polyserve_core::extract::Extract::Ready(Ok(_)) => Reply::from("ok"),
            polyserve_core::extract::Extract::Ready(Err(rejection)) => Reply::from(rejection),
            polyserve_core::extract::Extract::Pending(_) => unreachable!("a query is in the head"),
        })
    };
    let get = |target: &str| format!("GET {target} HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_eq!(shaped(query(), &get("/?a=1")), "200 ok");
    assert_eq!(
        shaped(query(), &get("/?a=x")),
        "400 html <400|the query's `a` does not fit: invalid digit found in string|Some(\"a\")>"
    );
    let empty = "|None>";
    let router = || Router::new().route(Method::GET, "/", query()).development_404(false);
    assert_eq!(shaped(router(), &get("/nothing")), format!("404 html <404|{empty}"));
    assert_eq!(shaped(router(), &post("")), format!("405 html <405|{empty}"));
    assert_eq!(shaped(always(|| None::<String>), GET), format!("404 html <404|{empty}"));
    assert_eq!(shaped(always(|| StatusCode::CONFLICT), GET), format!("409 html <409|{empty}"));
    // It was answered with another status: that one counts.
    let other = || (StatusCode::GONE, Rejection::new(StatusCode::NOT_FOUND, "gone"));
    assert_eq!(shaped(always(other), GET), "410 html <410|gone|None>");
    logged::logged();
    let failed = || InternalError::new("secret");
    assert_eq!(shaped(always(failed), GET), format!("500 html <500|{empty}"));
    let unwritable = || Json(BTreeMap::from([(vec![1], 1)]));
    assert_eq!(shaped(always(unwritable), GET), format!("500 html <500|{empty}"));
    // What a handler says itself is its own affair.
    assert_eq!(shaped(always(|| (StatusCode::NOT_FOUND, "mine")), GET), "404 mine");
    assert_eq!(shaped(always(|| StatusCode::NO_CONTENT), GET), "204 ");
    // A handler that waits.
    let late = || asynchronous(|_| async { StatusCode::CONFLICT.into_response() });
    assert_eq!(shaped(late(), GET), format!("409 html <409|{empty}"));
}

#[test]
fn the_engines_own_refusals_are_shaped() {
    let text = || {
        asynchronous(|request: Request| async {
            match request.into_body().bytes().await {
                Ok(_) => "read".into_response(),
                Err(error) => error.into_response(),
            }
        })
    };
    assert_eq!(shaped(text(), "GET / HTTP/1.1\r\n\r\n").get(..14), Some("400 html <400|"), "no Host");
    let head = format!("GET / HTTP/1.1\r\nHost: a\r\nX: {}\r\n\r\n", "x".repeat(20_000));
    assert!(shaped(text(), &head).starts_with("431 html <431|"));
    logged::logged();
    assert!(shaped(handler_fn(|_| panic!("in the handler")), GET).starts_with("500 html <500|"));

    let mut peer = Peer::with(text().with_rejections(shape), |app| app.limits.body = 4);
    peer.send(post("12345"));
    let answer = peer.received();
    assert!(answer.starts_with("HTTP/1.1 413") && answer.contains("<413|the body is larger"), "{answer}");

    let mut peer = Peer::new(text().with_rejections(shape));
    peer.send("GET / HTTP/1.1\r\n");
    peer.wait(seconds(5));
    assert!(peer.received().contains("<408|the request head took too long"));

    let mut peer = Peer::new(asynchronous(|_| std::future::pending()).with_rejections(shape));
    peer.send(GET);
    peer.wait(seconds(60));
    let answer = peer.received();
    assert!(answer.starts_with("HTTP/1.1 503") && answer.contains("<503|"), "{answer}");
}

#[test]
fn header_fields_are_kept_unless_they_describe_the_text() {
    let router = || Router::new().route(Method::GET, "/", plain("x"));
    let (_, head, _) = ask(router().with_rejections(shape), &post(""));
    assert!(head.contains("Allow: GET, HEAD, OPTIONS"), "{head}");
    let answer = || {
        let mut headers = HeaderMap::new();
        for (name, value) in [("vary", "a"), ("vary", "b"), ("content-encoding", "gzip"), ("etag", "\"1\"")] {
            headers.append(name, value.parse().unwrap());
        }
        headers.insert("retry-after", "9".parse().unwrap());
        (headers, Rejection::new(StatusCode::SERVICE_UNAVAILABLE, ""))
    };
    let with_own = |rejection: &Rejection| ([(header::RETRY_AFTER, HeaderValue::from(7))], shape(rejection));
    let (status, head, _) = ask(always(answer).with_rejections(with_own), GET);
    assert_eq!(status, "HTTP/1.1 503 Service Unavailable");
    assert!(head.contains("Vary: a\r\nVary: b") && head.contains("Retry-After: 7"), "{head}");
    let gone = ["Retry-After: 9", "Content-Encoding", "Etag", "text/plain"];
    assert!(gone.iter().all(|gone| !head.contains(gone)), "{head}");
}

#[test]
fn a_shape_has_the_last_word_on_the_status() {
    let hidden = |_: &Rejection| (StatusCode::NOT_FOUND, "hidden");
    let app = always(|| StatusCode::FORBIDDEN).with_rejections(hidden);
    assert_eq!(ask(app, GET).0, "HTTP/1.1 404 Not Found");
}

#[test]
fn the_inner_shape_counts_unless_it_hands_on() {
    let inner = |rejection: &Rejection| format!("inner {}", rejection.status().as_u16());
    let app = always(|| StatusCode::CONFLICT).with_rejections(inner).with_rejections(shape);
    assert_eq!(ask(app, GET).2, "inner 409");
    let reworded = |rejection: &Rejection| Rejection::new(rejection.status(), "reworded");
    let app = always(|| StatusCode::CONFLICT).with_rejections(reworded).with_rejections(shape);
    assert_eq!(ask(app, GET).2, "<409|reworded|None>");
}

#[test]
fn a_shape_that_fails_leaves_plain_text() {
    logged::logged();
    let panicking = |_: &Rejection| -> Response { panic!("in the shape") };
    let app = always(|| StatusCode::CONFLICT).with_rejections(panicking);
    assert_eq!(ask(app, GET).2, "500 Internal Server Error: the handler failed\n");
    let streaming = |_: &Rejection| Body::stream(|_| async { Ok(()) }).into_response();
    let app = always(|| "x").with_rejections(streaming);
    assert!(ask(app, "GET / HTTP/1.1\r\n\r\n").2.starts_with("400 Bad Request: "));
}

#[test]
fn problem_details_tell_what_is_known() {
    let rows = [
        (
            Rejection::new(StatusCode::NOT_FOUND, ""),
            r#"{"type":"about:blank","title":"Not Found","status":404}"#,
        ),
        (
            Rejection::new(StatusCode::UNPROCESSABLE_ENTITY, "\"x\" is wrong")
                .with_field("points[1].y")
                .with_position(Position::Line { line: 2, column: 7 }),
            r#"{"type":"about:blank","title":"Unprocessable Entity","status":422,"detail":"\"x\" is wrong","field":"points[1].y","position":{"line":2,"column":7}}"#,
        ),
        (
            Rejection::new(StatusCode::from_u16(499).unwrap(), "gone").with_position(Position::Byte(3)),
            r#"{"type":"about:blank","status":499,"detail":"gone","position":{"byte":3}}"#,
        ),
    ];
    for (rejection, expected) in rows {
        let status = rejection.status();
        let (line, head, body) = ask(always(move || rejection.clone()).with_rejections(problem_details), GET);
        assert!(line.starts_with(&format!("HTTP/1.1 {}", status.as_u16())), "{line}");
        assert!(head.contains("Content-Type: application/problem+json"), "{head}");
        assert_eq!(body, expected);
    }
}
