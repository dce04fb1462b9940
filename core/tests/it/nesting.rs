use crate::router::{ask, known, named};
use http::Method;
use polyserve_core::{Handler, HandlerExt, Next, Reply, Request, Router, Start, handler_fn, routes};

/// A handler that says which URI it sees.
fn uri() -> impl Handler {
    handler_fn(|request| Reply::from(request.uri().to_string()))
}

fn unchanged(request: Request, next: Next) -> Reply {
    next.run(request).map(|response| ([("x-wrapped", "yes")], response))
}

fn inner() -> Router {
    Router::new()
        .route(Method::GET, "/", named("index"))
        .route(Method::GET, "/items/{item}", named("item"))
        .route(Method::POST, "/items/{item}", named("change"))
        .route(Method::GET, "/uri", uri())
        .nest("/deep/{depth}", Router::new().route(Method::GET, "/x/{x}", named("deep")))
}

/// A router as it is, and one that only a middleware knows the inside of: nothing but the route there may differ.
fn both_ways(mount: impl Fn(Router, Box<dyn Handler>) -> Router, inner: fn() -> Router) -> [Router; 2] {
    let outer = || Router::new().development_404(false).route(Method::GET, "/items/{item}", named("outer"));
    let opaque = mount(outer(), Box::new(inner().wrap(unchanged)));
    // A box is opaque as well, and needs no middleware.
    let boxed = mount(outer(), Box::new(inner()));
    [opaque, boxed]
}

fn rows_hold(router: impl Fn() -> Router, rows: &[(&str, &str, u16, &str)]) {
    assert_eq!(Start::check(&router()), Ok(()));
    for (method, target, status, body) in rows {
        let answer = ask(router(), method, target);
        assert_eq!((answer.0, &*answer.2), (*status, *body), "{method} {target}");
    }
}

const UNDER_A_PREFIX: &[(&str, &str, u16, &str)] = &[
    ("GET", "/t/7", 200, "index tenant=7"),
    ("GET", "/t/7/", 404, "404 Not Found\n"),
    ("GET", "/t", 404, "404 Not Found\n"),
    ("GET", "/t/7/items/a%2Fb", 200, "item tenant=7 item=a/b"),
    ("GET", "/%74/7/items/1", 200, "item tenant=7 item=1"),
    ("POST", "/t/7/items/1", 200, "change tenant=7 item=1"),
    ("PUT", "/t/7/items/1", 405, "405 Method Not Allowed\n"),
    ("BREW", "/t/7/items/1", 501, "501 Not Implemented\n"),
    ("GET", "/items/1", 200, "outer item=1"),
    ("GET", "/t/7/uri?a=b", 200, "/t/7/uri?a=b"),
    ("GET", "/t/7/deep/2/x/3", 200, "deep tenant=7 depth=2 x=3"),
    ("GET", "/t/7/nothing", 404, "404 Not Found\n"),
];

#[test]
fn a_nested_router_answers_under_its_prefix() {
    let outer = || {
        Router::new()
            .development_404(false)
            .route(Method::GET, "/items/{item}", named("outer"))
            .nest("/t/{tenant}", inner())
    };
    rows_hold(outer, UNDER_A_PREFIX);
}

#[test]
fn a_nested_handler_with_routes_inside_answers_as_the_router_would() {
    for way in 0..2 {
        let outer = || {
            let [opaque, boxed] = both_ways(|outer, inner| outer.nest("/t/{tenant}", inner), inner);
            if way == 0 { opaque } else { boxed }
        };
        rows_hold(outer, UNDER_A_PREFIX);
    }
}

#[test]
fn a_handler_with_several_routes_is_mounted_at_each() {
    let outer = || Router::new().development_404(false).mount(inner().wrap(unchanged));
    let rows = [
        ("GET", "/", 200, "index"),
        ("GET", "/items/1", 200, "item item=1"),
        ("PUT", "/items/1", 405, "405 Method Not Allowed\n"),
        ("GET", "/deep/2/x/3", 200, "deep depth=2 x=3"),
        ("GET", "/nothing", 404, "404 Not Found\n"),
    ];
    rows_hold(outer, &rows);
    rows_hold(|| Router::new().development_404(false).mount(inner()), &rows);
    rows_hold(|| Router::new().development_404(false).merge(inner()), &rows);
}

fn with_fallback() -> Router {
    inner().fallback(named("left"))
}

#[test]
fn a_nested_fallback_answers_what_is_left_under_its_prefix() {
    let rows = [
        ("GET", "/t/7", 200, "index tenant=7"),
        ("GET", "/t/7/", 200, "left tenant=7"),
        ("BREW", "/t/7/a/b", 200, "left tenant=7"),
        ("GET", "/t/7/deep/2", 200, "left tenant=7"),
        ("PUT", "/t/7/items/1", 405, "405 Method Not Allowed\n"),
        ("GET", "/t", 404, "404 Not Found\n"),
        ("GET", "/t7/x", 404, "404 Not Found\n"),
    ];
    let flat = || Router::new().development_404(false).nest("/t/{tenant}", with_fallback());
    rows_hold(flat, &rows);
    for way in 0..2 {
        let outer = || {
            let [opaque, boxed] = both_ways(|outer, inner| outer.nest("/t/{tenant}", inner), with_fallback);
            if way == 0 { opaque } else { boxed }
        };
        rows_hold(outer, &rows);
    }
    let twice =
        || Router::new().development_404(false).nest("/a", flat().wrap(unchanged)).fallback(named("outer"));
    rows_hold(
        twice,
        &[
            ("GET", "/a/t/7/nothing", 200, "left tenant=7"),
            ("GET", "/a/t/7", 200, "index tenant=7"),
            ("GET", "/a/x", 200, "outer"),
        ],
    );
}

