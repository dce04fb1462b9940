use crate::wire::*;
use bytes::Bytes;
use futures_util::stream;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use polyserve_core::{Body, CloseReason, IntoResponse, Redirect, Reply, Response, Want, handler_fn};
use std::io;

fn fields<'r>(response: &'r Response, name: &str) -> Vec<&'r str> {
    response.headers().get_all(name).iter().map(|value| value.to_str().unwrap()).collect()
}

#[test]
fn parts_are_put_on_top_of_the_answer_from_left_to_right() {
    let mut map = HeaderMap::new();
    map.append("x-map", HeaderValue::from_static("1"));
    map.append("x-map", HeaderValue::from_static("2"));
    map.insert("x-first", HeaderValue::from_static("later"));
    let response = (
        StatusCode::CREATED,
        [("x-first", "sooner"), ("content-type", "text/markdown")],
        map,
        None::<StatusCode>,
        Some([(header::ETAG, HeaderValue::from_static("\"7\""))]),
        "# made",
    )
        .into_response();
    assert_eq!(response.status(), 201);
    assert_eq!(fields(&response, "x-map"), ["1", "2"]);
    assert_eq!(fields(&response, "x-first"), ["later"]);
    assert_eq!(fields(&response, "content-type"), ["text/markdown"]);
    assert_eq!(fields(&response, "etag"), ["\"7\""]);
    assert_eq!((StatusCode::CREATED, StatusCode::ACCEPTED, "").into_response().status(), 202);
}

#[test]
fn several_fields_of_one_name_stay_several() {
    let inner = ([("set-cookie", "replaced=1")], "");
    let response = ([("set-cookie", "a=1"), ("x", "y"), ("Set-Cookie", "b=2")], inner).into_response();
    assert_eq!(fields(&response, "set-cookie"), ["a=1", "b=2"]);
}

#[test]
fn what_is_no_header_field_is_500_and_not_sent() {
    for (name, value) in [("x-bad", "a\r\nSet-Cookie: evil=1"), ("no name", ""), ("", ""), ("x", "\0")] {
        let response = ([("x-ok", "fine")], [(name, value)], StatusCode::OK, "body").into_response();
        assert_eq!(response.status(), 500, "{name:?}: {value:?}");
        assert_eq!(response.headers().len(), 1, "{response:?}");
    }
}

#[test]
fn a_field_may_be_given_in_every_form_that_http_has() {
    let name = HeaderName::from_static("a");
    let response = ([(name, "1")], [("b".to_owned(), String::from("2"))], [("c", 3_u16)], ()).into_response();
    assert_eq!(["a", "b", "c"].map(|name| fields(&response, name)), [["1"], ["2"], ["3"]]);
}

#[test]
fn a_redirect_is_a_head_with_a_location() {
    let (text, _) = converse(handler_fn(|_| Redirect::see_other("/users/7?new").into()), GET);
    assert_eq!(text, "HTTP/1.1 303 See Other\r\nLocation: /users/7?new\r\nContent-Length: 0\r\n\r\n");
}

#[test]
fn a_stream_of_pieces_is_a_body() {
    let pieces = || stream::iter(["one", "", "two"].map(|piece| Ok::<_, io::Error>(Bytes::from(piece))));
    let (text, _) = converse(handler_fn(move |_| Reply::from(Body::from_stream(pieces()))), GET);
    assert!(text.ends_with("3\r\none\r\n3\r\ntwo\r\n0\r\n\r\n"), "{text}");
}

#[test]
fn a_stream_of_pieces_that_fails_breaks_the_answer_off() {
    let pieces = || stream::iter([Ok("half"), Err("the disk is gone"), Ok("never")]);
    let mut peer = Peer::new(handler_fn(move |_| Reply::from(Body::from_stream(pieces()))));
    assert_eq!(peer.send(GET), Want::Close(CloseReason::AnswerFailed));
    assert!(peer.received().ends_with("4\r\nhalf\r\n"));
}
