//! A tokio task for each connection: the tutorial's `asyncio/server.py`.
//!
//! Tasks read like threads and cost like entries of an event loop: a task that waits is a future that
//! somebody has promised to wake. tokio's workers poll the tasks that were woken, and steal them from each
//! other, so the server uses as many cores as it has workers. A handler that sleeps is an entry in tokio's
//! timer wheel; one that holds its thread holds a worker, and its place is the blocking pool:
//! `#[handler(blocking)]`, which is the tutorial's `asyncio/server_blocking.py`.
//!
//! The Rust path of this crate in the facade is `runtime::asynchronous`, because `async` is a keyword.

mod accept;
mod alarm;
mod conversation;
mod heard;
mod hosted;
mod server;
mod service;
mod turn;

use conversation::Conversation;
use heard::Heard;
use polyserve_core::App;
use polyserve_host::{Capabilities, Held, Strategy};
use std::{future::poll_fn, sync::Arc};

pub use accept::{BLOCKING_THREADS, Client, Stopped, run};
pub use alarm::Alarm;
pub use hosted::{HostedBody, Refusal, answer};
pub use service::{ServiceOptions, TokioService, service, service_with};
pub use turn::{Told, Turn};

#[doc(hidden)]
pub mod __private {
    //! What `tokio_server!` names.
    pub use polyserve_host::{Common, Result, common_settings};
}

const NAME: &str = "async";

/// What this runtime says of itself.
pub const STRATEGY: Strategy = Strategy {
    name: NAME,
    summary: "a tokio task per connection: a handler that sleeps is an entry in the timer wheel",
    tutorial: "asyncio/server.py",
    capabilities: Capabilities::new(Held::Nothing).with_blocking_pool().with_workers().with_tokio(),
    serve: SERVE,
};

tokio_server!(converse, "async worker", Ok::<_, polyserve_host::Error>);

/// Talks with one client until the conversation is over.
async fn converse(client: Client, app: Arc<App>, stopped: Stopped) {
    let mut conversation = Conversation::new(client, app);
    let mut stop = Some(Box::pin(stopped.clone().wait()));
    let mut heard = Heard::default();
    let reason = poll_fn(|cx| {
        if let Some(asked) = &mut stop
            && (!heard.by(cx) || stopped.has_begun_since())
            && heard.poll(asked.as_mut(), cx).is_ready()
        {
            stop = None;
            conversation.stop();
        }
        conversation.poll(cx)
    })
    .await;
    log::debug!("connection closed: {reason}");
}