#[test]
fn a_router_as_the_fallback_looks_for_itself() {
    let outer = || Router::new().fallback(inner().development_404(false));
    rows_hold(outer, &[("GET", "/items/1", 200, "item item=1"), ("GET", "/x", 404, "404 Not Found\n")]);
    let nested = || Router::new().nest("/a", outer().wrap(unchanged));
    rows_hold(nested, &[("GET", "/a/items/1", 200, "item item=1"), ("GET", "/a/x", 404, "404 Not Found\n")]);
}

#[test]
fn a_plain_handler_is_nested_at_its_route_or_for_all_below() {
    let router = || {
        Router::new()
            .development_404(false)
            .nest("/api", known("hello", 1, Some(("GET", "/hello/{name}"))))
            .nest("/files/", named("files"))
            .nest("/", known("home", 2, Some(("GET", "/home"))))
    };
    rows_hold(
        router,
        &[
            ("GET", "/api/hello/you", 200, "hello"),
            ("GET", "/home", 200, "home"),
            ("GET", "/files/a/b", 200, "files"),
            ("GET", "/files/", 200, "files"),
            ("GET", "/filesystem", 404, "404 Not Found\n"),
        ],
    );
}

#[test]
fn the_slash_of_a_prefix_is_that_of_the_inner_root() {
    let at = |prefix| Router::new().development_404(false).nest(prefix, inner());
    rows_hold(|| at("/a"), &[("GET", "/a", 200, "index"), ("GET", "/a/", 404, "404 Not Found\n")]);
    rows_hold(
        || at("/a/"),
        &[
            ("GET", "/a/", 200, "index"),
            ("GET", "/a", 404, "404 Not Found\n"),
            ("GET", "/a/items/1", 200, "item item=1"),
        ],
    );
}

#[test]
fn nested_routes_are_listed_with_their_whole_path() {
    let inner = || routes![known("a", 1, Some(("GET", "/a"))), known("rest", 2, None)];
    let listed = |router: Router| -> Vec<_> {
        let line = |route: polyserve_core::Route| {
            (route.path.unwrap_or_default(), route.handler.unwrap().name, route.fallback)
        };
        router.routes().map(line).collect()
    };
    let expected = [("/api/v1/a".to_owned(), "a", false), ("/api/v1".to_owned(), "rest", true)];
    assert_eq!(listed(Router::new().nest("/api", Router::new().nest("/v1", inner()))), expected);
    assert_eq!(listed(Router::new().nest("/api/v1", inner().wrap(unchanged))), expected);
    assert_eq!(
        listed(Router::new().nest("/api", Router::new().nest("/v1", inner()).wrap(unchanged))),
        expected
    );
}

#[test]
fn what_is_in_the_way_of_a_nested_or_merged_route_is_named() {
    let a = || known("a", 1, Some(("GET", "/api/x")));
    let b = || known("b", 2, Some(("GET", "/x")));
    let rest = || known("rest", 3, None);
    let rows = [
        (routes![a()].nest("/api", b()), "a (src/main.rs:1) and b (src/main.rs:2) both answer GET /api/x"),
        (
            routes![a()].nest("/api", b().wrap(unchanged)),
            "a (src/main.rs:1) and b (src/main.rs:2) both answer GET",
        ),
        (routes![b()].merge(routes![b()]), "b (src/main.rs:2) and b (src/main.rs:2) both answer GET /x"),
        (
            Router::new().nest("/{x}", b()).nest("/{y}", rest()).nest("/{z}", rest()),
            "rest (src/main.rs:3) at /{y} and rest (src/main.rs:3) at /{z} are in each other's way",
        ),
        (
            Router::new().nest("/api", rest()).nest("/api", rest()),
            "both answer whatever no route claims under /api",
        ),
        (Router::new().nest("api", b()), "nothing can be nested under \"api\": it must start with `/`"),
        (Router::new().nest("/{*all}", b()), "only the last segment can take all that follows"),
        (
            Router::new().nest("/{id}", known("c", 4, Some(("GET", "/c/{id}")))),
            "c (src/main.rs:4): /c/{id} under /{id} has `{id}` twice",
        ),
    ];
    for (router, expected) in rows {
        let error = Start::check(&router).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
        assert_eq!(error.lines().count(), 1, "{error}");
    }
}

#[test]
fn a_prefix_may_bring_the_parameter_that_a_handler_takes() {
    let show = || known("show", 6, Some(("GET", "/users/{id}")));
    let inner = || Router::new().route(Method::GET, "/profile", show());
    assert!(Start::check(&inner()).is_err());
    assert_eq!(Start::check(&Router::new().nest("/{id}", inner())), Ok(()));
    assert_eq!(Start::check(&Router::new().nest("/{id}", inner().wrap(unchanged))), Ok(()));
    let wrong =
        Start::check(&Router::new().nest("/{other}", inner().wrap(unchanged))).unwrap_err().to_string();
    assert!(wrong.contains("mounted at /{other}/profile, which has no `{id}`"), "{wrong}");
    assert_eq!(wrong.lines().count(), 1, "{wrong}");
}
