//! One handler of every form that `#[handler]` takes, and what each answers: the same on every runtime.
//!
//! A new form of function, argument or answer is a handler here, and a line in the table.

use crate::server::Server;
use polyserve::{
    Body, Bytes, Handler, HeaderMap, Html, InternalError, IntoResponse, Json, Method, Query, Request,
    Response, Router, StatusCode, Strategy, Uri, handler,
    http::{HeaderName, HeaderValue, Version},
    routes,
    time::sleep,
};
use serde::{Deserialize, Serialize};
use std::{borrow::Cow, num::ParseIntError, time::Duration};

on_every_runtime!(every_form_is_answered, a_handler_without_a_route_takes_what_is_left);

/// What a client sends, the status, and the body.
const TABLE: &[(&str, u16, &str)] = &[
    // The function.
    ("GET /plain", 200, "plain"),
    ("GET /waiting", 200, "waiting"),
    ("GET /blocking", 200, "blocking"),
    ("GET /local", 200, "local"),
    ("GET /type", 200, "type"),
    ("GET /written/7", 200, "written 7"),
    // From the path.
    ("GET /sum/1/2", 200, "3"),
    ("GET /sum/1/x", 400, "400 Bad Request: the path's `b` is not a u8: invalid digit found in string\n"),
    ("GET /files/a/b%20c", 200, "a/b c"),
    ("GET /name/J%C3%BCrgen", 200, "Jürgen"),
    ("GET /wait/ada/7?x", 200, "ada 7 /wait/ada/7?x"),
    // From the head.
    ("GET /head?x=1", 200, "GET /head?x=1 HTTP/1.1 test"),
    ("GET /page?q=cats&page=3&tag=a&tag=b", 200, "cats 3 a+b"),
    ("GET /nested?first=1&second=2", 200, "1 2"),
    // From the body.
    ("POST /text ada", 200, "ada"),
    ("POST /text-later ada", 200, "ada"),
    ("POST /text-blocking ada", 200, "ada"),
    ("POST /bytes ada", 200, "3"),
    ("POST /slice ada", 200, "adx"),
    ("POST /body ada", 200, "ada"),
    ("POST /request ada", 200, "POST /request ada"),
    ("PUT /user/7 {\"name\":\"ada\"}", 200, "{\"id\":7,\"name\":\"ada\"}"),
    ("PATCH /all/x?b=2 [1]", 200, "[1] x 2 PATCH"),
    // The answer.
    ("GET /nothing", 200, ""),
    ("GET /status", 418, "418 I'm a teapot\n"),
    ("GET /html", 200, "<p>html</p>"),
    ("GET /vec", 200, "vec"),
    ("GET /static-bytes", 200, "static"),
    ("GET /cow", 200, "cow"),
    ("GET /with-status", 201, "created"),
    ("GET /with-headers", 202, "headers"),
    ("GET /with-array", 200, "array"),
    ("GET /some/1", 200, "1"),
    ("GET /some/0", 404, "404 Not Found\n"),
    ("GET /own-error/7", 200, "7"),
    ("GET /own-error/x", 409, "409 Conflict\n"),
    ("GET /internal-error", 500, "500 Internal Server Error\n"),
    ("GET /opaque", 200, "opaque"),
    ("GET /opaque-later/ada", 200, "ada"),
    ("POST /borrowed [3,4]", 200, "3"),
    ("GET /response", 410, "gone"),
    ("GET /stream", 200, "in parts"),
    ("DELETE /plain", 405, "405 Method Not Allowed\n"),
    ("GET /nowhere", 404, "404 Not Found\n"),
];

#[handler(GET, "/plain")]
fn plain() -> &'static str {
    "plain"
}

#[handler(GET, "/waiting")]
async fn waiting() -> &'static str {
    sleep(Duration::from_millis(1)).await;
    "waiting"
}

#[handler(GET, "/blocking", blocking)]
fn blocking() -> &'static str {
    "blocking"
}

#[handler(GET, "/type")]
fn r#type() -> &'static str {
    r#type::META.name
}

macro_rules! written {
    ($name:ident, $path:literal, $parameter:ident: $type:ty) => {
        #[handler(GET, $path, crate = ::polyserve)]
        fn $name($parameter: $type) -> String {
            format!("{} {}", stringify!($name), $parameter)
        }
    };
}
written!(written, "/written/{number}", number: u64);

#[handler(GET, "/sum/{a}/{b}")]
fn sum(b: u8, mut a: u8) -> String {
    a += b;
    a.to_string()
}

