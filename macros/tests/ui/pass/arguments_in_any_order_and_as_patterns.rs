#![deny(warnings)]

use polyserve::{Bytes, Handler, HeaderMap, Json, Method, Query, Request, Uri, handler};

#[handler(POST, "/{first}/{second}")]
async fn all(
    Json(names): Json<Vec<String>>,
    second: u8,
    Query(_): Query<Vec<(String, String)>>,
    mut first: String,
) -> String {
    first.push_str(&names.concat());
    format!("{first}{second}")
}

#[handler]
fn request(_: Request) {}

#[handler(GET, "/{type}")]
fn r#async(r#type: String) -> String {
    r#type
}

#[handler(POST, "/{a}/{b}/{c}/{d}/{e}/{f}/{g}/{h}/{i}/{j}/{k}/{l}/{m}/{n}/{o}/{p}/{q}/{r}/{s}/{t}")]
async fn many(
    _: HeaderMap,
    Query((first, [second, third])): Query<(u8, [u8; 2])>,
    ref uri: Uri,
    method @ _: Method,
    _unused: Bytes,
    a: u32,
    b: u32,
    c: u32,
    d: u32,
    e: u32,
    f: u32,
    g: u32,
    h: u32,
    i: u32,
    j: u32,
    k: u32,
    l: u32,
    m: u32,
    n: u32,
    o: u32,
    p: u32,
    q: u32,
    r: u32,
    s: u32,
    t: u32,
) -> String {
    let sum: u32 = [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t].iter().sum();
    format!("{uri} {method} {sum} {first} {second} {third}")
}

fn main() {
    let _: [&dyn Handler; 4] = [&all, &request, &r#async, &many];
    assert_eq!(many::META.arguments.len(), 25);
    assert_eq!(r#async::META.name, "async");
    assert_eq!(r#async::META.arguments, ["type"]);
    assert_eq!(all::META.arguments, ["Json(names)", "second", "Query(_)", "first"]);
    assert_eq!(request::META.arguments, ["_"]);
}
