//! How a `#[handler]` function, which captures nothing, gets hold of what its test made.

use polyserve::{Handler, HandlerExt};

pub(crate) use polyserve::State;

/// Lends `state` to every handler in `app`.
pub(crate) fn with<T: Clone + Send + Sync + 'static>(state: T, app: impl Handler) -> impl Handler {
    app.with_state(state)
}
