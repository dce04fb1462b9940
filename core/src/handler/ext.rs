//! What can be added to any handler.

use super::{Handler, rejections::WithRejections};
use crate::{IntoResponse, Rejection, state::WithState};

/// Adds to a handler what those inside it rely on. One function, or a whole app of `routes![..]`.
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
}

impl<H: Handler> HandlerExt for H {}
