//! Handlers as services for somebody else's server: axum, hyper, or whatever speaks tower on tokio.

use crate::{
    Told,
    accept::TokioPool,
    hosted::{HostedBody, answer},
};
use bytes::Bytes;
use http_body::Body as HttpBody;
use polyserve_core::{App, Body, Handler, Limits, Start, StartError, Timeouts};
use polyserve_host::{StallWarning, SystemClock};
use std::{
    convert::Infallible,
    error::Error,
    fmt,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};
use tower_service::Service;

/// What a busy handler holds here, as the log says it.
const HELD: &str = "tokio worker";

/// Makes a [`tower::Service`](Service) of a handler: for `axum::Router::fallback_service`,
/// `hyper_util::service::TowerToHyperService`, or a stack of layers.
///
/// The service takes a request with any body, and is to be polled by tokio tasks: a handler's `sleep` is an entry
/// in tokio's timer wheel, and `#[handler(blocking)]` functions go to tokio's blocking pool. It is always ready and
/// never fails; a handler that panics is a 500. A handler with arguments from its path needs a router of
/// polyserve's around it, `routes![hello]`, to find them.
///
/// # Errors
/// When the handler can never work: two routes conflict, or a state is missing. A server of polyserve's reports the
/// same when it starts.
pub fn service(handler: impl Handler) -> Result<TokioService, StartError> {
    service_with(handler, ServiceOptions::default())
}

/// As [`service`], with settings.
///
/// # Errors
/// As [`service`].
pub fn service_with(handler: impl Handler, options: ServiceOptions) -> Result<TokioService, StartError> {
    Start::check(&handler)?;
    let mut app = App::new(handler, SystemClock::new()).with_pool(Arc::new(TokioPool));
    app.limits.body = options.body_limit;
    app.timeouts.handler = options.handler_timeout;
    if let Some(bound) = options.stall_warning.bound() {
        app = app.with_stall_warning(HELD, bound);
    }
    Ok(TokioService(Arc::new(app)))
}

/// Settings for [`service_with`]. All other bounds on a conversation are those of the server that hosts the service.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ServiceOptions {
    /// Bytes that an argument collects into memory; above it 413. Default 8 MiB, as [`Limits::body`].
    pub body_limit: u64,
    /// From the request head to the response head; then the handler is dropped and the answer is 503. Default 60 s,
    /// as [`Timeouts::handler`].
    pub handler_timeout: Duration,
    /// When a handler that holds a worker is reported. Default: after 50 ms, in debug builds.
    pub stall_warning: StallWarning,
}

impl Default for ServiceOptions {
    fn default() -> ServiceOptions {
        ServiceOptions {
            body_limit: Limits::default().body,
            handler_timeout: Timeouts::default().handler,
            stall_warning: StallWarning::default(),
        }
    }
}

/// A handler as a service. Clones share the handler.
#[derive(Clone)]
pub struct TokioService(Arc<App>);

impl<B> Service<http::Request<B>> for TokioService
where
    B: HttpBody<Data = Bytes, Error: Into<Box<dyn Error + Send + Sync>>> + Send + 'static,
{
    type Response = http::Response<HostedBody>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<B>) -> Self::Future {
        let app = self.0.clone();
        let request = request.map(|body| Body::new(body).with_collect_limit(app.limits.body));
        Box::pin(async move {
            Ok(match answer(&app, None, request, &Told::default()).await {
                Ok(response) => response,
                Err((status, message)) => {
                    app.reject(status, message).map(|body| HostedBody::new(body.into(), app, None, None))
                }
            })
        })
    }
}

impl fmt::Debug for TokioService {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("TokioService").field(&self.0.handler().meta()).finish()
    }
}
