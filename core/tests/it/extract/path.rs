#![expect(dead_code, reason = "fields are seen in `Debug` only")]

use super::{answer, taking};
use crate::logged;
use http::Method;
use polyserve_core::{Path, Rejection, Router};
use serde::{Deserialize, de::DeserializeOwned};
use std::{collections::HashMap, fmt::Debug};

/// Status and text of the answer to a path, of a route whose handler takes a `Path<T>`.
fn ask<T>(route: &str, path: &str) -> (u16, String)
where
    T: DeserializeOwned + Debug + Send + 'static,
{
    let router =
        || Router::new().route(Method::GET, route, taking(|Path(value): Path<T>| format!("{value:?}")));
    answer(router, &format!("GET {path} HTTP/1.1\r\nHost: a\r\n\r\n"))
}

#[derive(Debug, Deserialize)]
struct Post {
    user: u32,
    slug: String,
}

#[derive(Debug, Deserialize)]
struct User {
    user: Option<u32>,
    other: Option<u32>,
}

#[derive(Debug, Deserialize)]
struct Id(u64);

#[derive(Debug, Deserialize)]
struct Pair(u8, char);

#[derive(Debug, Deserialize)]
struct Nothing;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Colour {
    Red,
    Green,
    #[serde(skip)]
    Secret,
}

#[derive(Debug, Deserialize)]
enum Tagged {
    One(u8),
    Two { x: u8 },
}

#[derive(Debug, Deserialize)]
#[serde(try_from = "u32")]
struct Even(u32);

impl TryFrom<u32> for Even {
    type Error = String;
    fn try_from(number: u32) -> Result<Even, String> {
        if number.is_multiple_of(2) { Ok(Even(number)) } else { Err(format!("{number} is odd")) }
    }
}

#[derive(Debug, Deserialize)]
#[serde(try_from = "(u8, u8)")]
struct Ascending(u8, u8);

impl TryFrom<(u8, u8)> for Ascending {
    type Error = &'static str;
    fn try_from((a, b): (u8, u8)) -> Result<Ascending, &'static str> {
        if a < b { Ok(Ascending(a, b)) } else { Err("not ascending") }
    }
}

type Ask = fn(&str, &str) -> (u16, String);

const BOTH: &str = "/{user}/{slug}";

#[test]
fn a_path_makes_every_shape_of_value() {
    let rows: &[(Ask, &str, &str, &str)] = &[
        (ask::<u32>, "/{n}", "/7", "7"),
        (ask::<i128>, "/{n}", "/-7", "-7"),
        (ask::<f64>, "/{n}", "/1.5", "1.5"),
        (ask::<bool>, "/{n}", "/true", "true"),
        (ask::<char>, "/{n}", "/%C3%A4", "'\u{e4}'"),
        (ask::<String>, "/{n}", "/a%20b%2Fc", "\"a b/c\""),
        (ask::<String>, "/{*rest}", "/a/b%20c/d.txt", "\"a/b c/d.txt\""),
        (ask::<(u32, String)>, BOTH, "/7/hello", "(7, \"hello\")"),
        (ask::<(u32, String)>, "/{user}/{*rest}", "/7/a/b", "(7, \"a/b\")"),
        (ask::<(u32,)>, "/{n}", "/7", "(7,)"),
        (ask::<Post>, BOTH, "/7/hello", "Post { user: 7, slug: \"hello\" }"),
        (ask::<Post>, "/{slug}/{user}/{more}", "/hello/7/x", "Post { user: 7, slug: \"hello\" }"),
        (ask::<User>, BOTH, "/7/x", "User { user: Some(7), other: None }"),
        (ask::<Id>, "/{id}", "/7", "Id(7)"),
        (ask::<Pair>, "/{a}/{b}", "/1/x", "Pair(1, 'x')"),
        (ask::<Even>, "/{n}", "/8", "Even(8)"),
        (ask::<Ascending>, "/{a}/{b}", "/1/2", "Ascending(1, 2)"),
        (ask::<Vec<String>>, BOTH, "/7/x", "[\"7\", \"x\"]"),
        (ask::<Vec<(String, String)>>, "/", "/", "[]"),
        (ask::<HashMap<String, u8>>, "/{n}", "/7", "{\"n\": 7}"),
        (ask::<Colour>, "/{c}", "/green", "Green"),
        (ask::<(Colour, Colour)>, "/{a}/{b}", "/red/green", "(Red, Green)"),
        (ask::<Option<u8>>, "/{n}", "/7", "Some(7)"),
        (ask::<Option<u8>>, "/", "/", "None"),
        (ask::<()>, "/{n}", "/7", "()"),
        (ask::<Nothing>, "/{n}", "/7", "Nothing"),
    ];
    for (ask, route, path, expected) in rows {
        assert_eq!(ask(route, path), (200, (*expected).to_owned()), "{route} {path}");
    }
}

