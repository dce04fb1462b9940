use crate::{
    logged::logged,
    wire::{GET, Peer, asynchronous, plain, post, seconds, without_dates},
};
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use http_body::{Body as HttpBody, Frame, SizeHint};
use http_body_util::{BodyExt, Full, Limited, StreamBody, combinators::BoxBody};
use polyserve_core::{
    Body, CloseReason, Handler, HandlerExt, IntoResponse, Meta, Rejection, Reply, Request, Response, Route,
    Router, Start, Want, handler_fn, time::sleep, tower::from_service,
};
use std::{
    convert::Infallible,
    error::Error,
    future::{Ready, ready},
    pin::Pin,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    task::{Context, Poll, Waker},
};
use tower_layer::layer_fn;
use tower_service::Service;

type BoxError = Box<dyn Error + Send + Sync>;
type Boxed<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// A service that is a function.
#[derive(Clone)]
struct Echo<F>(F);

impl<F, T> Service<Request> for Echo<F>
where
    F: Fn(Request) -> T,
{
    type Response = T;
    type Error = Infallible;
    type Future = Ready<Result<T, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request) -> Self::Future {
        ready(Ok((self.0)(request)))
    }
}

#[test]
fn a_service_answers_with_its_own_type_of_body() {
    let service = Echo(|request: Request| {
        http::Response::builder()
            .status(201)
            .body(Full::new(request.uri().path().to_owned().into_bytes().into()))
    });
    let service = Echo(move |request| (service.0)(request).unwrap());
    let mut peer = Peer::new(from_service::<_, Full<Bytes>>(service));
    peer.send("GET /path HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_eq!(peer.received(), "HTTP/1.1 201 Created\r\nContent-Length: 5\r\n\r\n/path");
}

/// Ready once the gate is open; a clone is not ready because its original was.
struct Gated {
    open: Arc<Mutex<(bool, Vec<Waker>)>>,
    seen: bool,
}

impl Clone for Gated {
    fn clone(&self) -> Gated {
        Gated { open: self.open.clone(), seen: false }
    }
}

impl Service<Request> for Gated {
    type Response = Response;
    type Error = Infallible;
    type Future = Ready<Result<Response, Infallible>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        let mut open = self.open.lock().unwrap();
        self.seen = open.0;
        if self.seen {
            return Poll::Ready(Ok(()));
        }
        open.1.push(cx.waker().clone());
        Poll::Pending
    }

    fn call(&mut self, _: Request) -> Self::Future {
        assert!(self.seen, "called before it was ready");
        ready(Ok("through".into_response()))
    }
}

#[test]
fn a_service_is_called_when_it_is_ready_and_not_before() {
    let open = Arc::<Mutex<(bool, Vec<Waker>)>>::default();
    let mut peer = Peer::new(from_service(Gated { open: open.clone(), seen: false }));
    assert_eq!(peer.send(GET), Want::Wake);
    assert_eq!(peer.received(), "");
    let wakers = {
        let mut open = open.lock().unwrap();
        open.0 = true;
        std::mem::take(&mut open.1)
    };
    wakers.into_iter().for_each(Waker::wake);
    assert_eq!(peer.run(), Want::Read);
    assert_eq!(peer.statuses(), [200]);
}

/// Fails, in one of two places.
#[derive(Clone)]
struct Failing {
    when_asked: bool,
}

impl Service<Request> for Failing {
    type Response = Response;
    type Error = &'static str;
    type Future = Boxed<Result<Response, &'static str>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), &'static str>> {
        Poll::Ready(if self.when_asked { Err("not today") } else { Ok(()) })
    }

    fn call(&mut self, _: Request) -> Self::Future {
        Box::pin(async {
            sleep(seconds(1)).await;
            Err("the database is away")
        })
    }
}

#[test]
fn an_error_is_a_500_and_the_log_says_whose() {
    logged();
    let line = line!() + 1;
    let mut peer = Peer::new(from_service(Failing { when_asked: false }));
    peer.send(GET);
    assert_eq!(peer.wait(seconds(1)), Want::Read);
    let answer = peer.received();
    assert!(answer.starts_with("HTTP/1.1 500 "), "{answer}");
    assert!(!answer.contains("database"), "{answer}");
    let place = format!("Failing ({}:{line})", file!());
    assert_eq!(logged(), [format!("a handler failed: {place} failed: the database is away")]);

    let mut peer = Peer::new(from_service(Failing { when_asked: true }));
    peer.send(GET);
    assert_eq!(peer.statuses(), [500]);
    let lines = logged();
    assert!(lines.len() == 1 && lines[0].ends_with("failed: not today"), "{lines:?}");
}

