//! Every argument that a handler can take, and what is answered when the request does not hold it.

use crate::{client::Answer, server::Server};
use polyserve::{
    Body, Bytes, ConnectInfo, Cookies, Form, Handler, HandlerExt, HeaderMap, Json, Path, Query, Rejection,
    Request, State, StatusCode, Strategy, TypedHeader, handler, headers::UserAgent, problem_details, routes,
};
use serde::{Deserialize, Serialize};

on_every_runtime!(
    arguments_are_made_of_the_request_or_refused_with_the_place,
    one_place_shapes_all_refusals,
    the_peers_address_is_the_clients_own,
    changed_cookies_are_sent,
    a_state_that_nobody_provides_is_an_error_at_the_start,
);

#[derive(Debug, Deserialize, Serialize)]
struct Point {
    x: i32,
    y: i32,
}

#[derive(Debug, Deserialize)]
struct Page {
    page: u32,
    #[serde(default)]
    tag: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct Post {
    user: u32,
    slug: String,
}

#[handler(GET, "/users/{user}/posts/{slug}")]
fn post(Path(Post { user, slug }): Path<Post>) -> String {
    format!("{slug} by {user}")
}

#[handler(GET, "/add/{a}/{b}")]
fn add(Path((a, b)): Path<(u32, u32)>) -> String {
    (a + b).to_string()
}

#[handler(GET, "/files/{*rest}")]
fn file(rest: String) -> String {
    format!("file {rest}")
}

#[handler(GET, "/tree/{*rest}")]
async fn tree(Path(rest): Path<String>) -> String {
    format!("tree {rest}")
}

#[handler(GET, "/page")]
fn page(Query(Page { page, tag }): Query<Page>) -> String {
    format!("{page} {}", tag.join("+"))
}

#[handler(GET, "/maybe-page")]
fn maybe_page(page: Option<Query<Page>>) -> String {
    page.map_or_else(|| "no page".to_owned(), |Query(Page { page, .. })| page.to_string())
}

#[handler(POST, "/points")]
fn points(Json(points): Json<Vec<Point>>) -> Json<i32> {
    Json(points.iter().map(|Point { x, y }| x + y).sum())
}

#[handler(POST, "/maybe-point")]
fn maybe_point(point: Option<Json<Point>>) -> String {
    format!("{:?}", point.map(|Json(Point { x, y })| (x, y)))
}

#[handler(POST, "/tried-point")]
fn tried_point(point: Result<Json<Point>, Rejection>) -> String {
    match point {
        Ok(Json(Point { x, y })) => format!("{x} {y}"),
        Err(rejection) => format!("instead of {}: {:?}", rejection.status(), rejection.field()),
    }
}

#[handler(POST, "/form")]
fn form(Form(Page { page, tag }): Form<Page>) -> String {
    format!("{page} {}", tag.join("+"))
}

#[handler(GET, "/form")]
fn form_in_the_query(Form(Page { page, .. }): Form<Page>) -> Form<[(String, u32); 1]> {
    Form([("page".to_owned(), page)])
}

#[handler(POST, "/text")]
fn echo(body: String) -> String {
    body
}

#[handler(POST, "/maybe-bytes")]
fn maybe_bytes(body: Option<Bytes>) -> String {
    format!("{body:?}")
}

#[handler(POST, "/stream")]
async fn stream(headers: HeaderMap, body: Body) -> String {
    let length = body.bytes().await.map_or(0, |bytes| bytes.len());
    format!("{length} of {:?}", headers.get("content-length"))
}

#[handler(POST, "/whole")]
async fn whole(request: Request) -> String {
    let (head, body) = request.into_parts();
    format!("{} {} {}", head.method, head.uri, body.bytes().await.map_or(0, |bytes| bytes.len()))
}

#[handler(GET, "/agent")]
fn agent(TypedHeader(agent): TypedHeader<UserAgent>) -> String {
    agent.to_string()
}

#[handler(GET, "/maybe-agent")]
fn maybe_agent(agent: Option<TypedHeader<UserAgent>>) -> String {
    agent.is_some().to_string()
}

#[handler(GET, "/cookie")]
fn one_cookie(cookies: Cookies) -> String {
    cookies.get("a").map_or("none", |cookie| cookie.value()).to_owned()
}

#[derive(Clone)]
struct Greeting(&'static str);

#[handler(GET, "/state")]
fn state(State(Greeting(greeting)): State<Greeting>) -> &'static str {
    greeting
}

#[handler(GET, "/maybe-state")]
fn maybe_state(state: Option<State<u8>>) -> String {
    state.is_some().to_string()
}

#[handler(GET, "/missing")]
fn missing() -> Option<&'static str> {
    None
}

fn app() -> impl Handler {
    routes![
        post,
        add,
        file,
        tree,
        page,
        maybe_page,
        points,
        maybe_point,
        tried_point,
        form,
        form_in_the_query,
        echo,
        maybe_bytes,
        stream,
        whole,
        agent,
        maybe_agent,
        one_cookie,
        state,
        maybe_state,
        missing,
    ]
    .development_404(false)
    .with_state(Greeting("hello"))
}