#[test]
fn a_value_that_does_not_fit_is_400_and_names_the_parameter() {
    let rows: &[(Ask, &str, &str, &str)] = &[
        (ask::<u8>, "/{n}", "/300", "the path's `n` is not a u8: number too large to fit in target type"),
        (ask::<u8>, "/{n}", "/x", "the path's `n` is not a u8: invalid digit found in string"),
        (
            ask::<bool>,
            "/{n}",
            "/1",
            "the path's `n` is not a bool: provided string was not `true` or `false`",
        ),
        (ask::<(u8, u8)>, "/{a}/{b}", "/1/x", "the path's `b` is not a u8: invalid digit found in string"),
        (ask::<Post>, BOTH, "/x/y", "the path's `user` is not a u32: invalid digit found in string"),
        (ask::<User>, BOTH, "/x/y", "the path's `user` is not a u32: invalid digit found in string"),
        (ask::<Vec<u8>>, "/{a}/{b}", "/1/x", "the path's `b` is not a u8: invalid digit found in string"),
        (
            ask::<HashMap<String, u8>>,
            "/{a}/{b}",
            "/1/x",
            "the path's `b` is not a u8: invalid digit found in string",
        ),
        (
            ask::<Colour>,
            "/{c}",
            "/blue",
            "the path's `c` does not fit: unknown variant `blue`, expected `red` or `green`",
        ),
        (ask::<Id>, "/{id}", "/x", "the path's `id` is not a u64: invalid digit found in string"),
        (ask::<Ascending>, "/{a}/{b}", "/2/1", "the path does not fit: not ascending"),
        (ask::<String>, "/{n}", "/%FF", "the path's `n` is not UTF-8 once its percent-encoding is undone"),
    ];
    for (ask, route, path, expected) in rows {
        assert_eq!(ask(route, path), (400, format!("400 Bad Request: {expected}\n")), "{route} {path}");
    }
    let (status, text) = ask::<Even>("/{n}", "/7");
    assert!(status == 400 && text.contains("7 is odd"), "{status} {text}");
    let (status, text) = ask::<Tagged>("/{n}", "/One");
    assert!(status == 400 && text.contains("`n` does not fit: invalid type"), "{status} {text}");
}

#[test]
fn a_type_that_no_path_of_the_route_fits_is_the_applications_mistake() {
    let rows: &[(Ask, &str, &str, &str)] = &[
        (ask::<u8>, "/", "/", "one value is made of one parameter, and the route has 0"),
        (ask::<u8>, BOTH, "/1/2", "and the route has 2 (the route's parameters: {user} {slug})"),
        (ask::<(u8, u8)>, "/{a}", "/1", "it has 2 values, and the route 1 parameters"),
        (ask::<(u8,)>, BOTH, "/1/2", "it has 1 values, and the route 2 parameters"),
        (ask::<Post>, "/{user}", "/7", "there is no `{slug}`"),
        (ask::<Vec<Vec<u8>>>, "/{a}", "/7", "`{a}` is one piece of text, not a sequence"),
        (ask::<HashMap<String, Post>>, "/{a}", "/7", "`{a}` is one piece of text, not Post"),
    ];
    for (ask, route, path, expected) in rows {
        logged::logged();
        assert_eq!(ask(route, path), (500, "500 Internal Server Error\n".to_owned()), "{route} {path}");
        let lines = logged::logged().join("\n");
        assert!(lines.contains("a handler takes `Path<") && lines.contains(expected), "{lines}");
    }
}

#[test]
fn a_path_without_parameters_is_absent() {
    let optional = |route: &'static str| {
        move || {
            let handler = taking(|path: Option<Path<u8>>| format!("{:?}", path.map(|Path(n)| n)));
            Router::new().route(Method::GET, route, handler)
        }
    };
    let get = |path: &str| format!("GET {path} HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_eq!(answer(optional("/"), &get("/")).1, "None");
    assert_eq!(answer(optional("/{n}"), &get("/7")).1, "Some(7)");
    assert_eq!(answer(optional("/{n}"), &get("/x")).0, 400);
    let field = || {
        let handler = taking(|path: Result<Path<u8>, Rejection>| match path {
            Ok(Path(n)) => n.to_string(),
            Err(rejection) => format!("{:?} {}", rejection.field(), rejection.status()),
        });
        Router::new().route(Method::GET, "/{n}", handler)
    };
    assert_eq!(answer(field, &get("/x")), (200, "Some(\"n\") 400 Bad Request".to_owned()));
}
