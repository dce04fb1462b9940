use crate::wire::*;
use http::Method;
use polyserve_core::{
    Handler, HandlerExt, Meta, Reply, Request, RouteList, Router, Start, extract::PathParams, handler_fn,
    routes,
};

/// A handler that says its name and what its path's parameters were.
pub(crate) fn named(name: &'static str) -> impl Handler {
    handler_fn(move |request| {
        let params = request.extensions().get::<PathParams>();
        let params: Vec<_> = params
            .into_iter()
            .flat_map(PathParams::iter)
            .map(|(key, value)| format!(" {key}={value}"))
            .collect();
        Reply::from(format!("{name}{}", params.concat()))
    })
}

fn routes() -> Router {
    Router::new()
        .development_404(false)
        .route(Method::GET, "/", named("root"))
        .route(Method::GET, "/users/{id}", named("show"))
        .route(Method::DELETE, "/users/{id}", named("delete"))
        .route(Method::GET, "/users/me", named("me"))
        .route(Method::GET, "/users/{id}/posts/{post}", named("post"))
        .route(Method::GET, "/files/{*rest}", named("files"))
        .route(Method::OPTIONS, "/own", named("own options"))
        .route(Method::HEAD, "/own", named("own head"))
}

/// Status and `Allow` and body of the answer.
pub(crate) fn ask(router: impl Handler, method: &str, target: &str) -> (u16, Option<String>, String) {
    let (text, _) = converse(router, format!("{method} {target} HTTP/1.1\r\nHost: a\r\n\r\n"));
    let allow = text.lines().find_map(|line| line.strip_prefix("Allow: ")).map(str::to_owned);
    let body = text.split_once("\r\n\r\n").unwrap().1;
    (text[9..12].parse().unwrap(), allow, body.to_owned())
}

#[test]
fn a_path_and_a_method_find_their_handler() {
    let rows = [
        ("GET", "/", "root"),
        ("GET", "/?query", "root"),
        ("GET", "/users/7", "show id=7"),
        ("DELETE", "/users/7", "delete id=7"),
        ("GET", "/users/me", "me"),
        ("GET", "/users/7/posts/9", "post id=7 post=9"),
        ("GET", "/users/a%20b%2Fc", "show id=a b/c"),
        ("GET", "/users/%C3%A4", "show id=\u{e4}"),
        ("GET", "/users/a+b", "show id=a+b"),
        ("GET", "/files/a/b.txt", "files rest=a/b.txt"),
        ("GET", "http://example.com/users/7", "show id=7"),
        ("OPTIONS", "/own", "own options"),
        ("GET", "/%75sers/%6d%65", "me"),
        ("GET", "/users/%2541", "show id=%41"),
        ("GET", "/users/a%2fb/posts/%2F", "post id=a/b post=/"),
        ("GET", "/files/a%2Fb/../c//", "files rest=a/b/../c//"),
        ("GET", "/users/me/posts/9", "post id=me post=9"),
    ];
    for (method, target, expected) in rows {
        assert_eq!(ask(routes(), method, target), (200, None, expected.to_owned()), "{method} {target}");
    }
}

#[test]
fn a_path_that_nobody_has_is_404() {
    for target in ["/nothing", "/users", "/users/", "/users/7/", "/files/", "/Users/7", "//"] {
        assert_eq!(ask(routes(), "GET", target), (404, None, "404 Not Found\n".to_owned()), "{target}");
    }
}

#[test]
fn a_method_that_the_path_does_not_have_is_405_and_told_which_it_has() {
    let rows = [
        ("POST", "/", "GET, HEAD, OPTIONS"),
        ("PUT", "/users/7", "GET, DELETE, HEAD, OPTIONS"),
        ("GET", "/own", "OPTIONS, HEAD"),
    ];
    for (method, target, allow) in rows {
        let expected = (405, Some(allow.to_owned()), "405 Method Not Allowed\n".to_owned());
        assert_eq!(ask(routes(), method, target), expected, "{method} {target}");
    }
}

#[test]
fn a_method_that_nothing_here_knows_is_501() {
    for method in ["get", "BREW"] {
        let expected = (501, None, "501 Not Implemented\n".to_owned());
        assert_eq!(ask(routes(), method, "/"), expected, "{method}");
    }
    let brews = || routes().route(Method::from_bytes(b"BREW").unwrap(), "/pot", named("pot"));
    assert_eq!(ask(brews(), "BREW", "/pot").2, "pot");
    assert_eq!(ask(brews(), "BREW", "/").0, 405, "another path has it");
}

#[test]
fn head_and_options_come_with_get() {
    assert_eq!(ask(routes(), "HEAD", "/users/7"), (200, None, String::new()));
    assert_eq!(ask(routes(), "OPTIONS", "/"), (204, Some("GET, HEAD, OPTIONS".to_owned()), String::new()));
    assert_eq!(ask(routes(), "OPTIONS", "*"), (204, None, String::new()));
    assert_eq!(ask(routes(), "OPTIONS", "/nothing").0, 404);
}

