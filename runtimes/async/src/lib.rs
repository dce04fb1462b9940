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
mod hosted;
mod server;
mod service;
mod turn;

use conversation::Conversation;
use polyserve_core::App;
use polyserve_host::{Capabilities, Held, Strategy};
use std::{future::poll_fn, sync::Arc, task::Waker};
use tokio::task::coop::has_budget_remaining;

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
    // Whom the stop wakes. To ask it takes a lock, and memory that has gone cold.
    let mut heard_by: Option<Waker> = None;
    let reason = poll_fn(|cx| {
        let heard = heard_by.as_ref().is_some_and(|waker| waker.will_wake(cx.waker()));
        if let Some(asked) = &mut stop
            && (!heard || stopped.has_begun_since())
        {
            // Without budget it is not asked, and tokio polls this task again.
            let budget = has_budget_remaining();
            if asked.as_mut().poll(cx).is_ready() {
                stop = None;
                conversation.stop();
            } else if budget {
                heard_by = Some(cx.waker().clone());
            }
        }
        conversation.poll(cx)
    })
    .await;
    log::debug!("connection closed: {reason}");
}