const JSON: &str = "Content-Type: application/json\r\n";
const FORM: &str = "Content-Type: application/x-www-form-urlencoded\r\n";

/// Method and target, header fields, body; status and the text of the answer.
const CASES: &[(&str, &str, &str, u16, &str)] = &[
    ("GET /users/7/posts/a%20b", "", "", 200, "a b by 7"),
    (
        "GET /users/x/posts/a",
        "",
        "",
        400,
        "400 Bad Request: the path's `user` is not a u32: invalid digit found in string\n",
    ),
    ("GET /add/3/4", "", "", 200, "7"),
    (
        "GET /add/3/x",
        "",
        "",
        400,
        "400 Bad Request: the path's `b` is not a u32: invalid digit found in string\n",
    ),
    ("GET /files/a/b.txt", "", "", 200, "file a/b.txt"),
    ("GET /tree/a/b%2Fc", "", "", 200, "tree a/b/c"),
    ("GET /page?page=3&tag=a&tag=b", "", "", 200, "3 a+b"),
    (
        "GET /page?page=x",
        "",
        "",
        400,
        "400 Bad Request: the query's `page` does not fit: invalid digit found in string\n",
    ),
    ("GET /page", "", "", 400, "400 Bad Request: the query string does not fit: missing field `page`\n"),
    ("GET /maybe-page", "", "", 200, "no page"),
    ("GET /maybe-page?page=3", "", "", 200, "3"),
    (
        "GET /maybe-page?page=",
        "",
        "",
        400,
        "400 Bad Request: the query's `page` does not fit: cannot parse integer from empty string\n",
    ),
    ("POST /points", JSON, "[{\"x\":1,\"y\":2},{\"x\":3,\"y\":4}]", 200, "10"),
    (
        "POST /points",
        JSON,
        "[{\"x\":1,\"y\":2},\n{\"x\":3,\"y\":\"4\"}]",
        422,
        "422 Unprocessable Entity: the JSON body's `[1].y` does not fit: invalid type: string \"4\", expected i32 \
         at line 2 column 14\n",
    ),
    (
        "POST /points",
        JSON,
        "[{\"x\":1,",
        400,
        "400 Bad Request: the body is not valid JSON: EOF while parsing a value at line 1 column 8\n",
    ),
    (
        "POST /points",
        "Content-Type: text/plain\r\n",
        "[]",
        415,
        "415 Unsupported Media Type: the request needs a JSON body, sent as `Content-Type: application/json`\n",
    ),
    ("POST /maybe-point", "", "", 200, "None"),
    ("POST /maybe-point", JSON, "{\"x\":1,\"y\":2}", 200, "Some((1, 2))"),
    ("POST /tried-point", JSON, "{\"x\":1}", 200, "instead of 422 Unprocessable Entity: Some(\"y\")"),
    ("POST /form", FORM, "page=3&tag=a+b&tag=c", 200, "3 a b+c"),
    (
        "POST /form",
        FORM,
        "page=-3",
        422,
        "422 Unprocessable Entity: the form's `page` does not fit: invalid digit found in string\n",
    ),
    (
        "POST /form",
        JSON,
        "{}",
        415,
        "415 Unsupported Media Type: the request needs a form, sent as `Content-Type: \
         application/x-www-form-urlencoded`\n",
    ),
    ("GET /form?page=3", "", "", 200, "page=3"),
    ("POST /text", "", "text", 200, "text"),
    (
        "POST /text",
        "",
        "larger than the limit of this server, which is 64 bytes for all of it",
        413,
        "413 Payload Too Large: the body is larger than the limit of 64 bytes\n",
    ),
    ("POST /maybe-bytes", "", "", 200, "None"),
    ("POST /maybe-bytes", "", "x", 200, "Some(b\"x\")"),
    ("POST /stream", "", "12345", 200, "5 of Some(\"5\")"),
    ("POST /whole?q", "", "123", 200, "POST /whole?q 3"),
    ("GET /agent", "User-Agent: me/1\r\n", "", 200, "me/1"),
    ("GET /agent", "", "", 400, "400 Bad Request: the header field `user-agent` is missing\n"),
    ("GET /maybe-agent", "", "", 200, "false"),
    ("GET /cookie", "Cookie: b=1; a=2%3B3\r\n", "", 200, "2;3"),
    ("GET /cookie", "", "", 200, "none"),
    ("GET /state", "", "", 200, "hello"),
    ("GET /maybe-state", "", "", 200, "false"),
    ("GET /missing", "", "", 404, "404 Not Found\n"),
    ("GET /nowhere", "", "", 404, "404 Not Found\n"),
    ("POST /page", "", "", 405, "405 Method Not Allowed\n"),
];

