use crate::{
    router::{known, named},
    wire::*,
};
use http::{Method, StatusCode};
use polyserve_core::{
    App, Handler, HandlerExt, IntoResponse, Meta, Next, Rejection, Reply, Request, Response, Router, Start,
    Task, handler_fn, routes, time::sleep,
};
use std::{
    sync::Arc,
    task::{Context, Waker},
    time::Instant,
};

fn request(target: &str) -> Request {
    http::Request::get(target).body(polyserve_core::Body::empty()).unwrap()
}

/// A plain middleware that leaves its mark.
fn marked(mark: &'static str) -> impl Fn(Request, Next) -> Reply + Send + Sync + 'static {
    move |mut request, next| {
        let before = request.headers().get("x-seen").map(|seen| seen.to_str().unwrap().to_owned());
        let seen = format!("{}{mark}", before.unwrap_or_default());
        request.headers_mut().insert("x-seen", seen.parse().unwrap());
        next.run(request).map(move |mut response| {
            response.headers_mut().append("x-mark", mark.parse().unwrap());
            response
        })
    }
}

/// An async middleware that takes a second before, and one after.
async fn slow(request: Request, next: Next) -> Response {
    sleep(seconds(1)).await;
    let response = next.run(request).await;
    sleep(seconds(1)).await;
    response
}

async fn guarded(request: Request, next: Next) -> Result<impl IntoResponse, Rejection> {
    if !request.headers().contains_key("authorization") {
        return Err(Rejection::new(StatusCode::UNAUTHORIZED, "say who you are"));
    }
    Ok(([("vary", "authorization")], next.run(request).await))
}

fn seen() -> impl Handler {
    handler_fn(|request| Reply::from(request.headers()["x-seen"].to_str().unwrap().to_owned()))
}

fn marks(response: &Response) -> Vec<&str> {
    response.headers().get_all("x-mark").iter().map(|mark| mark.to_str().unwrap()).collect()
}

#[test]
fn a_plain_middleware_around_a_plain_handler_boxes_no_future() {
    let Ok(response) = seen().wrap(marked("a")).wrap(marked("b")).call(request("/")).into_ready() else {
        panic!("something waits");
    };
    assert_eq!(marks(&response), ["a", "b"], "the innermost sees the response first");
}

#[test]
fn the_last_middleware_is_the_outermost() {
    let (text, _) = converse(seen().wrap(marked("a")).wrap(marked("b")), GET);
    assert!(text.ends_with("\r\n\r\nba"), "{text}");
}

#[test]
fn an_async_middleware_waits_before_and_after() {
    let mut peer = Peer::new(plain("hello").wrap(slow));
    assert_eq!(peer.send(GET), polyserve_core::Want::Wake);
    assert_eq!(peer.wait(seconds(1)), polyserve_core::Want::Wake);
    assert_eq!(peer.received(), "");
    peer.wait(seconds(1));
    assert!(peer.received().ends_with("\r\n\r\nhello"));
}

#[test]
fn a_plain_middleware_goes_on_when_the_handler_has_waited() {
    let waiting = asynchronous(|_| async {
        sleep(seconds(1)).await;
        "waited".into_response()
    });
    let mut peer = Peer::new(waiting.wrap(marked("m")));
    peer.send(GET);
    peer.wait(seconds(1));
    let text = peer.received();
    assert!(text.contains("X-Mark: m\r\n") && text.ends_with("waited"), "{text}");
}

#[test]
fn a_middleware_may_answer_itself() {
    let (text, _) = converse(plain("secret").wrap(guarded), GET);
    assert!(text.starts_with("HTTP/1.1 401 Unauthorized\r\n"), "{text}");
    assert!(text.ends_with("401 Unauthorized: say who you are\n"), "{text}");
    let (text, _) =
        converse(plain("secret").wrap(guarded), "GET / HTTP/1.1\r\nHost: a\r\nAuthorization: me\r\n\r\n");
    assert!(text.contains("Vary: authorization\r\n") && text.ends_with("secret"), "{text}");
}

#[test]
fn a_wrapped_handler_keeps_what_is_known_of_it() {
    let wrapped = || known("hello", 6, Some(("GET", "/hello"))).wrap(marked("m"));
    assert_eq!(wrapped().meta().unwrap().name, "hello");
    let router = routes![wrapped(), named("rest")];
    assert_eq!(marks(&router.call(request("/hello")).into_ready().unwrap()), ["m"]);
    assert_eq!(marks(&router.call(request("/other")).into_ready().unwrap()), [""; 0]);

    struct Teapots;
    impl Handler for Teapots {
        fn call(&self, _: Request) -> Reply {
            Reply::from("")
        }
        fn check(&self, start: &mut Start) {
            start.mistake("no tea");
        }
        fn reject(&self, _: Rejection) -> Response {
            StatusCode::IM_A_TEAPOT.into_response()
        }
    }
    let wrapped = Teapots.wrap(marked("m")).wrap(slow);
    assert_eq!(Start::check(&wrapped).unwrap_err().to_string(), "no tea");
    assert_eq!(wrapped.reject(Rejection::new(StatusCode::BAD_REQUEST, "")).status(), 418);
}

#[test]
fn a_router_is_wrapped_with_its_404_and_mounted_for_its_routes_only() {
    let inner = || Router::new().route(Method::GET, "/a", named("a")).wrap(marked("m"));
    let mark_of = |handler: &dyn Handler, target: &str| {
        let response = handler.call(request(target)).into_ready().expect("nothing waits here");
        (response.status().as_u16(), marks(&response).len())
    };
    assert_eq!(mark_of(&inner(), "/nothing"), (404, 1));
    let outer = Router::new().mount(inner());
    assert_eq!(mark_of(&outer, "/a"), (200, 1));
    assert_eq!(mark_of(&outer, "/nothing"), (404, 0));
}

#[test]
fn a_panic_in_a_middleware_is_500() {
    fn broken(_: Request, _: Next) -> Reply {
        panic!("a test's panic")
    }
    async fn broken_later(request: Request, next: Next) -> Response {
        let _answer = next.run(request).await;
        panic!("a test's panic")
    }
    assert!(converse(plain("x").wrap(broken), GET).0.starts_with("HTTP/1.1 500 "));
    assert!(converse(plain("x").wrap(broken_later), GET).0.starts_with("HTTP/1.1 500 "));
}

#[test]
fn what_is_named_is_the_handler_that_the_router_found_behind_a_middleware_that_waited() {
    let clock = FakeClock::new();
    let router = routes![known("hello", 6, Some(("GET", "/hello")))].wrap(slow);
    let app = Arc::new(App::new(router, clock.clone()));
    let mut task = Task::new(app.clone());
    let mut cx = Context::from_waker(Waker::noop());
    let now = || -> Instant { polyserve_core::time::Clock::now(&clock) };
    let (mut reply, mut called) = task.enter(now(), Waker::noop(), || app.call(request("/hello")));
    let name = |called: Option<&'static Meta>| called.map(|meta| meta.name);
    assert_eq!(name(called), None, "the router has not been asked yet");
    let mut poll = |called: &mut Option<&'static Meta>| {
        task.enter(now(), Waker::noop(), || app.poll(called, || std::pin::Pin::new(&mut reply).poll(&mut cx)))
    };
    assert!(poll(&mut called).is_pending());
    clock.advance(seconds(1));
    assert!(poll(&mut called).is_pending());
    assert_eq!(name(called), Some("hello"));
    clock.advance(seconds(1));
    assert!(poll(&mut called).is_ready());
    assert_eq!(name(called), Some("hello"), "it stays known, whatever else ran on the thread");
}