#[test]
fn a_service_that_panics_is_named_like_a_handler() {
    logged();
    let mut peer = Peer::new(from_service(Echo(|_| -> Response { panic!("a bug") })));
    peer.send(GET);
    assert_eq!(peer.statuses(), [500]);
    let lines = logged();
    assert!(
        lines.len() == 1 && lines[0].starts_with("Echo (") && lines[0].ends_with(") panicked"),
        "{lines:?}"
    );
}

/// A layer that counts, and gives both bodies types of its own.
#[derive(Clone)]
struct Wrapping<S> {
    inner: S,
    passed: Arc<AtomicUsize>,
}

impl<S> Service<Request> for Wrapping<S>
where
    S: Service<http::Request<Limited<Body>>, Response = Response, Error = Infallible>,
    S::Future: Send + 'static,
{
    type Response = http::Response<BoxBody<Bytes, BoxError>>;
    type Error = BoxError;
    type Future = Boxed<Result<Self::Response, BoxError>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.inner.poll_ready(cx).map_err(Into::into)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        self.passed.fetch_add(1, SeqCst);
        let answer = self.inner.call(request.map(|body| Limited::new(body, 4)));
        Box::pin(async move {
            let mut response = answer.await?;
            response.headers_mut().insert("x-passed", HeaderValue::from_static("yes"));
            Ok(response.map(|body| BoxBody::new(body.map_err(Into::into))))
        })
    }
}

fn wrapped(handler: impl Handler) -> (impl Handler, Arc<AtomicUsize>) {
    let passed = Arc::<AtomicUsize>::default();
    let count = passed.clone();
    let layer = layer_fn(move |inner| Wrapping { inner, passed: count.clone() });
    (handler.layer(layer), passed)
}

#[test]
fn a_layer_sees_the_request_and_the_answer() {
    let (handler, passed) = wrapped(plain("hello"));
    let mut peer = Peer::new(handler);
    peer.send(GET.repeat(2));
    assert_eq!(passed.load(SeqCst), 2);
    let answer = peer.received();
    assert_eq!(answer.matches("X-Passed: yes").count(), 2, "{answer}");
    // The length that the handler knew is known behind the layer.
    assert_eq!(answer.matches("Content-Length: 5").count(), 2, "{answer}");
}

/// Takes the body as an argument does.
fn collecting() -> impl Handler {
    asynchronous(|request: Request| async {
        match request.into_body().bytes().await {
            Ok(bytes) => bytes.into_response(),
            Err(error) => error.into_response(),
        }
    })
}

#[test]
fn a_bound_that_a_layer_puts_on_the_body_is_a_413() {
    let (handler, _) = wrapped(collecting());
    let mut peer = Peer::new(handler);
    peer.send(post("four"));
    peer.send(post("fives"));
    let answers = peer.received();
    assert!(answers.contains("four") && answers.contains("HTTP/1.1 413 "), "{answers}");
}

#[test]
fn the_hosts_bound_on_bodies_holds_behind_a_layer() {
    let (handler, _) = wrapped(collecting());
    let mut peer = Peer::with(handler, |app| app.limits.body = 3);
    peer.send(post("four"));
    assert_eq!(peer.statuses(), [413]);
}

#[test]
fn a_body_that_breaks_off_behind_a_layer_is_still_the_clients_mistake() {
    let (handler, _) = wrapped(collecting());
    let mut peer = Peer::new(handler);
    peer.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nfo");
    peer.close();
    assert_eq!(peer.statuses(), [400]);
}

#[test]
fn a_handler_sleeps_behind_a_layer_and_its_stream_does() {
    let (handler, _) = wrapped(asynchronous(|_| async {
        sleep(seconds(1)).await;
        Response::new(Body::stream(|mut out| async move {
            out.send("one").await;
            sleep(seconds(1)).await;
            out.send("two").await;
            Ok(())
        }))
    }));
    let mut peer = Peer::new(handler);
    assert_eq!(peer.send(GET), Want::Wake);
    assert_eq!(peer.wakes_in(), Some(seconds(1)));
    peer.wait(seconds(1));
    assert!(peer.received().ends_with("3\r\none\r\n"));
    peer.wait(seconds(1));
    assert_eq!(peer.received(), "3\r\ntwo\r\n0\r\n\r\n");
}

