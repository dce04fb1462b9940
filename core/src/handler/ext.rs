//! What can be added to any handler.

use super::{Handler, rejections::WithRejections};
use crate::{
    IntoResponse, Middleware, Rejection, Request, Wrapped,
    state::WithState,
    tower::{BoxError, HandlerService, Layered},
};
use bytes::Bytes;
use http_body::Body as HttpBody;
use tower_layer::Layer;
use tower_service::Service;

/// Adds to a handler what those inside it rely on, and puts around it what sees its requests and answers. One function, or a whole app of `routes![..]`.
pub trait HandlerExt: Handler + Sized {
    /// Provides a value to every handler inside that takes [`State<T>`](crate::State): each request gets a clone.
    /// Where two are of one type, the inner one counts.
    ///
    /// ```
    /// use polyserve_core::{HandlerExt, Reply, handler_fn, routes};
    /// use std::sync::Arc;
    ///
    /// #[derive(Clone)]
    /// struct Db(Arc<str>);
    ///
    /// # let hello = handler_fn(|_| Reply::from("hello"));
    /// let app = routes![hello].with_state(Db("postgres://localhost".into()));
    /// # drop(app);
    /// ```
    #[must_use]
    fn with_state<T: Clone + Send + Sync + 'static>(self, state: T) -> WithState<Self, T> {
        WithState::new(self, state)
    }

    /// Shapes every rejection that leaves this handler: those of its arguments, 404 and 405 of its routes, errors
    /// that were kept from the client, and the engine's own refusals (400, 408, 413, 431, 500 after a panic,
    /// 503). Without it they are plain text; [`problem_details`](crate::problem_details) is a shape that is ready
    /// made.
    ///
    /// The shape answers with a status of its own, or says nothing of it: what it makes with 200 is sent with the
    /// rejection's. Header fields of the rejection that the shape does not set (`Allow`, say) are kept, apart
    /// from those that describe its text. An answer that the handler has made itself is not touched. Where
    /// two shapes are one inside the other, the inner one counts, unless what it returns is itself a
    /// [`Rejection`].
    ///
    /// ```
    /// use polyserve_core::{HandlerExt, Html, Rejection, Reply, handler_fn, routes};
    ///
    /// fn page(rejection: &Rejection) -> Html<String> {
    ///     Html(format!("<h1>{}</h1>", rejection.status()))
    /// }
    ///
    /// # let hello = handler_fn(|_| Reply::from("hello"));
    /// let app = routes![hello].with_rejections(page);
    /// # drop(app);
    /// ```
    #[must_use]
    fn with_rejections<F, R>(self, shape: F) -> WithRejections<Self>
    where
        F: Fn(&Rejection) -> R + Send + Sync + 'static,
        R: IntoResponse,
    {
        WithRejections::new(self, shape)
    }

    /// Puts `middleware` around this handler, or around all that a router leads to.
    ///
    /// Of several, the one that is put around last is the outermost: it sees the request first and the response
    /// last. What is wrapped keeps its routes, so it is mounted as it would be without. A router that is served as it
    /// is has its 404s and 405s wrapped, too; mounted in another router, it is asked for its own routes only.
    ///
    /// Requests that never reach a handler, because they are malformed or too large, do not pass it.
    ///
    /// ```
    /// use polyserve_core::{HandlerExt, IntoResponse, Next, Reply, Request, Response, handler_fn};
    /// use http::StatusCode;
    ///
    /// /// Async: it may wait, here for the answer.
    /// async fn named(request: Request, next: Next) -> impl IntoResponse {
    ///     let response = next.run(request).await;
    ///     ([("server", "polyserve")], response)
    /// }
    ///
    /// /// Plain: it costs nothing more than its own work.
    /// fn guarded(request: Request, next: Next) -> Reply {
    ///     if !request.headers().contains_key("authorization") {
    ///         return Reply::from(StatusCode::UNAUTHORIZED);
    ///     }
    ///     next.run(request).map(|response| ([("vary", "authorization")], response))
    /// }
    ///
    /// let hello = handler_fn(|_| Reply::from("hello"));
    /// let app = hello.wrap(guarded).wrap(named); // `named` is around `guarded`
    /// # let _: &dyn polyserve_core::Handler = &app;
    /// ```
    #[must_use]
    fn wrap<M: Middleware>(self, middleware: M) -> Wrapped<M> {
        Wrapped::new(self, middleware)
    }

    /// Puts a [`tower::Layer`](Layer) around this handler, such as those of `tower_http`; the layer that is put
    /// last sees the request first.
    ///
    /// The name, the routes, the checks at start and the shape of rejections stay the handler's. What the
    /// server answers by itself, because a request is malformed or a handler has panicked, does not pass the
    /// layer. An error of the layer is answered with 500 and logged.
    ///
    /// ```
    /// use polyserve_core::{Handler, HandlerExt, Reply, handler_fn};
    /// use tower_layer::layer_fn;
    ///
    /// // A layer that changes nothing; `tower_http` has those that do.
    /// let app = handler_fn(|_| Reply::from("hello")).layer(layer_fn(|service| service));
    /// # let _: &dyn Handler = &app;
    /// ```
    #[must_use]
    fn layer<L, B>(self, layer: L) -> Layered<L::Service>
    where
        L: Layer<HandlerService>,
        L::Service: Service<Request, Response = http::Response<B>, Error: Into<BoxError>, Future: Send>
            + Clone
            + Send
            + Sync
            + 'static,
        B: HttpBody<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
    {
        Layered::new(self, layer)
    }
}

impl<H: Handler> HandlerExt for H {}
