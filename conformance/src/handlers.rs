//! Handlers that several behaviours are shown with.

use crate::facade::handler;
use crate::{checkpoint::Checkpoint, state::State};

/// What others are answered meanwhile.
#[handler(GET, "/hello")]
pub fn hello() -> &'static str {
    "hello"
}

/// Waits until the checkpoint is opened.
#[handler(GET, "/wait")]
pub async fn wait(State(checkpoint): State<Checkpoint>) -> &'static str {
    checkpoint.pass().await;
    "waited"
}
