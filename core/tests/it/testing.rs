//! The test client: what it sends, what it reads, and how time passes in it.

use crate::wire::{asynchronous, plain, seconds};
use futures_util::future::join_all;
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use polyserve_core::{
    Body, CloseReason, Handler, HandlerExt, Next, Reply, Request, Response, Router, handler_fn, offload,
    testing::Client,
    time::{sleep, timeout},
};
use std::{
    fmt::Debug,
    future::{pending, poll_fn},
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering::SeqCst},
    },
    task::{Poll, Waker},
    thread,
    time::Duration,
};

/// Waits, and answers with a reply that waits as well.
#[expect(clippy::async_yields_async, reason = "that is what it is about")]
fn waits_twice() -> impl Handler {
    handler_fn(|_| {
        Reply::later(async {
            sleep(seconds(1)).await;
            Reply::later(async {
                sleep(seconds(2)).await;
                Reply::from("both")
            })
        })
    })
}

#[test]
fn a_reply_that_waits_again_is_waited_for_whoever_does_it() {
    let plain = Client::new(waits_twice());
    let awaited =
        Client::new(waits_twice().wrap(|request, next: Next| async move { next.run(request).await }));
    let mapped =
        Client::new(waits_twice().wrap(|request, next: Next| next.run(request).map(|response| response)));
    for client in [plain, awaited, mapped] {
        let answer = client.get("/").send();
        answer.assert_status(200).assert_header("content-type", "text/plain; charset=utf-8");
        assert_eq!((answer.text(), client.elapsed()), ("both", seconds(3)));
    }
}

/// Answers with what it was asked.
fn echo() -> impl Handler {
    asynchronous(|request: Request| async move {
        let (head, body) = request.into_parts();
        let body = match body.bytes().await {
            Ok(body) => String::from_utf8_lossy(&body).into_owned(),
            Err(error) => format!("<{error}>"),
        };
        let kind = head.headers.get("content-type").map_or("", |value| value.to_str().unwrap());
        Response::new(format!("{} {} {kind} {body}", head.method, head.uri).into())
    })
}

fn text(text: &'static str) -> Response {
    Response::new(text.into())
}