#[test]
fn a_parameter_that_is_not_utf_8_is_400() {
    let (status, _, body) = ask(routes(), "GET", "/users/%FF");
    assert_eq!(
        (status, &*body),
        (400, "400 Bad Request: the path's `id` is not UTF-8 once its percent-encoding is undone\n")
    );
}

#[test]
fn the_fallback_answers_what_is_left() {
    let router = || routes().fallback(named("fallback"));
    assert_eq!(ask(router(), "GET", "/nothing").2, "fallback");
    assert_eq!(ask(router(), "GET", "/users/7").2, "show id=7");
    assert_eq!(ask(router(), "POST", "/").0, 405, "a path that is there is not left");
}

#[test]
fn fields_are_read_when_any_handler_reads_them() {
    let silent = || known("silent", 1, Some(("GET", "/silent")));
    let loud = || handler_fn(|_| Reply::from("loud"));
    let rows = [
        (Router::new(), false),
        (routes![silent()].nest("/api", routes![silent()]), false),
        (routes![silent()].any("/loud", loud()), true),
        (routes![silent(), loud()], true),
        (routes![silent()].merge(Router::new().any("/loud", loud())), true),
        (routes![silent()].nest("/api", Router::new().nest("/v1", loud())), true),
        (routes![silent()].nest("/api", routes![silent()].with_state(1)), false),
        (routes![silent()].nest("/api", Router::new().any("/loud", loud()).with_state(1)), true),
    ];
    for (row, (router, reads)) in rows.into_iter().enumerate() {
        assert_eq!(router.reads_headers(), reads, "row {row}");
    }
}

pub(crate) struct Known(&'static Meta);

impl Handler for Known {
    fn call(&self, _: Request) -> Reply {
        Reply::from(self.0.name)
    }
    fn meta(&self) -> Option<&'static Meta> {
        Some(self.0)
    }
    fn reads_headers(&self) -> bool {
        false
    }
    fn check(&self, start: &mut Start) {
        if self.0.blocking {
            start.mistake("it cannot start");
        }
    }
}

pub(crate) fn known(name: &'static str, line: u32, route: Option<(&'static str, &'static str)>) -> Known {
    let mut meta = Meta::new(name, "app", "src/main.rs", line);
    meta.method = route.map(|(method, _)| method);
    meta.path = route.map(|(_, path)| path);
    Known(Box::leak(Box::new(meta)))
}

#[test]
fn handlers_are_mounted_where_they_say() {
    let router = routes![known("a", 1, Some(("GET", "/a"))), known("rest", 2, None)];
    assert!(Start::check(&router).is_ok());
    let routes: Vec<_> = router.routes().map(|route| (route.path, route.handler.unwrap().name)).collect();
    assert_eq!(routes, [(Some("/a".to_owned()), "a"), (None, "rest")]);
    assert_eq!(ask(router, "GET", "/a").2, "a");
}

