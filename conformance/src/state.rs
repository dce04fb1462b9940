//! How a `#[handler]` function, which captures nothing, gets hold of what its test made.

use crate::facade::{Handler, HandlerExt};

pub use crate::facade::State;

/// Lends `state` to every handler in `app`.
pub fn with<T: Clone + Send + Sync + 'static>(state: T, app: impl Handler) -> impl Handler {
    app.with_state(state)
}
