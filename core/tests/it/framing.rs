use crate::wire::*;
use bytes::Bytes;
use http::{HeaderMap, StatusCode, header};
use http_body::{Body as HttpBody, Frame, SizeHint};
use http_body_util::{BodyExt, Full};
use polyserve_core::{Body, CloseReason, Handler, IntoResponse, Reply, Response, Want, handler_fn};
use std::{
    pin::Pin,
    task::{Context, Poll},
};

/// Answers with the request's body, collected.
fn mirror() -> impl Handler {
    asynchronous(
        |request| async move { Body::full(request.into_body().bytes().await.unwrap()).into_response() },
    )
}

fn streamed(parts: &'static [&'static str]) -> Response {
    Response::new(Body::stream(move |mut out| async move {
        for part in parts {
            out.send(*part).await;
        }
        Ok(())
    }))
}

#[test]
fn a_body_of_declared_length_ends_there() {
    let (text, _) = converse(mirror(), post("hello") + GET);
    assert_eq!(
        text,
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhelloHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
    );
}

#[test]
fn a_chunked_body_ends_with_its_empty_chunk() {
    let request = format!("{CHUNKED}3\r\nhel\r\n2;x=y\r\nlo\r\n0\r\n\r\n{GET}");
    let (text, _) = converse(mirror(), request);
    assert!(text.contains("\r\n\r\nhelloHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"), "{text}");
}

#[test]
fn a_stream_is_sent_chunked_to_http_1_1() {
    let (text, end) = converse(handler_fn(|_| Reply::Ready(streamed(&["one", "", "twelve bytes"]))), GET);
    assert_eq!(
        text,
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\nc\r\ntwelve bytes\r\n0\r\n\r\n"
    );
    assert_eq!(end, Want::Close(CloseReason::PeerClosed));
}

#[test]
fn a_stream_to_http_1_0_ends_with_the_connection() {
    let mut peer = Peer::new(handler_fn(|_| Reply::Ready(streamed(&["one", "two"]))));
    let want = peer.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    assert_eq!(peer.received(), "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nonetwo");
    assert_eq!(want, Want::Close(CloseReason::PeerAsked));
}

/// A body with a size hint of its own choice.
struct Hinted(Vec<&'static str>, SizeHint);

impl HttpBody for Hinted {
    type Data = Bytes;
    type Error = std::convert::Infallible;
    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        Poll::Ready(if self.0.is_empty() { None } else { Some(Ok(Frame::data(self.0.remove(0).into()))) })
    }
    fn size_hint(&self) -> SizeHint {
        self.1
    }
}

fn hinted(parts: &'static [&'static str], exact: u64) -> impl Handler {
    handler_fn(move |_| {
        let body = Body::new(Hinted(parts.to_vec(), SizeHint::with_exact(exact)));
        Reply::Ready(Response::new(body))
    })
}

#[test]
fn a_stream_that_knows_its_length_says_so() {
    let (text, _) = converse(hinted(&["one", "two"], 6), GET);
    assert_eq!(text, "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nonetwo");
}

#[test]
fn a_stream_that_breaks_its_word_ends_the_connection_without_a_whole_body() {
    for (parts, sent) in [(&["one", "two!"][..], "one"), (&["one"], "one"), (&[], "")] {
        let mut peer = Peer::new(hinted(parts, 6));
        let want = peer.send(format!("{GET}{GET}"));
        assert_eq!(peer.received(), format!("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n{sent}"));
        assert_eq!(want, Want::Close(CloseReason::AnswerFailed));
        assert!(!peer.half_closed, "a polite close would look like a whole answer");
    }
}

#[test]
fn a_length_that_the_handler_announces_is_kept_for_a_stream() {
    let with_length = |length: &'static str| {
        handler_fn(move |_| {
            let mut response = streamed(&["one"]);
            response.headers_mut().insert(header::CONTENT_LENGTH, length.parse().unwrap());
            Reply::Ready(response)
        })
    };
    assert_eq!(converse(with_length("3"), GET).0, "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\none");
    assert_eq!(converse(with_length("4"), GET).1, Want::Close(CloseReason::AnswerFailed));
    let (text, _) = converse(with_length("+3"), GET);
    assert!(text.contains("chunked") && !text.contains("Content-Length"), "not a number: {text}");
}

