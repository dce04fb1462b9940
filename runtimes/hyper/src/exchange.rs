//! One request and its answer, between hyper's types and polyserve's.

use bytes::Bytes;
use http::{HeaderValue, StatusCode, header};
use http_body::{Body as HttpBody, Frame, SizeHint};
use hyper::body::Incoming;
use polyserve_async::Alarm;
use polyserve_core::{App, Body, BodyError, Request, Response, Task};
use std::{
    convert::Infallible,
    future::poll_fn,
    net::SocketAddr,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Instant,
};

/// Answers one request with the app's handler.
pub(crate) async fn exchange(
    app: Arc<App>,
    peer: SocketAddr,
    request: http::Request<Incoming>,
) -> Result<http::Response<Hosted<Body>>, Infallible> {
    let request = request.map(|body| Body::new(body).with_collect_limit(app.limits.body));
    let response = match answer(&app, peer, request).await {
        Ok(response) => without_connection_fields(response),
        Err((status, message)) => last(app.reject(status, message)),
    };
    Ok(response.map(|body| Hosted::new(body, Task::new(app).with_peer(peer))))
}

async fn answer(
    app: &Arc<App>,
    peer: SocketAddr,
    request: Request,
) -> Result<Response, (StatusCode, &'static str)> {
    const PANICKED: (StatusCode, &str) = (StatusCode::INTERNAL_SERVER_ERROR, "the handler failed");
    const TOO_SLOW: (StatusCode, &str) = (StatusCode::SERVICE_UNAVAILABLE, "the handler took too long");

    let deadline = Instant::now().checked_add(app.timeouts.handler);
    let task = Task::new(app.clone()).with_peer(peer);
    let called = catch_unwind(AssertUnwindSafe(|| task.call(request)));
    let (reply, called) = called.map_err(|_| {
        log::error!("a handler panicked");
        PANICKED
    })?;
    let name = || called.map_or_else(|| "a handler".to_owned(), ToString::to_string);
    let mut reply = Hosted::new(reply, task);
    poll_fn(|cx| {
        let polled = catch_unwind(AssertUnwindSafe(|| {
            reply.poll_with(deadline, cx, |reply, cx| app.poll(called, || Pin::new(reply).poll(cx)))
        }));
        match polled {
            Ok(Poll::Ready(response)) => Poll::Ready(Ok(response)),
            Ok(Poll::Pending) if deadline.is_some_and(|deadline| Instant::now() >= deadline) => {
                log::warn!("{} took too long and was dropped", name());
                Poll::Ready(Err(TOO_SLOW))
            }
            Ok(Poll::Pending) => Poll::Pending,
            Err(_) => {
                log::error!("{} panicked", name());
                Poll::Ready(Err(PANICKED))
            }
        }
    })
    .await
}

/// An answer of the host's own, which is the connection's last.
fn last(mut response: Response) -> Response {
    response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    response
}

/// A handler does not speak for the connection (RFC 9110 section 7.6.1); hyper frames the body itself.
fn without_connection_fields(mut response: Response) -> Response {
    let headers = response.headers_mut();
    for name in [header::CONNECTION, header::TRANSFER_ENCODING, header::UPGRADE] {
        headers.remove(name);
    }
    headers.remove("keep-alive");
    if response.body().size_hint().exact().is_some_and(|length| length > 0) {
        response.headers_mut().remove(header::CONTENT_LENGTH);
    }
    response
}

/// Something of the handler's that is polled inside its host: the reply, then the body of the answer.
pub(crate) struct Hosted<T> {
    inner: T,
    task: Task,
    alarm: Alarm,
}

impl<T> Hosted<T> {
    fn new(inner: T, task: Task) -> Hosted<T> {
        Hosted { inner, task, alarm: Alarm::default() }
    }

    /// Polls until it is ready or has to wait. A sleep inside it, or `deadline`, wakes this task by tokio's
    /// timer.
    fn poll_with<O>(
        &mut self,
        deadline: Option<Instant>,
        cx: &mut Context<'_>,
        mut poll: impl FnMut(&mut T, &mut Context<'_>) -> Poll<O>,
    ) -> Poll<O> {
        loop {
            let waker = cx.waker().clone();
            let inner = &mut self.inner;
            let now = Instant::now();
            if let Poll::Ready(output) = self.task.enter(now, &waker, || poll(inner, cx)) {
                return Poll::Ready(output);
            }
            if deadline.is_some_and(|deadline| now >= deadline) {
                return Poll::Pending;
            }
            let wake_at = self.task.wake_at().into_iter().chain(deadline).min();
            if self.alarm.poll(wake_at, cx).is_pending() {
                return Poll::Pending;
            }
        }
    }
}

impl HttpBody for Hosted<Body> {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        let polled = catch_unwind(AssertUnwindSafe(|| {
            self.poll_with(None, cx, |body, cx| Pin::new(body).poll_frame(cx))
        }));
        polled.unwrap_or_else(|_| {
            log::error!("a handler panicked in its answer's body");
            Poll::Ready(Some(Err(BodyError::source("the handler panicked"))))
        })
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}