#[test]
fn trailers_pass_a_layer() {
    let (handler, _) = wrapped(handler_fn(|_| {
        let mut trailers = HeaderMap::new();
        trailers.insert(HeaderName::from_static("x-sum"), HeaderValue::from_static("7"));
        let frames = [Ok::<_, Infallible>(Frame::data(Bytes::from("data"))), Ok(Frame::trailers(trailers))];
        Reply::Ready(Response::new(Body::new(StreamBody::new(futures_util::stream::iter(frames)))))
    }));
    let mut peer = Peer::new(handler);
    peer.send(GET);
    let answer = peer.received();
    assert!(answer.ends_with("4\r\ndata\r\n0\r\nX-Sum: 7\r\n\r\n"), "{answer}");
}

#[test]
fn a_panic_behind_a_layer_is_a_500_and_ends_the_connection() {
    let (handler, _) = wrapped(handler_fn(|_| panic!("a bug")));
    let mut peer = Peer::new(handler);
    peer.send(GET);
    assert_eq!(peer.statuses(), [500]);
    assert_eq!(peer.close(), Want::Close(CloseReason::HandlerPanicked));
}

/// A body that is whole must stay so: it is what lets head and body leave in one write.
#[test]
fn a_layer_that_leaves_the_body_alone_costs_no_copy_and_no_chunks() {
    let handler = handler_fn(|request: Request| {
        let body = request.into_body();
        assert_eq!(format!("{body:?}"), "Body(4 bytes)");
        assert_eq!(body.size_hint().exact(), SizeHint::with_exact(4).exact());
        Reply::Ready(Response::new(body))
    });
    let mut peer = Peer::new(handler.layer(layer_fn(|service| service)));
    peer.send(post("four"));
    assert_eq!(peer.wire.writes, 1);
    assert_eq!(without_dates(&peer.wire.received), "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfour");
}

/// A handler that says something in every method of the trait.
struct Telling;

const META: Meta = {
    let mut meta = Meta::new("telling", "app", "src/main.rs", 3);
    meta.method = Some("GET");
    meta.path = Some("/told");
    meta
};

impl Handler for Telling {
    fn call(&self, _: Request) -> Reply {
        Reply::from("told")
    }

    fn meta(&self) -> Option<&'static Meta> {
        Some(&META)
    }

    fn check(&self, start: &mut Start) {
        start.mistake("it is not ready");
    }

    fn reject(&self, rejection: Rejection) -> Response {
        (rejection.status(), "in our own words").into_response()
    }
}

#[test]
fn what_a_handler_says_of_itself_it_says_behind_a_layer() {
    let (handler, passed) = wrapped(Telling);
    assert_eq!(handler.meta(), Some(&META));
    assert_eq!(handler.routes(), Telling.routes());
    assert_eq!(Start::check(&handler).unwrap_err().to_string(), "it is not ready");
    let mut peer = Peer::new(handler);
    peer.send("GET / HTTP/1.1\r\n\r\n");
    let answer = peer.received();
    assert!(answer.starts_with("HTTP/1.1 400 ") && answer.ends_with("in our own words"), "{answer}");
    assert_eq!(passed.load(SeqCst), 0);
}

#[test]
fn a_handler_in_a_layer_is_mounted_at_its_own_route() {
    let router = Router::new().mount(wrapped(Telling).0);
    let routes: Vec<Route> = router.routes().collect();
    assert_eq!(routes.len(), 1);
    assert_eq!((&routes[0].method, routes[0].path.as_deref()), (&Some(Method::GET), Some("/told")));
    let mut peer = Peer::new(router);
    peer.send("GET /told HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_eq!(peer.statuses(), [200, 404]);
}

#[test]
fn a_service_without_a_route_answers_what_is_left() {
    let router =
        Router::new().mount(Telling).mount(from_service(Echo(|_| Response::new(Body::from("the service")))));
    let mut peer = Peer::new(router);
    peer.send(GET);
    assert!(peer.received().ends_with("the service"));
}

#[test]
fn the_layer_that_is_put_last_sees_the_request_first() {
    let seen = Arc::<Mutex<Vec<&'static str>>>::default();
    let noting = |name: &'static str| {
        let seen = seen.clone();
        layer_fn(move |inner| {
            let seen = seen.clone();
            Noting { inner, name, seen }
        })
    };
    let mut peer = Peer::new(plain("hello").layer(noting("inner")).layer(noting("outer")));
    peer.send(GET);
    assert_eq!(peer.statuses(), [StatusCode::OK.as_u16()]);
    assert_eq!(*seen.lock().unwrap(), ["outer", "inner"]);
}

#[derive(Clone)]
struct Noting<S> {
    inner: S,
    name: &'static str,
    seen: Arc<Mutex<Vec<&'static str>>>,
}

impl<S: Service<Request>> Service<Request> for Noting<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request) -> S::Future {
        self.seen.lock().unwrap().push(self.name);
        self.inner.call(request)
    }
}
