use crate::wire::{Peer, converse};
use polyserve_core::{App, Body, Handler, IntoResponse, RawRequest, Reply, Request, Response, handler_fn};
use std::thread;

/// Tells all that it sees of a request.
fn mirror() -> impl Handler {
    handler_fn(|request| {
        Reply::pending(async move {
            let (head, body) = request.into_parts();
            let body = body.bytes().await;
            let fields: Vec<_> = head.headers.iter().collect();
            format!("{} {} {:?} {fields:?} {body:?}", head.method, head.uri, head.version).into_response()
        })
    })
}

/// What is answered on a thread that has served nothing yet.
fn at_first(request: &str) -> String {
    let request = request.to_owned();
    thread::spawn(move || converse(mirror(), request).0).join().unwrap()
}

const LINES: [&str; 12] = [
    "GET / HTTP/1.1",
    "GET /a/b?c=d HTTP/1.1",
    "HEAD /a HTTP/1.1",
    "POST /a HTTP/1.1",
    "DELETE /a HTTP/1.1",
    "GET /%41?%42 HTTP/1.1",
    "GET http://b/c HTTP/1.1",
    "OPTIONS * HTTP/1.1",
    "GET / HTTP/1.0",
    "BREW /pot HTTP/1.1",
    "GET /a#b HTTP/1.1",
    "GET  / HTTP/1.1",
];

const FIELDS: [&str; 11] = [
    "Host: a\r\n",
    "Host: a\r\nX-One: 1\r\nX-Two:  2 \r\n",
    "Host: a\r\nConnection: close\r\n",
    "Host: a\r\nConnection: keep-alive\r\n",
    "Host: a\r\nContent-Length: 5\r\n",
    "Host: a\r\nTransfer-Encoding: chunked\r\n",
    "Host: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n",
    "Host: a\r\nCookie: c=1\r\nAuthorization: Basic YTpi\r\n",
    "Host: a\r\nContent-Length: +5\r\n",
    "X-No: host\r\n",
    "",
];

#[test]
fn a_head_whose_fields_came_before_is_read_as_the_first_time() {
    let requests = LINES.iter().flat_map(|line| {
        FIELDS.iter().map(move |fields| {
            let body = if fields.contains("chunked") { "5\r\nhello\r\n0\r\n\r\n" } else { "hello" };
            let body = if fields.contains("-Encoding") || fields.contains("-Length") { body } else { "" };
            format!("{line}\r\n{fields}\r\n{body}")
        })
    });
    for request in requests {
        let first = at_first(&request);
        for time in 0..3 {
            let again = converse(mirror(), &request).0;
            assert_eq!(again, first, "{request:?}, again {time}");
        }
    }
}

#[test]
fn fields_that_came_before_meet_the_limits_of_this_app() {
    let request = "GET / HTTP/1.1\r\nHost: a\r\nX-A: 1\r\nX-B: 2\r\n\r\n";
    let statuses = |limit: fn(&mut App)| {
        let mut peer = Peer::with(mirror(), limit);
        peer.send(request);
        peer.statuses()
    };
    assert_eq!(statuses(|_| {}), [200]);
    assert_eq!(statuses(|app| app.limits.headers = 2), [431]);
    assert_eq!(statuses(|app| app.limits.head = 40), [431]);
    assert_eq!(statuses(|app| app.limits.target = 0), [414]);
    assert_eq!(statuses(|_| {}), [200]);
}

#[test]
fn many_kinds_of_clients_in_turns_are_told_apart() {
    let mut peer = Peer::new(mirror());
    for round in 0..3 {
        for client in 0..20 {
            peer.send(format!("GET /{round} HTTP/1.1\r\nHost: a\r\nX-Client: {client}\r\n\r\n"));
            let received = peer.received();
            assert!(received.contains(&format!("GET /{round} ")), "{received}");
            assert!(received.contains(&format!("\"x-client\", \"{client}\"")), "{received}");
        }
    }
}

#[test]
fn an_answer_that_is_only_a_body_is_sent_as_its_response_would_be() {
    for body in ["a body", "", &"long ".repeat(10_000)] {
        for request in REQUESTS {
            let (full, response) = (body.to_owned(), body.to_owned());
            let full = converse(handler_fn(move |_| Reply::from(full.clone())), request);
            let response =
                converse(handler_fn(move |_| Reply::Ready(response.clone().into_response())), request);
            assert_eq!(full, response, "{request:?}");
        }
    }
}

/// Looks at nothing of its requests, not even when one is made.
struct Blind<F>(F);

impl<F: Fn() -> Reply + Send + Sync + 'static> Handler for Blind<F> {
    fn call(&self, _: Request) -> Reply {
        (self.0)()
    }

    fn call_raw(&self, _: RawRequest<'_>) -> Reply {
        (self.0)()
    }
}

#[test]
fn a_request_that_was_never_made_is_answered_as_one_that_nobody_read() {
    let answers: [fn() -> Reply; 4] = [
        || Reply::from("a body"),
        || {
            Reply::Ready(Response::new(Body::stream(|mut out| async move {
                out.send("a stream").await;
                Ok(())
            })))
        },
        || Reply::pending(async { "later".into_response() }),
        || panic!("a bug"),
    ];
    for answer in answers {
        for request in REQUESTS {
            let blind = converse(Blind(answer), request);
            assert_eq!(blind, converse(handler_fn(move |_| answer()), request), "{request:?}");
        }
    }
}

const REQUESTS: [&str; 9] = [
    "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
    "HEAD / HTTP/1.1\r\nHost: a\r\n\r\n",
    "GET / HTTP/1.0\r\n\r\n",
    "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\nunread",
    "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n",
    "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhelloGET / HTTP/1.1\r\nHost: a\r\n\r\n",
];
