//! What a handler takes and returns, from the wire to the function and back.

use crate::server::Server;
use polyserve::{
    Bytes, HeaderMap, Html, InternalError, Json, Method, Query, Router, StatusCode, Strategy, Uri, handler,
    routes, time::sleep,
};
use serde::{Deserialize, Serialize};
use std::time::Duration;

on_every_runtime!(
    a_handler_takes_arguments_from_the_path,
    a_handler_takes_its_query,
    a_handler_takes_and_returns_json,
    a_handler_takes_the_head_and_the_body,
    arguments_that_do_not_fit_are_explained,
    a_handler_keeps_its_state_while_it_waits,
    a_handler_answers_with_a_status_and_headers,
    an_unexpected_error_is_kept_from_the_client,
    one_handler_without_a_route_answers_everything,
);

#[handler(GET, "/add/{a}/{b}")]
fn add(a: u32, b: u32) -> String {
    (a + b).to_string()
}

#[handler(GET, "/greet/{name}")]
async fn greet(name: String) -> Html<String> {
    Html(format!("<p>{name}</p>"))
}

#[derive(Deserialize)]
struct Page {
    page: u32,
    #[serde(default)]
    tag: Vec<String>,
}

#[handler(GET, "/page")]
fn page(Query(Page { page, tag }): Query<Page>) -> String {
    format!("{page} {}", tag.join("+"))
}

#[derive(Deserialize, Serialize)]
struct Point {
    x: i32,
    y: i32,
}

#[handler(POST, "/mirror")]
fn mirror(Json(Point { x, y }): Json<Point>) -> Json<Point> {
    Json(Point { x: y, y: x })
}

#[handler(PUT, "/all/{id}")]
fn all(method: Method, uri: Uri, headers: HeaderMap, id: u8, body: Bytes) -> String {
    let agent = headers.get("user-agent").and_then(|agent| agent.to_str().ok()).unwrap_or("nobody");
    format!("{method} {uri} {agent} {id} {}", body.len())
}

#[handler(POST, "/sum")]
async fn sum(body: String) -> String {
    let mut sum = 0;
    let seen: Vec<u32> = body.split(',').filter_map(|number| number.parse().ok()).collect();
    for number in &seen {
        sleep(Duration::from_millis(1)).await;
        sum += number;
    }
    format!("{seen:?} make {sum}")
}

#[handler(POST, "/make")]
fn make() -> (StatusCode, HeaderMap, &'static str) {
    let mut headers = HeaderMap::new();
    headers.insert("location", "/made/1".parse().expect("a header value"));
    (StatusCode::CREATED, headers, "made")
}

#[handler(GET, "/fail")]
fn fail() -> Result<String, InternalError> {
    Ok(std::fs::read_to_string("/there/is/no/such/file")?)
}

fn app() -> Router {
    routes![add, greet, page, mirror, all, sum, make, fail]
}

fn a_handler_takes_arguments_from_the_path(runtime: Strategy) {
    let server = Server::start(runtime, app());
    let mut client = server.connect();
    assert_eq!(client.get("/add/3/4").ok(), "7");
    let answer = client.get("/greet/J%C3%BCrgen");
    assert_eq!(answer.ok(), "<p>Jürgen</p>");
    assert_eq!(answer.header("content-type"), Some("text/html; charset=utf-8"));
}

fn a_handler_takes_its_query(runtime: Strategy) {
    let server = Server::start(runtime, app());
    assert_eq!(server.get("/page?page=3&tag=a&tag=b%20c").ok(), "3 a+b c");
}

fn a_handler_takes_and_returns_json(runtime: Strategy) {
    let server = Server::start(runtime, app());
    let mut client = server.connect();
    client.send(
        "POST /mirror HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\nContent-Length: 14\r\n\r\n\
         {\"x\":1,\"y\":-2}",
    );
    let answer = client.answer();
    assert_eq!(answer.ok(), "{\"x\":-2,\"y\":1}");
    assert_eq!(answer.header("content-type"), Some("application/json"));
}

fn a_handler_takes_the_head_and_the_body(runtime: Strategy) {
    let server = Server::start(runtime, app());
    let mut client = server.connect();
    client.send("PUT /all/7?q HTTP/1.1\r\nHost: test\r\nUser-Agent: me\r\nContent-Length: 4\r\n\r\n");
    client.send("body");
    assert_eq!(client.answer().ok(), "PUT /all/7?q me 7 4");
}

fn arguments_that_do_not_fit_are_explained(runtime: Strategy) {
    let server = Server::start(runtime, app());
    let mut client = server.connect();
    let answer = client.get("/add/three/4");
    assert_eq!(answer.status, 400);
    assert_eq!(
        answer.text(),
        "400 Bad Request: the path's `a` is not a u32: invalid digit found in string\n"
    );
    let answer = client.get("/page?tag=a");
    assert_eq!(answer.status, 400);
    assert!(answer.text().contains("`page`"), "{}", answer.text());
    client.send("POST /mirror HTTP/1.1\r\nHost: test\r\nContent-Length: 2\r\n\r\n{}");
    assert_eq!(client.answer().status, 415);
    // The connection has survived all of them.
    assert_eq!(client.get("/add/1/1").ok(), "2");
}

fn a_handler_keeps_its_state_while_it_waits(runtime: Strategy) {
    let server = Server::start(runtime, app());
    let mut client = server.connect();
    client.send("POST /sum HTTP/1.1\r\nHost: test\r\nContent-Length: 7\r\n\r\n1,2,3,4");
    assert_eq!(client.answer().ok(), "[1, 2, 3, 4] make 10");
}

fn a_handler_answers_with_a_status_and_headers(runtime: Strategy) {
    let server = Server::start(runtime, app());
    let mut client = server.connect();
    client.send("POST /make HTTP/1.1\r\nHost: test\r\n\r\n");
    let answer = client.answer();
    assert_eq!((answer.status, answer.text()), (201, "made"));
    assert_eq!(answer.header("location"), Some("/made/1"));
}

fn an_unexpected_error_is_kept_from_the_client(runtime: Strategy) {
    let server = Server::start(runtime, app());
    let answer = server.get("/fail");
    assert_eq!((answer.status, answer.text()), (500, "500 Internal Server Error\n"));
}

fn one_handler_without_a_route_answers_everything(runtime: Strategy) {
    #[handler]
    fn anything(method: Method, uri: Uri) -> String {
        format!("{method} {uri}")
    }
    let server = Server::start(runtime, anything);
    let mut client = server.connect();
    assert_eq!(client.get("/some/where").ok(), "GET /some/where");
    client.send("DELETE / HTTP/1.1\r\nHost: test\r\n\r\n");
    assert_eq!(client.answer().ok(), "DELETE /");
}