fn arguments_are_made_of_the_request_or_refused_with_the_place(runtime: Strategy) {
    let server = Server::start_with(runtime, app(), |options| options.limits.body = 64);
    // Of all in one connection: none of them ends it.
    let mut client = server.connect();
    for (target, fields, body, status, text) in CASES {
        let length = body.len();
        client.send(format!(
            "{target} HTTP/1.1\r\nHost: test\r\n{fields}Content-Length: {length}\r\n\r\n{body}"
        ));
        let answer = client.answer();
        assert_eq!((answer.status, answer.text()), (*status, *text), "{target} {body}");
    }
}

fn one_place_shapes_all_refusals(runtime: Strategy) {
    #[handler(GET, "/panic")]
    fn panicking() -> &'static str {
        panic!("in the handler")
    }
    #[handler(GET, "/teapot")]
    fn teapot() -> StatusCode {
        StatusCode::IM_A_TEAPOT
    }
    let app = routes![points, page, missing, panicking, teapot].development_404(false);
    let app = app.with_rejections(problem_details);
    let server = Server::start(runtime, app);
    let problem = |answer: Answer, status: u16, rest: &str| {
        assert_eq!(answer.status, status, "{}", answer.text());
        assert_eq!(answer.header("content-type"), Some("application/problem+json"));
        let name = StatusCode::from_u16(status).unwrap().canonical_reason().unwrap();
        let expected = format!("{{\"type\":\"about:blank\",\"title\":\"{name}\",\"status\":{status}{rest}}}");
        assert_eq!(answer.text(), expected);
    };
    let mut client = server.connect();
    client.send("POST /points HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n[{\"x\":0}]");
    problem(
        client.answer(),
        422,
        ",\"detail\":\"the JSON body's `[0]` does not fit: missing field `y` at line 1 column 8\",\
         \"field\":\"[0].y\",\"position\":{\"line\":1,\"column\":8}",
    );
    problem(
        client.get("/page?page=x"),
        400,
        ",\"detail\":\"the query's `page` does not fit: invalid digit found in string\",\"field\":\"page\"",
    );
    problem(client.get("/missing"), 404, "");
    problem(client.get("/nowhere"), 404, "");
    problem(client.get("/teapot"), 418, "");
    client.send("POST /page HTTP/1.1\r\nHost: test\r\nContent-Length: 0\r\n\r\n");
    let answer = client.answer();
    assert_eq!(answer.header("allow"), Some("GET, HEAD, OPTIONS"));
    problem(answer, 405, "");
    problem(client.get("/panic"), 500, ",\"detail\":\"the handler failed\"");
}

#[handler(GET, "/who")]
fn whoami(ConnectInfo(peer): ConnectInfo) -> String {
    peer.to_string()
}

fn the_peers_address_is_the_clients_own(runtime: Strategy) {
    #[handler(GET, "/pool")]
    async fn later(peer: Option<ConnectInfo>, body: Option<Bytes>) -> String {
        assert!(body.is_none());
        peer.map_or_else(|| "unknown".to_owned(), |ConnectInfo(peer)| peer.to_string())
    }
    #[handler(GET, "/blocking", blocking)]
    fn blocking(ConnectInfo(peer): ConnectInfo) -> String {
        peer.to_string()
    }
    let server = Server::start(runtime, routes![whoami, later, blocking]);
    for path in ["/who", "/pool", "/blocking", "/who"] {
        let mut client = server.connect();
        let own = client.stream().local_addr().unwrap().to_string();
        client.send(format!("GET {path} HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n"));
        assert_eq!(client.answer().ok(), own, "{path}");
    }
}

fn changed_cookies_are_sent(runtime: Strategy) {
    #[handler(GET, "/visit")]
    fn visit(cookies: Cookies) -> (Cookies, String) {
        let visits = cookies.get("visits").and_then(|cookie| cookie.value().parse().ok()).unwrap_or(0) + 1;
        (cookies.add(("visits", visits.to_string())).add(("b", "x y")), visits.to_string())
    }
    let server = Server::start(runtime, visit);
    let mut client = server.connect();
    client.send("GET /visit HTTP/1.1\r\nHost: test\r\nCookie: a=1; visits=7\r\n\r\n");
    let answer = client.answer();
    assert_eq!(answer.ok(), "8");
    let set: Vec<_> = answer.headers.iter().filter(|(name, _)| name == "set-cookie").collect();
    let set: Vec<_> = set.iter().map(|(_, value)| value.as_str()).collect();
    assert_eq!(set, ["b=x%20y", "visits=8"]);
}

fn a_state_that_nobody_provides_is_an_error_at_the_start(runtime: Strategy) {
    let listener = polyserve::bind("127.0.0.1:0").unwrap();
    let app = routes![state, maybe_state].with_state(1u8);
    let error =
        (runtime.serve)(listener, std::sync::Arc::new(app), Default::default()).unwrap_err().to_string();
    let meta = state.meta().unwrap();
    for part in [&meta.to_string(), "State<", "Greeting>`", ".with_state(..)"] {
        assert!(error.contains(part), "{error}");
    }
    assert!(meta.to_string().starts_with("state (tests/it/extractors.rs:"), "{meta}");
}
