//! Handlers that several behaviours are shown with.

use crate::{checkpoint::Checkpoint, state::State};
use polyserve::handler;

/// What others are answered meanwhile.
#[handler(GET, "/hello")]
pub(crate) fn hello() -> &'static str {
    "hello"
}

/// Waits until the checkpoint is opened.
#[handler(GET, "/wait")]
pub(crate) async fn wait(State(checkpoint): State<Checkpoint>) -> &'static str {
    checkpoint.pass().await;
    "waited"
}