#[handler(GET, "/files/{*path}", blocking)]
fn files(path: &str) -> String {
    path.to_owned()
}

#[handler(GET, "/name/{name}")]
fn name(name: String) -> String {
    name
}

#[handler(GET, "/wait/{name}/{id}")]
async fn wait<'a>(name: &'a str, uri: &'a Uri, id: &u32) -> String {
    sleep(Duration::from_millis(1)).await;
    format!("{name} {id} {uri}")
}

#[handler(GET, "/head")]
fn head(method: Method, uri: &Uri, version: Version, headers: &HeaderMap) -> Result<String, InternalError> {
    Ok(format!("{method} {uri} {version:?} {}", headers["host"].to_str()?))
}

#[derive(Deserialize)]
struct Page {
    q: String,
    page: u32,
    #[serde(default)]
    tag: Vec<String>,
}

#[handler(GET, "/page")]
fn page(Query(Page { q, page, tag }): Query<Page>) -> String {
    format!("{q} {page} {}", tag.join("+"))
}

#[handler(GET, "/nested")]
async fn nested(Query([(_, first), (.., second)]): Query<[(String, u8); 2]>, _: HeaderMap) -> String {
    format!("{first} {second}")
}

#[handler(POST, "/text")]
fn text(text: String) -> String {
    text
}

#[handler(POST, "/text-later")]
async fn text_later(text: &str) -> String {
    sleep(Duration::from_millis(1)).await;
    text.to_owned()
}

#[handler(POST, "/text-blocking", blocking)]
fn text_blocking(text: &str) -> String {
    text.to_owned()
}

#[handler(POST, "/bytes")]
fn bytes(bytes: Bytes) -> String {
    bytes.len().to_string()
}

#[handler(POST, "/slice")]
fn slice(slice: &[u8]) -> Vec<u8> {
    [&slice[..2], b"x"].concat()
}

#[handler(POST, "/body")]
fn body(body: Body) -> Body {
    body
}

#[handler(POST, "/request")]
async fn request(request: Request) -> Result<String, InternalError> {
    let start = format!("{} {} ", request.method(), request.uri());
    let body = request.into_body().bytes().await?;
    Ok(start + std::str::from_utf8(&body)?)
}

#[derive(Deserialize, Serialize)]
struct User {
    #[serde(default)]
    id: u32,
    name: String,
}

#[handler(PUT, "/user/{id}")]
fn user(Json(user): Json<User>, id: u32) -> Json<User> {
    Json(User { id, ..user })
}

#[handler(PATCH, "/all/{name}")]
async fn all(
    Json(numbers): &Json<Vec<u8>>,
    name: &str,
    Query(pairs): Query<Vec<(String, u8)>>,
    method: Method,
    _unused: HeaderMap,
) -> String {
    sleep(Duration::from_millis(1)).await;
    format!("{numbers:?} {name} {} {method}", pairs[0].1)
}

#[handler(GET, "/nothing")]
async fn nothing() {}

#[handler(GET, "/status")]
fn status() -> StatusCode {
    StatusCode::IM_A_TEAPOT
}

#[handler(GET, "/html")]
fn html() -> Html<&'static str> {
    Html("<p>html</p>")
}

#[handler(GET, "/vec")]
fn vec() -> Vec<u8> {
    b"vec".to_vec()
}

#[handler(GET, "/static-bytes")]
fn static_bytes() -> &'static [u8] {
    b"static"
}

#[handler(GET, "/cow")]
fn cow() -> Cow<'static, str> {
    Cow::Borrowed("cow")
}

#[handler(GET, "/with-status")]
fn with_status() -> (StatusCode, &'static str) {
    (StatusCode::CREATED, "created")
}

#[handler(GET, "/with-headers")]
fn with_headers() -> (StatusCode, HeaderMap, String) {
    (StatusCode::ACCEPTED, HeaderMap::new(), "headers".to_owned())
}

#[handler(GET, "/with-array")]
fn with_array() -> ([(HeaderName, HeaderValue); 1], &'static str) {
    ([(HeaderName::from_static("x-form"), HeaderValue::from_static("array"))], "array")
}

#[handler(GET, "/some/{id}")]
fn some(id: u32) -> Option<String> {
    (id > 0).then(|| id.to_string())
}

struct Refused;

impl From<ParseIntError> for Refused {
    fn from(_: ParseIntError) -> Refused {
        Refused
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        StatusCode::CONFLICT.into_response()
    }
}

#[handler(GET, "/own-error/{amount}")]
async fn own_error(amount: &str) -> Result<impl IntoResponse, Refused> {
    let amount: u32 = amount.parse()?;
    Ok(amount.to_string())
}

