//! How a `#[handler]` function, which captures nothing, gets hold of what its test made.

use crate::facade::{FromRequest, Handler, Request, StatusCode, extract::Extract, handler_fn};

/// The argument of a handler that is served [`with`] a `T`.
pub struct State<T>(pub T);

/// Lends `state` to every handler in `app`.
pub fn with<T: Clone + Send + Sync + 'static>(state: T, app: impl Handler) -> impl Handler {
    handler_fn(move |mut request: Request| {
        request.extensions_mut().insert(state.clone());
        app.call(request)
    })
}

impl<T: Clone + Send + Sync + 'static> FromRequest for State<T> {
    type Rejection = StatusCode;

    fn from_request(request: &mut Request) -> Extract<State<T>, StatusCode> {
        let state = request.extensions().get::<T>().cloned();
        state.map(State).ok_or(StatusCode::INTERNAL_SERVER_ERROR).into()
    }
}
