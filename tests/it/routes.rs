//! Which handler answers which path, and what is said where none does.

use crate::{handlers::hello, server::Server};
use polyserve::{
    Request, RouteList, Router, ServeOptions, Strategy, Uri, bind, extract::PathParams, handler, routes,
};
use std::sync::Arc;

on_every_runtime!(
    routers_in_routers_answer_under_their_prefix,
    a_fallback_answers_what_is_left_under_its_prefix,
    methods_are_answered_or_refused,
    an_encoded_slash_stays_in_its_segment,
    a_404_says_what_there_is_where_a_developer_looks,
    what_cannot_work_is_said_before_the_first_request,
);

/// All parameters of the path, and the path that the handler sees.
#[handler(GET, "/items/{item}")]
async fn item(item: String, request: Request) -> String {
    let params = request.extensions().get::<PathParams>();
    let params: Vec<_> = params.into_iter().flat_map(PathParams::iter).collect();
    format!("{item} {params:?} {}", request.uri())
}

#[handler(POST, "/items/{item}")]
fn change(item: String) -> String {
    format!("changed {item}")
}

#[handler]
fn rest(uri: Uri) -> String {
    format!("nothing at {}", uri.path())
}

fn app() -> Router {
    let tenant = routes![item, change, rest];
    routes![hello].nest("/tenants/{tenant}", tenant).any("/any", rest).development_404(false)
}

fn routers_in_routers_answer_under_their_prefix(runtime: Strategy) {
    let server = Server::start(runtime, app());
    assert_eq!(server.get("/hello").ok(), "hello");
    let expected = r#"a b [("tenant", "7"), ("item", "a b")] /tenants/7/items/a%20b?c=d"#;
    assert_eq!(server.get("/tenants/7/items/a%20b?c=d").ok(), expected);
}

fn a_fallback_answers_what_is_left_under_its_prefix(runtime: Strategy) {
    let server = Server::start(runtime, app());
    assert_eq!(server.get("/tenants/7/nothing").ok(), "nothing at /tenants/7/nothing");
    assert_eq!(server.get("/tenants/7").ok(), "nothing at /tenants/7");
    let outside = server.get("/nothing");
    assert_eq!((outside.status, outside.text()), (404, "404 Not Found\n"));
}

fn methods_are_answered_or_refused(runtime: Strategy) {
    let server = Server::start(runtime, app());
    let mut client = server.connect();
    let mut ask = |method: &str, path: &str| {
        client.send(format!("{method} {path} HTTP/1.1\r\nHost: test\r\nContent-Length: 0\r\n\r\n"));
        let answer = if method == "HEAD" { client.answer_to_head() } else { client.answer() };
        (answer.status, answer.header("allow").map(str::to_owned))
    };
    let allow = Some("GET, POST, HEAD, OPTIONS".to_owned());
    assert_eq!(ask("POST", "/tenants/7/items/1"), (200, None));
    assert_eq!(ask("HEAD", "/tenants/7/items/1"), (200, None));
    assert_eq!(ask("DELETE", "/tenants/7/items/1"), (405, allow.clone()));
    assert_eq!(ask("OPTIONS", "/tenants/7/items/1"), (204, allow));
    assert_eq!(ask("BREW", "/tenants/7/items/1"), (501, None));
    assert_eq!(ask("BREW", "/any"), (200, None));
}

fn an_encoded_slash_stays_in_its_segment(runtime: Strategy) {
    let server = Server::start(runtime, app());
    let expected = r#".. [("tenant", "7/8"), ("item", "..")] /tenants/7%2F8/%69tems/%2e%2E"#;
    assert_eq!(server.get("/tenants/7%2F8/%69tems/%2e%2E").ok(), expected);
}

fn a_404_says_what_there_is_where_a_developer_looks(runtime: Strategy) {
    let server = Server::start(runtime, app().development_404(true));
    let answer = server.get("/helo");
    let list = RouteList::of(&app());
    let expected = format!(
        "404 Not Found: no route has the path /helo. The routes are:\n\n{list}\n\
         Only debug builds tell this: see `Router::development_404`.\n"
    );
    assert_eq!((answer.status, answer.text()), (404, &*expected));
    assert_eq!(answer.header("content-type"), Some("text/plain; charset=utf-8"));
}

/// `serve` returns before it accepts anybody.
fn what_cannot_work_is_said_before_the_first_request(runtime: Strategy) {
    let app = routes![hello].merge(routes![hello]).nest("/a/{item}", item).any("/b", change);
    let listener = bind("127.0.0.1:0").unwrap();
    let error = (runtime.serve)(listener, Arc::new(app), ServeOptions::default()).unwrap_err().to_string();
    let lines: Vec<&str> = error.lines().collect();
    assert_eq!(lines.len(), 3, "{error}");
    assert!(lines[0].contains("both answer GET /hello: give one of them another path or method"), "{error}");
    assert!(lines[1].contains("has `{item}` twice"), "{error}");
    let place = format!("{} takes `item` from its path, but is mounted at /b", change::META);
    assert!(lines[2].starts_with(&place), "{error}");
}
