/// Typed header fields, cookies, the peer's address.
mod fields;
/// Forms, as body and as query string.
mod form;
/// `Option` and `Result` of each.
mod optional;
/// `Path<T>`.
mod path;

use crate::wire::*;
use bytes::Bytes;
use http::{HeaderMap, Method, Uri, Version};
use polyserve_core::{
    Body, FromRequest, Handler, IntoResponse, Json, Query, Rejection, Reply, Request, Router,
    extract::{Position, path_argument},
    handler_fn,
};
use serde::{Deserialize, Serialize};

/// A handler of one argument, which it answers with `show`.
fn taking<T>(show: impl Fn(T) -> String + Copy + Send + Sync + 'static) -> impl Handler
where
    T: FromRequest + 'static,
    T::Rejection: 'static,
{
    asynchronous(move |mut request: Request| {
        let argument = T::from_request(&mut request);
        async move {
            match argument.await {
                Ok(value) => show(value).into_response(),
                Err(rejection) => rejection.into_response(),
            }
        }
    })
}

/// Status and body, whether the request comes in one piece or byte by byte.
fn answer<H: Handler>(handler: impl Fn() -> H, request: &str) -> (u16, String) {
    let ask = |size: usize| {
        let mut peer = Peer::new(handler());
        for bytes in request.as_bytes().chunks(size) {
            peer.queue(bytes);
        }
        peer.run();
        let text = peer.received();
        (text[9..12].parse().unwrap(), text.split_once("\r\n\r\n").unwrap().1.to_owned())
    };
    let whole = ask(request.len());
    assert_eq!(ask(1), whole, "byte by byte");
    whole
}

fn with_body(content_type: &str, body: &str) -> String {
    format!(
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Type: {content_type}\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

#[derive(Debug, Serialize, Deserialize)]
struct Point {
    x: i32,
    y: i32,
}

#[test]
fn json_is_parsed_or_refused_with_what_is_wrong() {
    let json = || taking(|Json(point): Json<Point>| format!("{} {}", point.x, point.y));
    let rows = [
        ("application/json", r#"{"x":1,"y":2}"#, 200, "1 2"),
        ("application/json; charset=utf-8", r#"{"x":1,"y":2}"#, 200, "1 2"),
        ("APPLICATION/VND.API+JSON", r#"{"x":1,"y":2}"#, 200, "1 2"),
        ("text/plain", r#"{"x":1,"y":2}"#, 415, "`Content-Type: application/json`"),
        ("application/jsonp", "{}", 415, "JSON"),
        ("+json", "{}", 415, "JSON"),
        ("application/json", r#"{"x":1,"#, 400, "line 1 column 7"),
        ("application/json", "", 400, "not valid JSON"),
        (
            "application/json",
            r#"{"x":1,"y":"2"}"#,
            422,
            "the JSON body's `y` does not fit: invalid type: string \"2\", expected i32 at line 1 column 14\n",
        ),
        ("application/json", r#"{"x":1,"y":2} 3"#, 400, "trailing characters at line 1 column 15"),
        ("application/json", "[", 400, "line 1 column 1"),
        ("application/json", r#"{"x":1}"#, 422, "missing field `y`"),
    ];
    for (content_type, body, status, expected) in rows {
        let (got, text) = answer(json, &with_body(content_type, body));
        assert!(got == status && text.contains(expected), "{content_type} {body}: {got} {text}");
    }
    assert_eq!(answer(json, GET).0, 415, "no content type at all");
}

#[derive(Debug, Deserialize)]
struct Shape {
    name: String,
    points: Vec<Point>,
}

#[test]
fn json_of_another_shape_is_refused_with_the_path_and_the_position() {
    let handler = || {
        taking(|shape: Result<Json<Shape>, Rejection>| match shape {
            Ok(Json(Shape { name, points })) => format!("{name} {points:?}"),
            Err(rejection) => format!("{:?} {:?}", rejection.field(), rejection.position()),
        })
    };
    let rows = [
        (
            "{\"name\":\"a\",\n\"points\":[{\"x\":1,\"y\":2},{\"x\":1,\"y\":null}]}",
            Some("points[1].y"),
            (2, 39),
        ),
        ("{\"name\":\"a\",\"points\":[{\"x\":1}]}", Some("points[0].y"), (1, 29)),
        ("{\"name\":7}", Some("name"), (1, 9)),
        ("{\"points\":[]}", Some("name"), (1, 13)),
        ("[]", None, (1, 2)),
        ("{\"name\":", None, (1, 8)),
    ];
    for (body, field, (line, column)) in rows {
        let expected = format!("{field:?} Some({:?})", Position::Line { line, column });
        assert_eq!(answer(handler, &with_body("application/json", body)), (200, expected), "{body}");
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Strict {
    inner: Option<Box<Strict>>,
}

#[test]
fn a_field_that_does_not_belong_there_is_named() {
    let handler = || {
        taking(|strict: Result<Json<Strict>, Rejection>| match strict {
            Ok(Json(Strict { inner })) => format!("{}", inner.is_some()),
            Err(rejection) => format!("{:?} {}", rejection.field(), rejection.message()),
        })
    };
    let rows = [
        (r#"{"inner":{}}"#, "true"),
        (r#"{"other":1}"#, "Some(\"other\") the JSON body's `other` does not fit: unknown field `other`"),
        (
            r#"{"inner":{"other":1}}"#,
            "Some(\"inner.other\") the JSON body's `inner.other` does not fit: unknown field `other`",
        ),
        (
            r#"{"inner":{"inner":null,"inner":null}}"#,
            "Some(\"inner.inner\") the JSON body's `inner` does not fit: duplicate field `inner`",
        ),
    ];
    for (body, expected) in rows {
        let (status, text) = answer(handler, &with_body("application/json", body));
        assert!(status == 200 && text.starts_with(expected), "{body}: {text}");
    }
    let query = || {
        taking(|strict: Result<Query<Strict>, Rejection>| match strict {
            Ok(_) => String::new(),
            Err(rejection) => format!("{:?} {}", rejection.field(), rejection.message()),
        })
    };
    let (_, text) = answer(query, "GET /?other=1 HTTP/1.1\r\nHost: a\r\n\r\n");
    assert!(
        text.starts_with("Some(\"other\") the query's `other` does not fit: unknown field `other`"),
        "{text}"
    );
}

#[test]
fn what_a_refusal_quotes_is_short() {
    let json = || taking(|Json(point): Json<Point>| format!("{} {}", point.x, point.y));
    let long = format!("{{\"x\":\"{}\"}}", "\u{e4}".repeat(1_000));
    let (status, text) = answer(json, &with_body("application/json", &long));
    assert!(status == 422 && text.len() < 600, "{status} {}", text.len());
    assert!(text.contains("`x` does not fit: invalid type: string \"\u{e4}"), "{text}");
    assert!(text.ends_with("expected i32 at line 1 column 2007\n"), "{text}");
}

#[test]
fn json_is_an_answer_too() {
    let (text, _) = converse(handler_fn(|_| Reply::from(Json(Point { x: 1, y: 2 }))), GET);
    assert!(text.contains("Content-Type: application/json\r\n") && text.ends_with(r#"{"x":1,"y":2}"#));
    let unwritable = || Json(std::collections::BTreeMap::from([(vec![1], 1)]));
    let (text, _) = converse(handler_fn(move |_| Reply::from(unwritable())), GET);
    assert!(text.starts_with("HTTP/1.1 500"), "{text}");
}

#[derive(Debug, Deserialize)]
struct Search {
    q: String,
    #[serde(default)]
    tag: Vec<String>,
    page: Option<u32>,
}

#[test]
fn a_query_is_parsed_or_refused_with_what_is_wrong() {
    let query = || taking(|Query(Search { q, tag, page }): Query<Search>| format!("{q} {tag:?} {page:?}"));
    let rows = [
        ("?q=a+b%21", 200, "a b! [] None"),
        ("?q=a&tag=x&tag=y&page=3", 200, r#"a ["x", "y"] Some(3)"#),
        ("?q=a&unknown=1", 200, "a [] None"),
        ("", 400, "400 Bad Request: the query string does not fit: missing field `q`\n"),
        (
            "?q=a&page=three",
            400,
            "400 Bad Request: the query's `page` does not fit: invalid digit found in string\n",
        ),
    ];
    for (target, status, expected) in rows {
        let request = format!("GET /{target} HTTP/1.1\r\nHost: a\r\n\r\n");
        assert_eq!(answer(query, &request), (status, expected.to_owned()), "{target}");
    }
}

#[test]
fn a_body_is_taken_as_text_or_bytes() {
    let text = || taking(|text: String| text);
    assert_eq!(answer(text, &post("h\u{e4}")), (200, "h\u{e4}".to_owned()));
    assert_eq!(answer(text, GET), (200, String::new()));
    let bytes = || taking(|bytes: Bytes| bytes.len().to_string());
    assert_eq!(answer(bytes, &post("hello")), (200, "5".to_owned()));
    let body = || taking(|body: Body| format!("{body:?}"));
    assert_eq!(answer(body, GET), (200, "Body(empty)".to_owned()));
    let mut peer = Peer::new(text());
    peer.send(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nab\xff");
    let answer = peer.received();
    assert!(
        answer.starts_with("HTTP/1.1 400") && answer.ends_with("not UTF-8: byte 2 is invalid\n"),
        "{answer}"
    );
}

#[test]
fn a_body_that_is_too_large_is_413_for_every_argument_that_needs_it_whole() {
    let handlers: [Box<dyn Fn() -> Box<dyn Handler>>; 3] = [
        Box::new(|| Box::new(taking(|text: String| text))),
        Box::new(|| Box::new(taking(|_: Bytes| String::new()))),
        Box::new(|| Box::new(taking(|Json(value): Json<i32>| value.to_string()))),
    ];
    for handler in handlers {
        let mut peer = Peer::with(handler(), |app| app.limits.body = 4);
        peer.send(with_body("application/json", "123456"));
        let text = peer.received();
        assert!(text.starts_with("HTTP/1.1 413"), "{text}");
        assert!(text.ends_with("the body is larger than the limit of 4 bytes\n"), "{text}");
    }
}

#[test]
fn the_heads_parts_are_arguments() {
    assert_eq!(answer(|| taking(|method: Method| method.to_string()), GET).1, "GET");
    assert_eq!(answer(|| taking(|uri: Uri| uri.to_string()), GET).1, "/");
    assert_eq!(answer(|| taking(|version: Version| format!("{version:?}")), GET).1, "HTTP/1.1");
    assert_eq!(
        answer(|| taking(|headers: HeaderMap| headers["host"].to_str().unwrap().to_owned()), GET).1,
        "a"
    );
    let whole = || taking(|request: Request| format!("{} {:?}", request.uri(), request.headers()["host"]));
    assert_eq!(answer(whole, GET).1, "/ \"a\"");
}

#[test]
fn a_path_argument_is_parsed_or_refused_with_what_is_wrong() {
    let handler = |name: &'static str| {
        handler_fn(move |request| match path_argument::<u8>(&request, name) {
            Ok(value) => Reply::from(value.to_string()),
            Err(rejection) => Reply::from(rejection),
        })
    };
    let router = |name: &'static str| move || Router::new().route(Method::GET, "/{n}", handler(name));
    let get = |path: &str| format!("GET {path} HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_eq!(answer(router("n"), &get("/7")), (200, "7".to_owned()));
    let (status, text) = answer(router("n"), &get("/300"));
    assert_eq!(
        (status, &*text),
        (400, "400 Bad Request: the path's `n` is not a u8: number too large to fit in target type\n")
    );
    assert_eq!(answer(router("m"), &get("/7")), (500, "500 Internal Server Error\n".to_owned()));
}