/// A value that is sent once, from wherever.
struct Letter(Mutex<(Option<&'static str>, Option<Waker>)>);

impl Letter {
    fn new() -> Arc<Letter> {
        Arc::new(Letter(Mutex::default()))
    }

    fn send(&self, text: &'static str) {
        let waker = {
            let mut state = self.0.lock().unwrap();
            state.0 = Some(text);
            state.1.take()
        };
        waker.into_iter().for_each(Waker::wake);
    }

    async fn received(self: Arc<Letter>) -> Response {
        poll_fn(|cx| {
            let mut state = self.0.lock().unwrap();
            state.1 = Some(cx.waker().clone());
            state.0.take().map_or(Poll::Pending, |letter| Poll::Ready(text(letter)))
        })
        .await
    }
}

/// Why `test` fails.
fn failure<T: Debug>(test: impl FnOnce() -> T) -> String {
    let panic = catch_unwind(AssertUnwindSafe(test)).unwrap_err();
    panic.downcast_ref::<String>().cloned().unwrap_or_else(|| (*panic.downcast_ref::<&str>().unwrap()).into())
}

#[test]
fn requests_are_what_they_were_made_of() {
    let client = Client::new(echo());
    client.get("/a").send().assert_text("GET /a  ");
    client.delete("/a?b=1").query(&[("c", "d e")]).send().assert_text("DELETE /a?b=1&c=d+e  ");
    client.post("/").body("abc").send().assert_text("POST /  abc");
    client.put("/").json(&[1, 2]).send().assert_text("PUT / application/json [1,2]");
    client
        .patch("/")
        .form(&[("a", "b c")])
        .send()
        .assert_text("PATCH / application/x-www-form-urlencoded a=b+c");
    client
        .head("/")
        .send()
        .assert_status(StatusCode::OK)
        .assert_header("content-length", "8")
        .assert_text("");
    assert_eq!(client.connections(), 1);
}

#[test]
fn ten_megabytes_come_through() {
    let client = Client::new(echo()).limits(|limits| limits.body = 20_000_000);
    let response = client.post("/").body("x".repeat(10_000_000)).send();
    assert_eq!(response.bytes().len(), 10_000_000 + "POST /  ".len());
}

#[test]
fn a_connection_is_used_again_unless_it_was_the_last_answer() {
    let client = Client::new(plain("hello")).limits(|limits| limits.requests = 2);
    let first = client.get("/").send();
    assert!(!first.is_the_last());
    assert!(client.get("/").send().is_the_last());
    assert_eq!(client.connections(), 1);
    client.get("/").header("connection", "close").send();
    client.get("/").send();
    assert_eq!(client.connections(), 3);
}

#[test]
fn a_kept_connection_meets_its_idle_timeout() {
    let client = Client::new(plain("hello"));
    client.get("/").send();
    client.advance(seconds(74));
    client.get("/").send();
    assert_eq!(client.connections(), 1);
    client.advance(seconds(76));
    client.get("/").send();
    assert_eq!(client.connections(), 2);
}

#[test]
fn sleeps_take_their_virtual_time_and_no_other() {
    let client = Client::new(asynchronous(|_| async {
        join_all([3, 1, 2].map(|hours| sleep(seconds(hours)))).await;
        let cut_short = timeout(seconds(4), sleep(seconds(50))).await;
        assert!(cut_short.is_err());
        text("slept")
    }));
    client.get("/").send().assert_text("slept");
    assert_eq!(client.elapsed(), seconds(7));
}

#[test]
fn a_handler_that_only_time_can_end_meets_its_timeout() {
    let client = Client::new(asynchronous(|_| pending()));
    client.get("/").send().assert_status(503);
    assert_eq!(client.elapsed(), seconds(60));
}

#[test]
fn a_handler_that_asks_again_and_again_meets_its_timeout() {
    let client = Client::new(asynchronous(|_| {
        poll_fn(|cx| {
            cx.waker().wake_by_ref();
            Poll::Pending
        })
    }))
    .timeouts(|timeouts| timeouts.handler = Duration::from_millis(5));
    client.get("/").send().assert_status(503);
}

/// It looks again and again, and is let alone meanwhile.
#[test]
fn a_handler_that_looks_for_something_of_the_tests_finds_it() {
    let found = Arc::new(AtomicBool::new(false));
    let client = Client::new(asynchronous({
        let found = found.clone();
        move |_| {
            let found = found.clone();
            poll_fn(move |cx| {
                cx.waker().wake_by_ref();
                if found.load(SeqCst) { Poll::Ready(text("found")) } else { Poll::Pending }
            })
        }
    }));
    let mut request = client.get("/").start();
    assert!(!request.is_answered());
    assert_eq!(client.elapsed(), Duration::ZERO);
    found.store(true, SeqCst);
    assert!(request.is_answered());
    request.response().assert_text("found");
}

#[test]
fn what_cannot_be_served_is_told_as_a_runtime_tells_it() {
    let twice = || Router::new().route(Method::GET, "/", plain("one")).route(Method::GET, "/", plain("two"));
    let error = Client::try_new(twice()).unwrap_err().to_string();
    let message = failure(|| Client::new(twice()));
    assert_eq!(message, format!("the handler cannot be served:\n{error}"));
}

#[test]
fn another_thread_is_waited_for_in_real_time() {
    let client = Client::new(asynchronous(|_| async {
        let letter = Letter::new();
        thread::spawn({
            let letter = letter.clone();
            move || letter.send("from a thread")
        });
        letter.received().await
    }));
    for _ in 0..100 {
        client.get("/").send().assert_text("from a thread");
    }
    assert_eq!(client.elapsed(), Duration::ZERO);
}

#[test]
fn what_never_comes_is_not_waited_for_without_end() {
    let letter = Letter::new();
    let handler = asynchronous({
        let letter = letter.clone();
        move |_| letter.clone().received()
    });
    let client = Client::new(handler).patience(Duration::from_millis(1));
    let message = failure(|| client.get("/never").send());
    assert!(message.contains("the answer to GET /never"), "{message}");
    assert!(message.contains("client.advance"), "{message}");

    // The test may be the one who wakes it, or who lets the time pass.
    let mut request = client.get("/").start();
    assert!(!request.is_answered());
    letter.send("woken");
    assert!(request.is_answered());
    request.response().assert_text("woken");
    let request = client.get("/").start();
    client.advance(seconds(60));
    request.response().assert_status(503);
}

#[test]
fn a_blocking_function_runs_in_place() {
    let client = Client::new(asynchronous(|_| async {
        let here = thread::current().id();
        text(if offload::run(move || thread::current().id() == here).await { "here" } else { "elsewhere" })
    }));
    client.get("/").send().assert_text("here");
}

#[test]
fn requests_together_share_the_clock() {
    let client = Client::new(asynchronous(|request: Request| async move {
        let nap: u64 = request.uri().path()[1..].parse().unwrap();
        sleep(seconds(nap)).await;
        Response::new(nap.to_string().into())
    }));
    let answers = client.together([3, 1, 2].map(|nap| client.get(&format!("/{nap}"))));
    let texts: Vec<&str> = answers.iter().map(|answer| answer.text()).collect();
    assert_eq!(texts, ["3", "1", "2"]);
    assert_eq!(client.elapsed(), seconds(3));
    assert_eq!(client.connections(), 3);
}

#[test]
fn a_body_in_pieces_reaches_the_handler_as_it_comes() {
    let client = Client::new(echo());
    let mut request = client.post("/").body_in_pieces().start();
    request.write("ab");
    request.write("");
    request.write("c");
    assert!(!request.is_answered());
    let mut trailers = HeaderMap::new();
    trailers.insert("x-sum", HeaderValue::from_static("3"));
    request.finish_with(&trailers);
    request.response().assert_text("POST /  abc");

    let mut request = client.post("/").header("content-length", "3").body_in_pieces().start();
    request.write("abc");
    request.finish();
    request.response().assert_text("POST /  abc");
    assert_eq!(client.connections(), 1);

    // Never finished: a client that stops sending.
    let mut request = client.post("/").body_in_pieces().start();
    request.write("ab");
    request.response().assert_status(408);
    assert_eq!(client.elapsed(), seconds(30));
}

#[test]
fn a_body_waits_for_100_continue_and_is_kept_back_from_a_refusal() {
    let client = Client::new(echo());
    let response = client.post("/").expect_continue().body("abc").send();
    assert_eq!(response.interim(), [StatusCode::CONTINUE]);
    response.assert_text("POST /  abc");

    let client = Client::new(plain("no, thanks"));
    let response = client.post("/").expect_continue().body("abc").send();
    assert!(response.interim().is_empty());
    response.assert_text("no, thanks");

    let client = Client::new(echo());
    let mut request = client.post("/").expect_continue().body_in_pieces().start();
    assert!(request.is_continued());
    request.write("abc");
    request.finish();
    request.response().assert_text("POST /  abc");
}

#[test]
fn an_endless_answer_is_read_piece_by_piece() {
    let client = Client::new(handler_fn(|_| {
        Reply::from(Body::stream(|mut out| async move {
            for number in 0_u64.. {
                out.send(number.to_string()).await;
            }
            Ok(())
        }))
    }));
    let mut request = client.get("/").start();
    assert_eq!(request.status(), StatusCode::OK);
    assert_eq!(request.headers()["transfer-encoding"], "chunked");
    for number in 0..100_000 {
        assert_eq!(request.next_chunk().unwrap(), number.to_string());
    }
    drop(request);
    // Who leaves does not disturb the others.
    assert_eq!(client.get("/").start().next_chunk().unwrap(), "0");
}

#[test]
fn a_client_that_does_not_read_holds_the_answer_back_and_is_given_up() {
    let client = Client::new(handler_fn(|_| {
        Reply::from(Body::stream(|mut out| async move {
            for _ in 0..1000 {
                out.send(vec![0_u8; 1000]).await;
            }
            Ok(())
        }))
    }));
    let socket = client.connect();
    socket.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    client.advance(seconds(31));
    assert_eq!(socket.close_reason(), Some(CloseReason::WriteTimeout));
    assert!(socket.read().len() < 200_000);
}

#[test]
fn an_answer_that_breaks_off_says_why() {
    let client = Client::new(handler_fn(|_| {
        Reply::from(Body::stream(|mut out| async move {
            out.send("half").await;
            sleep(seconds(1)).await;
            Err("the other half is gone".into())
        }))
    }));
    let mut request = client.get("/half").start();
    assert_eq!(request.next_chunk().unwrap(), "half");
    let error = request.try_next_chunk().unwrap_err();
    assert_eq!(error.close_reason(), Some(CloseReason::AnswerFailed));
    assert!(error.received().ends_with(b"half\r\n"));
    let message = failure(|| client.get("/half").send());
    assert!(message.contains("the answer to GET /half is none: it ended before its end"), "{message}");
}

#[test]
fn a_failed_assertion_shows_the_whole_answer() {
    let client = Client::new(handler_fn(|_| Reply::from((StatusCode::NOT_FOUND, "no such user\nsorry"))));
    let response = client.get("/users/7").send();
    let message = failure(|| response.assert_status(200));
    assert_eq!(
        message.lines().filter(|line| !line.contains("date: ")).collect::<Vec<_>>(),
        [
            "the status is not 200 OK in",
            "the answer to GET /users/7:",
            "    404 Not Found",
            "    content-type: text/plain; charset=utf-8",
            "    content-length: 18",
            "",
            "    no such user",
            "    sorry",
        ]
    );
    for message in [
        failure(|| response.assert_text("x")),
        failure(|| response.assert_contains("x")),
        failure(|| response.assert_header("content-type", "x")),
        failure(|| response.assert_no_header("content-type")),
        failure(|| response.assert_json(&1)),
        failure(|| response.json::<u8>()),
    ] {
        assert!(message.ends_with("    sorry"), "{message}");
    }
}

#[test]
fn a_mistake_in_a_request_is_told() {
    let client = Client::new(plain("hello"));
    let message = failure(|| client.get("/a b").send());
    assert!(message.contains("\"/a b\" cannot be a request target"), "{message}");
    let message = failure(|| client.get("/").header("a b", "c").send());
    assert!(message.contains("`a b` cannot name a header"), "{message}");
    let message = failure(|| client.get("/").header("a", "b\n").send());
    assert!(message.contains("the header `a` cannot have this value"), "{message}");
}

#[test]
fn bytes_are_sent_and_read_as_they_are() {
    let client = Client::new(plain("hello"));
    let answer = client.raw("GET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.0\r\n\r\n");
    assert_eq!(answer.windows(15).filter(|bytes| bytes == b"HTTP/1.1 200 OK").count(), 2);

    let socket = client.connect();
    socket.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    assert!(socket.read_some().ends_with(b"hello"));
    assert!(!socket.is_closed());
    assert_eq!(socket.read_to_end(), "");
    assert_eq!(socket.close_reason(), Some(CloseReason::IdleTimeout));
    assert_eq!(client.elapsed(), seconds(75));
}

#[test]
fn a_panic_is_a_500_as_everywhere() {
    let client = Client::new(handler_fn(|_| panic!("in the handler")));
    let response = client.get("/").send();
    response.assert_status(500);
    assert!(response.is_the_last());
}
