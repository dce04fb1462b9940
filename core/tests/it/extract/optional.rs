use super::{answer, taking, with_body};
use crate::wire::*;
use bytes::Bytes;
use http::Method;
use polyserve_core::{
    Body, ConnectInfo, Cookies, Form, FromRequest, Handler, Json, Query, Rejection, TypedHeader,
    headers::ContentLength,
};
use std::{collections::BTreeMap, fmt::Debug};

type Map = BTreeMap<String, u8>;

fn optional<E>() -> Box<dyn Handler>
where
    E: FromRequest + Debug + 'static,
    E::Rejection: 'static,
{
    Box::new(taking(|value: Option<E>| format!("{value:?}")))
}

type Taking = fn() -> Box<dyn Handler>;

/// What a `GET` asks.
fn get(target: &str) -> String {
    format!("GET {target} HTTP/1.1\r\nHost: a\r\n\r\n")
}

fn get_with(field: &str) -> String {
    format!("GET / HTTP/1.1\r\nHost: a\r\n{field}\r\n\r\n")
}

#[test]
fn what_is_absent_is_none_and_what_is_malformed_is_refused() {
    const JSON: &str = "application/json";
    const FORM: &str = "application/x-www-form-urlencoded";
    let empty_chunked = format!("{CHUNKED}0\r\n\r\n");
    let rows: &[(Taking, String, u16, &str)] = &[
        (optional::<Query<Map>>, get("/"), 200, "None"),
        (optional::<Query<Map>>, get("/?"), 200, "Some(Query({}))"),
        (optional::<Query<Map>>, get("/?a=1"), 200, "Some(Query({\"a\": 1}))"),
        (optional::<Query<Map>>, get("/?a=x"), 400, "the query's `a`"),
        (optional::<Json<Map>>, GET.into(), 200, "None"),
        (optional::<Json<Map>>, post(""), 200, "None"),
        (optional::<Json<Map>>, with_body(JSON, "{\"a\":1}"), 200, "Some(Json({\"a\": 1}))"),
        (optional::<Json<Map>>, with_body(JSON, ""), 400, "not valid JSON"),
        (optional::<Json<Map>>, with_body(JSON, "[]"), 422, "the JSON body does not fit"),
        (optional::<Json<Map>>, post("{}"), 415, "needs a JSON body"),
        (optional::<Json<Map>>, empty_chunked.clone(), 415, "needs a JSON body"),
        (optional::<Form<Map>>, post(""), 200, "None"),
        (optional::<Form<Map>>, with_body(FORM, "a=1"), 200, "Some(Form({\"a\": 1}))"),
        (optional::<Form<Map>>, with_body(FORM, "a=x"), 422, "the form's `a`"),
        (optional::<Form<Map>>, with_body("text/plain", "a=1"), 415, "needs a form"),
        (optional::<Bytes>, GET.into(), 200, "None"),
        (optional::<Bytes>, post("x"), 200, "Some(b\"x\")"),
        (optional::<Bytes>, with_body("text/plain", ""), 200, "Some(b\"\")"),
        // The same, however much of it has arrived when the handler is called.
        (optional::<Bytes>, empty_chunked, 200, "Some(b\"\")"),
        (optional::<String>, GET.into(), 200, "None"),
        (optional::<String>, post("x"), 200, "Some(\"x\")"),
        (optional::<Body>, GET.into(), 200, "None"),
        (optional::<TypedHeader<ContentLength>>, GET.into(), 200, "None"),
        (optional::<TypedHeader<ContentLength>>, post("x"), 200, "Some(TypedHeader(ContentLength(1)))"),
        (optional::<Cookies>, GET.into(), 200, "None"),
        (optional::<Cookies>, get_with("Cookie: nonsense"), 200, "Some(Cookies("),
        (optional::<ConnectInfo>, GET.into(), 200, "None"),
        (optional::<Method>, GET.into(), 200, "Some(GET)"),
        (optional::<Result<Query<Map>, Rejection>>, get("/"), 200, "None"),
    ];
    for (handler, request, status, expected) in rows {
        let (got, text) = answer(handler, request);
        let as_expected = if expected.starts_with(['N', 'S']) && !expected.ends_with('(') {
            text == *expected
        } else {
            text.contains(expected)
        };
        assert!(got == *status && as_expected, "{request}\nexpected {status} {expected}\ngot {got} {text}");
    }
}

#[test]
fn a_result_leaves_the_answer_to_the_handler() {
    let query = || {
        taking(|query: Result<Query<Map>, Rejection>| match query {
            Ok(Query(map)) => format!("{map:?}"),
            Err(rejection) => format!("instead: {} {:?}", rejection.status(), rejection.field()),
        })
    };
    assert_eq!(answer(query, &get("/?a=1")), (200, "{\"a\": 1}".to_owned()));
    assert_eq!(answer(query, &get("/?a=x")), (200, "instead: 400 Bad Request Some(\"a\")".to_owned()));
    // A body that has not arrived yet, too.
    let text = || taking(|text: Result<String, Rejection>| text.unwrap_or_else(|error| error.to_string()));
    assert_eq!(answer(text, &post("text")), (200, "text".to_owned()));
}

#[test]
fn an_optional_body_is_a_body() {
    const { assert!(<Option<Json<Map>> as FromRequest>::TAKES_BODY) };
    const { assert!(<Result<Option<Form<Map>>, Rejection> as FromRequest>::TAKES_BODY) };
    const { assert!(!<Option<Query<Map>> as FromRequest>::TAKES_BODY) };
}