#[test]
fn the_answer_to_head_is_the_head_of_the_answer_to_get() {
    let head = GET.replace("GET", "HEAD");
    let rows: Vec<(Box<dyn Handler>, &str)> = vec![
        (Box::new(plain("hello")), "Content-Type: text/plain; charset=utf-8\r\nContent-Length: 5\r\n"),
        (Box::new(handler_fn(|_| Reply::Ready(streamed(&["x"])))), "Transfer-Encoding: chunked\r\n"),
        (Box::new(hinted(&["never polled, so never too long"], 2)), "Content-Length: 2\r\n"),
    ];
    for (handler, fields) in rows {
        let (text, end) = converse(handler, format!("{head}{head}"));
        assert_eq!(text, format!("HTTP/1.1 200 OK\r\n{fields}\r\n").repeat(2));
        assert_eq!(end, Want::Close(CloseReason::PeerClosed));
    }
}

#[test]
fn a_handler_that_answers_head_itself_may_announce_a_length() {
    let handler = handler_fn(|_| {
        let mut response = Response::default();
        response.headers_mut().insert(header::CONTENT_LENGTH, "1234".parse().unwrap());
        Reply::Ready(response)
    });
    let (text, _) = converse(handler, GET.replace("GET", "HEAD"));
    assert_eq!(text, "HTTP/1.1 200 OK\r\nContent-Length: 1234\r\n\r\n");
}

#[test]
fn statuses_without_content_send_none_and_the_connection_goes_on() {
    let rows = [
        (StatusCode::NO_CONTENT, "HTTP/1.1 204 No Content\r\n\r\n"),
        (StatusCode::NOT_MODIFIED, "HTTP/1.1 304 Not Modified\r\n\r\n"),
        (StatusCode::RESET_CONTENT, "HTTP/1.1 205 Reset Content\r\nContent-Length: 0\r\n\r\n"),
    ];
    for (status, expected) in rows {
        for body in [|| Body::from("not sent"), || Body::stream(|_| async { Err("not polled".into()) })] {
            let handler = handler_fn(move |_| Reply::from((status, body())));
            let (text, end) = converse(handler, format!("{GET}{GET}"));
            assert_eq!(text, expected.repeat(2));
            assert_eq!(end, Want::Close(CloseReason::PeerClosed));
        }
    }
}

#[test]
fn an_interim_status_is_no_answer() {
    let handler = handler_fn(|_| Reply::from(StatusCode::SWITCHING_PROTOCOLS));
    let mut peer = Peer::new(handler);
    peer.send(GET);
    assert_eq!(peer.statuses(), [500]);
    assert_eq!(peer.close(), Want::Close(CloseReason::AnswerFailed));
}

#[test]
fn trailers_follow_a_chunked_answer_and_end_it() {
    async fn trailers<E>() -> Option<Result<HeaderMap, E>> {
        let fields = [("x-sum", "15"), ("content-length", "15")];
        Some(Ok(fields
            .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
            .into_iter()
            .collect()))
    }
    let answer = || Response::new(Body::new(Full::new(Bytes::from("x")).with_trailers(trailers())));
    let unsized_answer =
        || Response::new(Body::new(streamed(&["hello"]).into_body().with_trailers(trailers())));
    let (text, _) = converse(handler_fn(move |_| Reply::Ready(unsized_answer())), GET);
    assert!(text.ends_with("5\r\nhello\r\n0\r\nX-Sum: 15\r\n\r\n"), "{text}");
    let (text, _) = converse(handler_fn(move |_| Reply::Ready(answer())), GET);
    assert!(text.ends_with("\r\n\r\nx"), "a body of known length has no place for trailers: {text}");
    let (text, _) = converse(handler_fn(move |_| Reply::Ready(unsized_answer())), "GET / HTTP/1.0\r\n\r\n");
    assert!(text.ends_with("\r\n\r\nhello"), "nor has one that ends with the connection: {text}");
}

#[test]
fn request_trailers_reach_the_handler_behind_the_data() {
    let request = format!("{CHUNKED}5\r\nhello\r\n0\r\nX-Sum: 15\r\n\r\n");
    for split in [0, CHUNKED.len(), CHUNKED.len() + 7, request.len() - 3] {
        let mut peer = Peer::new(asynchronous(|request| async move {
            let collected = request.into_body().collect().await.unwrap();
            let trailer = collected.trailers().unwrap()["x-sum"].clone();
            [trailer.as_bytes(), b" of ", &collected.to_bytes()].concat().into_response()
        }));
        peer.send(&request[..split]);
        peer.send(&request[split..]);
        assert!(peer.received().ends_with("15 of hello"), "split at {split}");
    }
}
