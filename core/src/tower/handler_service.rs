//! A handler as the innermost service of a stack of layers.

use super::{BoxError, into_body};
use crate::{Body, Handler, Meta, Reply, Response, ambient};
use bytes::Bytes;
use http_body::Body as HttpBody;
use std::{
    convert::Infallible,
    fmt,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};
use tower_service::Service;

/// What a layer is put around: a handler as a service, always ready and without errors.
///
/// It takes any request body, because layers change them. It is to be polled inside a polyserve host, as
/// layers are that [`HandlerExt::layer`](crate::HandlerExt::layer) has put around a handler.
#[derive(Clone)]
pub struct HandlerService(Arc<dyn Handler>);

impl HandlerService {
    pub(super) fn new(handler: Arc<dyn Handler>) -> HandlerService {
        HandlerService(handler)
    }
}

impl<B> Service<http::Request<B>> for HandlerService
where
    B: HttpBody<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
{
    type Response = Response;
    type Error = Infallible;
    type Future = Answering;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<B>) -> Answering {
        ambient::set_called(self.0.meta());
        let reply = self.0.call(request.map(collected_within_the_limit));
        Answering { reply, called: ambient::called() }
    }
}

/// A layer's body knows nothing of the limit that the host has set on what is collected.
fn collected_within_the_limit<B>(body: B) -> Body
where
    B: HttpBody<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
{
    let limit = ambient::with(|ambient| ambient.app.limits.body);
    let body = into_body(body);
    match limit {
        Some(bytes) => body.with_collect_limit(bytes),
        None => body,
    }
}

/// The answer of a [`HandlerService`].
pub struct Answering {
    reply: Reply,
    /// Who answers: the log names the handler, not what is around it.
    called: Option<&'static Meta>,
}

impl Future for Answering {
    type Output = Result<Response, Infallible>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        ambient::set_called(self.called);
        Pin::new(&mut self.reply).poll(cx).map(Ok)
    }
}

impl fmt::Debug for HandlerService {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("HandlerService").field(&self.0.meta()).finish()
    }
}

impl fmt::Debug for Answering {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answering").field("reply", &self.reply).finish_non_exhaustive()
    }
}
