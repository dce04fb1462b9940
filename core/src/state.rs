//! What an application shares with its handlers.

use crate::{FromRequest, Handler, Meta, Rejection, Reply, Request, Start, extract::Extract};
use http::StatusCode;
use std::{any::type_name, fmt};

/// A value that the application has provided with [`with_state`](crate::HandlerExt::with_state): each request gets
/// a clone, so a large one is put into an `Arc`.
///
/// Whether somebody provides it is found out before the first request: serving a handler that takes a `State`
/// which nobody around it provides is an error that names the handler, its file and line, and the type. An
/// `Option<State<T>>` is `None` instead.
///
/// Under a host that never asked ([`Start::check`]) such a handler answers 500, and the log names the type.
///
/// ```
/// use polyserve_core::{HandlerExt, Start, State};
/// use std::sync::{Arc, atomic::{AtomicU64, Ordering}};
/// # use polyserve_core::{FromRequest, Handler, Meta, Reply, Request};
///
/// #[derive(Clone, Default)]
/// struct Hits(Arc<AtomicU64>);
///
/// // #[handler]
/// fn count(State(hits): State<Hits>) -> String {
///     hits.0.fetch_add(1, Ordering::Relaxed).to_string()
/// }
/// # struct Count;
/// # impl Handler for Count {
/// #     fn call(&self, mut request: Request) -> Reply {
/// #         match State::<Hits>::from_request(&mut request) {
/// #             polyserve_core::extract::Extract::Ready(Ok(hits)) => Reply::from(count(hits)),
/// #             _ => unreachable!(),
/// #         }
/// #     }
/// #     fn check(&self, start: &mut Start) {
/// #         State::<Hits>::check(start, &Meta::new("count", "app", "src/main.rs", 7));
/// #     }
/// # }
/// # let count = Count;
/// # let refused = Start::check(&Count).unwrap_err().to_string();
/// # assert!(refused.starts_with("count (src/main.rs:7) takes `State<"), "{refused}");
///
/// let app = count.with_state(Hits::default());
/// assert!(Start::check(&app).is_ok());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct State<T>(pub T);

/// What stands in a request's extensions: a type of its own, so that nothing else there is taken for a state.
#[derive(Clone)]
struct Provided<T>(T);

impl<T: Clone + Send + Sync + 'static> FromRequest for State<T> {
    type Rejection = Rejection;
    const READS_HEADERS: bool = false;

    fn check(start: &mut Start, handler: &Meta) {
        start.needs::<T>(handler);
    }

    /// A handler that goes on without it does not need it.
    fn check_fallible(_start: &mut Start, _handler: &Meta) {}

    fn is_absent(request: &Request) -> bool {
        request.extensions().get::<Provided<T>>().is_none()
    }

    fn from_request(request: &mut Request) -> Extract<State<T>, Rejection> {
        let provided = request.extensions().get::<Provided<T>>();
        provided
            .map(|Provided(state)| State(state.clone()))
            .ok_or_else(|| {
                let name = type_name::<T>();
                log::error!(
                    "a handler takes `State<{name}>`, but nobody provides a `{name}`: add `.with_state(..)` to \
                     it or to the routes around it"
                );
                Rejection::new(StatusCode::INTERNAL_SERVER_ERROR, "")
            })
            .into()
    }
}

/// A handler that is provided with a state: [`with_state`](crate::HandlerExt::with_state) makes one. Of two states
/// of one type the inner one counts.
#[derive(Clone)]
pub struct WithState<H, T> {
    handler: H,
    state: T,
}

impl<H, T> WithState<H, T> {
    pub(crate) fn new(handler: H, state: T) -> WithState<H, T> {
        WithState { handler, state }
    }
}

impl<H: Handler, T: Clone + Send + Sync + 'static> Handler for WithState<H, T> {
    fn call(&self, mut request: Request) -> Reply {
        request.extensions_mut().insert(Provided(self.state.clone()));
        self.handler.call(request)
    }

    fn inner(&self) -> Option<&dyn Handler> {
        Some(&self.handler)
    }

    fn reads_headers(&self) -> bool {
        self.handler.reads_headers()
    }

    fn check(&self, start: &mut Start) {
        start.providing::<T>(|start| self.handler.check(start));
    }
}

impl<H: fmt::Debug, T> fmt::Debug for WithState<H, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WithState").field("handler", &self.handler).field("state", &type_name::<T>()).finish()
    }
}