#[test]
fn what_can_never_work_is_said_at_the_start_and_names_the_handlers() {
    let a = || known("a", 1, Some(("GET", "/same")));
    let rows = [
        (
            routes![a(), known("b", 2, Some(("GET", "/same")))],
            "a (src/main.rs:1) and b (src/main.rs:2) both answer GET /same",
        ),
        (
            routes![known("x", 1, None), known("y", 2, None)],
            "x (src/main.rs:1) and y (src/main.rs:2) both answer whatever",
        ),
        (Router::new().route(Method::GET, "relative", a()), "must start with `/`"),
        (Router::new().route(Method::GET, "/{open", a()), "a literal brace is doubled"),
        (
            Router::new().route(Method::GET, "/{a}", a()).route(Method::POST, "/{b}", known("b", 2, None)),
            "a (src/main.rs:1) at /{a} and b (src/main.rs:2) at /{b} are in each other's way: give the parameters the \
             same names in both, so that they are one path",
        ),
        (
            Router::new().route(Method::GET, "/x/{a}/{b}", a()).any("/x/{*rest}", known("b", 2, None)),
            "a (src/main.rs:1) at /x/{a}/{b} and b (src/main.rs:2) at /x/{*rest} are in each other's way: some \
             requests fit both equally well: change one of the paths",
        ),
        (
            Router::new().any("/{{x}}/{a}", a()).any("/{{x}}/{b}", known("b", 2, None)),
            "a (src/main.rs:1) at /{{x}}/{a} and b (src/main.rs:2) at /{{x}}/{b} are in each other's way: give the",
        ),
        (
            Router::new().any("/{{a}}", known("literal", 3, None)).any("/{a}", a()).any("/{b}", a()),
            "a (src/main.rs:1) at /{a} and a (src/main.rs:1) at /{b} are in each other's way",
        ),
        (Router::new().route(Method::GET, "/{a}{b}", a()), "a segment has one parameter at the most"),
        (Router::new().route(Method::GET, "/{*a}/b", a()), "must be the whole last segment"),
        (Router::new().route(Method::GET, "/{a}/{a}", a()), "it has `{a}` twice"),
        (Router::new().route(Method::GET, "/caf\u{e9}", a()), "write `%C3%A9` instead of 'é'"),
        (Router::new().any("/same", a()).any("/%73ame", a()), "both answer any method of /same"),
        (routes![known("z", 1, Some(("G T", "/")))], "`G T` is not an HTTP method"),
    ];
    for (router, expected) in rows {
        let error = Start::check(&router).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
    let router = routes![a(), known("b", 2, Some(("GET", "/same"))), known("z", 3, Some(("", "/")))];
    assert_eq!(Start::check(&router).unwrap_err().to_string().lines().count(), 2, "all mistakes at once");
    assert!(Start::check(&routes![a(), known("b", 2, Some(("POST", "/same")))]).is_ok());
}

#[test]
fn a_mounted_handlers_own_check_is_asked() {
    let mut meta = Meta::new("n", "app", "src/main.rs", 1);
    meta.blocking = true;
    let router = Router::new().route(Method::GET, "/", Known(Box::leak(Box::new(meta))));
    assert_eq!(Start::check(&router).unwrap_err().to_string(), "it cannot start");
}

#[test]
fn a_slash_at_the_end_makes_another_path() {
    let both =
        || routes().route(Method::GET, "/a", named("without")).route(Method::GET, "/a/", named("with"));
    assert_eq!(ask(both(), "GET", "/a").2, "without");
    assert_eq!(ask(both(), "GET", "/a/").2, "with");
    assert_eq!(ask(both(), "GET", "/a//").0, 404);
}

#[test]
fn any_answers_the_methods_that_nobody_else_has_there() {
    let router = || {
        routes().any("/any", named("any")).route(Method::GET, "/any", named("get")).any("/all", named("all"))
    };
    for (method, target, expected) in [
        ("GET", "/any", "get"),
        ("POST", "/any", "any"),
        ("OPTIONS", "/any", "any"),
        ("BREW", "/any", "any"),
        ("GET", "/all", "all"),
    ] {
        assert_eq!(ask(router(), method, target), (200, None, expected.to_owned()), "{method} {target}");
    }
    assert_eq!(ask(router(), "HEAD", "/all"), (200, None, String::new()));
}

#[test]
fn a_404_lists_the_routes_where_a_developer_looks() {
    let router = || {
        routes![known("show", 6, Some(("GET", "/users/{id}"))), known("rest", 12, None)]
            .merge(Router::new())
            .nest("/api", known("make", 123, Some(("DELETE", "/"))))
    };
    let list = "GET     /users/{id}  show  src/main.rs:6\n\
                DELETE  /api         make  src/main.rs:123\n\
                any     (otherwise)  rest  src/main.rs:12\n";
    assert_eq!(RouteList::of(&router()).to_string(), list);
    let router = || Router::new().nest("/api", known("make", 123, Some(("POST", "/"))));
    let expected = "404 Not Found: no route has the path /nothing. The routes are:\n\n\
                    POST  /api  make  src/main.rs:123\n\n\
                    Only debug builds tell this: see `Router::development_404`.\n";
    let answer = ask(router().development_404(true), "GET", "/nothing?secret");
    assert_eq!(answer, (404, None, expected.to_owned()));
    assert_eq!(ask(router().development_404(false), "GET", "/nothing").2, "404 Not Found\n");
    assert_eq!(ask(router(), "GET", "/nothing").2.contains("POST  /api"), cfg!(debug_assertions));
}

#[test]
fn a_path_without_the_parameter_that_the_handler_takes_is_a_mistake() {
    let show = || known("show", 6, Some(("GET", "/users/{id}/{*rest}")));
    let error =
        Start::check(&Router::new().route(Method::GET, "/other/{id}", show())).unwrap_err().to_string();
    assert_eq!(
        error,
        "show (src/main.rs:6) takes `rest` from its path, but is mounted at /other/{id}, which has no `{rest}`: \
         add it there, or mount the handler at its own path, /users/{id}/{*rest}"
    );
    let nowhere = Start::check(&Router::new().fallback(show())).unwrap_err().to_string();
    assert_eq!(nowhere.lines().count(), 2, "{nowhere}");
    assert!(nowhere.contains("is mounted as a fallback, which has no `{id}`"), "{nowhere}");
    assert!(Start::check(&Router::new().any("/x/{rest}/{id}", show())).is_ok());
}
