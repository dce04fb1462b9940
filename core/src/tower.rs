//! The bridge to [tower](https://docs.rs/tower): its services as handlers, its layers around handlers.
//!
//! Nothing of tower but its two traits is in here, and neither of them needs an executor: a service that waits
//! for its own wakers works on every runtime. One that waits for tokio's timer or sockets works on the
//! runtimes that run on tokio; on the others it is answered with 500, and the log says why.
//!
//! The third direction, a handler as a service for axum or hyper, needs a timer for the handler's sleeps, and
//! is `polyserve::tower::service`.

mod bodies;
mod handler_service;

use crate::{Handler, InternalError, IntoResponse, Meta, Reply, Request};
use bodies::into_body;
use bytes::Bytes;
use http_body::Body as HttpBody;
use std::{any::type_name, error::Error, fmt, future::poll_fn, panic::Location, sync::Arc};
use tower_layer::Layer;
use tower_service::Service;

pub use handler_service::{Answering, HandlerService};

/// What services and bodies may fail with.
pub(crate) type BoxError = Box<dyn Error + Send + Sync>;

/// Makes a handler of a [`tower::Service`](Service), such as an `axum::Router` or a
/// `tower_http::services::ServeDir`.
///
/// Every request gets a clone of the service, which is called when it says that it is ready; one that is not
/// ready makes its client wait. An error is answered with 500 and logged. Routes of the service's own are not in
/// route lists. The log names it by its type and by the line of this call; that name is kept for as long as the
/// program runs, so make handlers of services when it starts.
///
/// A service that is `Clone` but not `Sync` fits after `tower::util::BoxCloneSyncService::new(service)`.
///
/// ```
/// use polyserve_core::{Body, Request, Response, routes, tower::from_service};
/// # use std::{convert::Infallible, future::{Ready, ready}, task::{Context, Poll}};
/// # #[derive(Clone)]
/// # struct Hello;
/// # impl tower_service::Service<Request> for Hello {
/// #     type Response = Response;
/// #     type Error = Infallible;
/// #     type Future = Ready<Result<Response, Infallible>>;
/// #     fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> { Poll::Ready(Ok(())) }
/// #     fn call(&mut self, _: Request) -> Self::Future { ready(Ok(Response::new(Body::full("hello")))) }
/// # }
///
/// let app = routes![from_service(Hello)];
/// # drop(app);
/// ```
#[track_caller]
pub fn from_service<S, B>(service: S) -> FromService<S>
where
    S: Service<Request, Response = http::Response<B>, Error: Into<BoxError>, Future: Send>
        + Clone
        + Send
        + Sync
        + 'static,
    B: HttpBody<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
{
    FromService { service, meta: described::<S>(Location::caller()) }
}

/// What a log says of a service: its type's name, and where it was made a handler.
fn described<S>(place: &'static Location<'static>) -> &'static Meta {
    // Of `tower_http::services::fs::ServeDir<F>`, what a reader looks for is `ServeDir`.
    let full = type_name::<S>();
    let path = full.split('<').next().unwrap_or(full);
    let (module, name) = path.rsplit_once("::").unwrap_or(("", path));
    // A handler's description is `'static`, as the macro's are.
    Box::leak(Box::new(Meta::new(name, module, place.file(), place.line())))
}

/// The handler that [`from_service`] makes.
#[derive(Clone)]
pub struct FromService<S> {
    service: S,
    meta: &'static Meta,
}

impl<S, B> Handler for FromService<S>
where
    S: Service<Request, Response = http::Response<B>, Error: Into<BoxError>, Future: Send>
        + Clone
        + Send
        + Sync
        + 'static,
    B: HttpBody<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
{
    fn call(&self, request: Request) -> Reply {
        let meta = self.meta;
        answer(self.service.clone(), request, move |error| format!("{meta} failed: {error}"))
    }

    fn meta(&self) -> Option<&'static Meta> {
        Some(self.meta)
    }
}

/// The handler that [`HandlerExt::layer`](crate::HandlerExt::layer) makes.
#[derive(Clone)]
pub struct Layered<S> {
    service: S,
    inner: Arc<dyn Handler>,
}

impl<S> Layered<S> {
    pub(crate) fn new<L: Layer<HandlerService, Service = S>>(handler: impl Handler, layer: L) -> Layered<S> {
        let inner: Arc<dyn Handler> = Arc::new(handler);
        Layered { service: layer.layer(HandlerService::new(inner.clone())), inner }
    }
}

impl<S, B> Handler for Layered<S>
where
    S: Service<Request, Response = http::Response<B>, Error: Into<BoxError>, Future: Send>
        + Clone
        + Send
        + Sync
        + 'static,
    B: HttpBody<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
{
    fn call(&self, request: Request) -> Reply {
        let meta = self.inner.meta();
        let layer = type_name::<S>();
        answer(self.service.clone(), request, move |error| match meta {
            Some(meta) => format!("the layer {layer} around {meta} failed: {error}"),
            None => format!("the layer {layer} failed: {error}"),
        })
    }

    fn inner(&self) -> Option<&dyn Handler> {
        Some(&*self.inner)
    }
}

/// Waits until the service is ready, and then for its answer.
fn answer<S, B>(
    mut service: S,
    request: Request,
    failed: impl FnOnce(BoxError) -> String + Send + 'static,
) -> Reply
where
    S: Service<Request, Response = http::Response<B>, Error: Into<BoxError>, Future: Send> + Send + 'static,
    B: HttpBody<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
{
    Reply::pending(async move {
        if let Err(error) = poll_fn(|cx| service.poll_ready(cx)).await {
            return InternalError::new(failed(error.into())).into_response();
        }
        match service.call(request).await {
            Ok(response) => response.map(into_body),
            Err(error) => InternalError::new(failed(error.into())).into_response(),
        }
    })
}

impl<S> fmt::Debug for FromService<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FromService({})", self.meta)
    }
}

impl<S> fmt::Debug for Layered<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Layered").field("service", &type_name::<S>()).finish_non_exhaustive()
    }
}
