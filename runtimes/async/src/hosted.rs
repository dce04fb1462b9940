//! A handler, and the body of its answer, polled by somebody else's HTTP on tokio: what the hyper runtime and
//! [`service`](crate::service) have alike.

mod body;

use crate::{Alarm, Told, Turn};
use http::{HeaderMap, StatusCode, header};
use http_body::Body as _;
use polyserve_core::{App, Request, Response, Task};
use std::{
    future::poll_fn,
    net::SocketAddr,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Instant,
};

pub use body::HostedBody;

/// Why the host answers instead of the handler: the status, and a word for the client.
pub type Refusal = (StatusCode, &'static str);

/// Asks the app's handler, within the app's handler timeout, which does not run while the request's body tells that
/// the client is waited for. The answer says nothing about the connection, which is not the handler's.
///
/// # Errors
/// 500 when the handler panicked, 503 when it took too long; it was logged.
pub async fn answer(
    app: &Arc<App>,
    peer: Option<SocketAddr>,
    request: Request,
    told: &Told,
) -> Result<http::Response<HostedBody>, Refusal> {
    const PANICKED: Refusal = (StatusCode::INTERNAL_SERVER_ERROR, "the handler failed");
    const TOO_SLOW: Refusal = (StatusCode::SERVICE_UNAVAILABLE, "the handler took too long");

    let task = task(app, peer);
    let whole_time = || Instant::now().checked_add(app.timeouts.handler);
    let mut deadline = whole_time();
    let called = catch_unwind(AssertUnwindSafe(|| task.call(request)));
    let (reply, mut called) = called.map_err(|panic| {
        app.report_panic(&*panic);
        PANICKED
    })?;
    let mut reply = Hosted::new(reply, task);
    let response = poll_fn(|cx| {
        let polled = catch_unwind(AssertUnwindSafe(|| {
            reply.poll_with(cx, |reply, cx| {
                let polled = app.poll(&mut called, || Pin::new(reply).poll(cx));
                let mut turn = told.lock();
                match *turn {
                    Turn::Client => deadline = None,
                    Turn::Delivered => {
                        *turn = Turn::Handler;
                        deadline = whole_time();
                    }
                    Turn::Handler | Turn::Broken => deadline = deadline.or_else(whole_time),
                }
                (polled, deadline)
            })
        }));
        match polled {
            Ok(Poll::Ready(response)) => Poll::Ready(Ok(response)),
            Ok(Poll::Pending) if deadline.is_some_and(|deadline| Instant::now() >= deadline) => {
                let name = called.map_or_else(|| "a handler".to_owned(), ToString::to_string);
                log::warn!("{name} took too long and was dropped");
                Poll::Ready(Err(TOO_SLOW))
            }
            Ok(Poll::Pending) => Poll::Pending,
            Err(panic) => {
                app.report_panic(&*panic);
                Poll::Ready(Err(PANICKED))
            }
        }
    })
    .await?;
    Ok(without_connection_fields(response).map(|body| HostedBody::new(body, app.clone(), peer, called)))
}

/// What is around the handler while it is polled.
fn task(app: &Arc<App>, peer: Option<SocketAddr>) -> Task {
    let task = Task::new(app.clone());
    match peer {
        Some(peer) => task.with_peer(peer),
        None => task,
    }
}

/// A handler does not speak for the connection (RFC 9110 section 7.6.1); the host's HTTP frames the body itself.
fn without_connection_fields(mut response: Response) -> Response {
    let length = response.body().size_hint().exact();
    let headers: &mut HeaderMap = response.headers_mut();
    for name in [header::CONNECTION, header::TRANSFER_ENCODING, header::UPGRADE] {
        headers.remove(name);
    }
    headers.remove("keep-alive");
    if length.is_some_and(|length| length > 0) {
        headers.remove(header::CONTENT_LENGTH);
    }
    response
}

/// Something of the handler's that is polled inside its host: the reply, then the body of the answer.
struct Hosted<T> {
    inner: T,
    task: Task,
    alarm: Alarm,
}

impl<T> Hosted<T> {
    fn new(inner: T, task: Task) -> Hosted<T> {
        Hosted { inner, task, alarm: Alarm::default() }
    }

    /// Polls until it is ready or has to wait. A sleep inside it, or the deadline that `poll` tells, wakes this
    /// task by tokio's timer.
    fn poll_with<O>(
        &mut self,
        cx: &mut Context<'_>,
        mut poll: impl FnMut(&mut T, &mut Context<'_>) -> (Poll<O>, Option<Instant>),
    ) -> Poll<O> {
        loop {
            let waker = cx.waker().clone();
            let inner = &mut self.inner;
            let now = Instant::now();
            let (polled, deadline) = self.task.enter(now, &waker, || poll(inner, cx));
            if polled.is_ready() {
                return polled;
            }
            if deadline.is_some_and(|deadline| now >= deadline) {
                return Poll::Pending;
            }
            let wake_at = self.task.wake_at().into_iter().chain(deadline).min();
            if self.alarm.poll(wake_at, now, cx).is_pending() {
                return Poll::Pending;
            }
        }
    }
}