#[handler(GET, "/internal-error", blocking)]
fn internal_error() -> Result<String, InternalError> {
    Ok(std::fs::read_to_string("/there/is/no/such/file")?)
}

#[handler(GET, "/opaque")]
fn opaque() -> impl IntoResponse {
    "opaque"
}

#[handler(GET, "/opaque-later/{name}")]
async fn opaque_later(name: &str) -> impl IntoResponse {
    name.to_owned()
}

#[handler(POST, "/borrowed")]
fn borrowed(Json(numbers): &Json<Vec<u32>>) -> Option<Json<&u32>> {
    numbers.first().map(Json)
}

#[handler(GET, "/response")]
fn response() -> Response {
    let mut response = "gone".into_response();
    *response.status_mut() = StatusCode::GONE;
    response
}

#[handler(GET, "/stream")]
fn stream() -> Body {
    Body::stream(|mut out| async move {
        for part in ["in ", "parts"] {
            sleep(Duration::from_millis(1)).await;
            out.send(part).await;
        }
        Ok(())
    })
}

fn app() -> Router {
    #[handler(GET, "/local")]
    fn local() -> &'static str {
        "local"
    }

    routes![
        plain,
        waiting,
        blocking,
        local,
        r#type,
        written,
        sum,
        files,
        name,
        wait,
        head,
        page,
        nested,
        text,
        text_later,
        text_blocking,
        bytes,
        slice,
        body,
        request,
        user,
        all,
        nothing,
        status,
        html,
        vec,
        static_bytes,
        cow,
        with_status,
        with_headers,
        with_array,
        some,
        own_error,
        internal_error,
        opaque,
        opaque_later,
        borrowed,
        response,
        stream,
    ]
}

/// `PUT /user/7 {}` as it is sent.
fn written_out(request: &str) -> String {
    let mut parts = request.splitn(3, ' ');
    let mut part = || parts.next().unwrap_or("");
    let (method, target, body) = (part(), part(), part());
    format!(
        "{method} {target} HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n\
         {body}",
        body.len()
    )
}

fn every_form_is_answered(runtime: Strategy) {
    let server = Server::start(runtime, app());
    let mut client = server.connect();
    for &(request, status, body) in TABLE {
        client.send(written_out(request));
        let answer = client.answer();
        assert_eq!((answer.status, answer.text()), (status, body), "{request}");
    }
}

fn a_handler_without_a_route_takes_what_is_left(runtime: Strategy) {
    #[handler]
    async fn left(method: &Method, uri: &Uri) -> String {
        format!("{method} {uri}")
    }
    let server = Server::start(runtime, routes![plain, left]);
    let mut client = server.connect();
    assert_eq!(client.get("/plain").ok(), "plain");
    assert_eq!(client.get("/some/where").ok(), "GET /some/where");
}

/// A handler that no line of the table reaches would be a form that is not tested.
#[test]
fn every_handler_is_in_the_table() {
    for route in app().routes() {
        let (method, path) = (route.method.unwrap(), route.path.unwrap());
        let start = format!("{method} {}", path.split('{').next().unwrap_or(""));
        assert!(TABLE.iter().any(|(request, ..)| request.starts_with(&start)), "{start}");
    }
}

#[test]
fn every_form_says_what_it_is() {
    assert_eq!(r#type::META.name, "type");
    assert_eq!(all::META.module, module_path!());
    assert_eq!(all::META.file, file!());
    assert_eq!(all::META.method, Some("PATCH"));
    assert_eq!(all::META.path, Some("/all/{name}"));
    assert_eq!(all::META.arguments, ["Json(numbers)", "name", "Query(pairs)", "method", "_unused"]);
    assert!(all::META.is_async && !all::META.blocking);
    assert!(files::META.blocking && !files::META.is_async);
    let lines = [plain::META.line, waiting::META.line, stream::META.line];
    assert!(lines.is_sorted() && lines[0] > 0, "{lines:?}");
    assert_eq!((plain.meta(), written::META.method), (Some(&plain::META), Some("GET")));
}

#[test]
fn every_function_can_be_called_without_a_server() {
    assert_eq!(plain::call(), "plain");
    assert_eq!(sum::call(1, 2), "3");
    assert_eq!(borrowed::call(&Json(vec![3])).map(|Json(first)| *first), Some(3));
    let mut waiting = std::pin::pin!(nothing::call());
    let mut cx = std::task::Context::from_waker(std::task::Waker::noop());
    assert!(waiting.as_mut().poll(&mut cx).is_ready());
}
