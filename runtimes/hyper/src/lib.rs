//! The same handlers on a ready-made server: the tutorial's `httpd/server.py`, which hosts its page on
//! Python's `http.server`.
//!
//! hyper brings its own HTTP/1.1; polyserve's connection is not in here. What polyserve adds is what hyper
//! leaves to its user: where `sleep` waits, the blocking pool, panics, the deadlines of handlers and of request
//! bodies, 408. It is the outside
//! reference: what the other runtimes answer can be held against the most used HTTP library of Rust.
//!
//! Where it differs: hyper has one timer for an idle connection and for a request head, which is
//! [`Timeouts::head`](polyserve_core::Timeouts::head) here, and none for writes; it has no bounds of its own on
//! targets, on what it drains, and on the requests of a connection; when the server stops it does not look once more
//! for a request that has arrived unread; and an answer to HTTP/1.0 that breaks looks whole. A setting that hyper cannot be told is an error at start.

mod exchange;
mod late;
mod upload;

use exchange::exchange;
use hyper::{server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use late::Socket;
use polyserve_async::{Client, Stopped};
use polyserve_core::{App, Limits, Timeouts};
use polyserve_host::{Capabilities, Error, Held, Listening, Result, Strategy};
use std::{pin::pin, sync::Arc};

const NAME: &str = "hyper";

/// The smallest read buffer that hyper accepts, in bytes.
const HYPER_MIN_BUFFER: usize = 8 * 1024;

/// What this runtime says of itself.
pub const STRATEGY: Strategy = Strategy {
    name: NAME,
    summary: "as async, with hyper's HTTP instead of polyserve's: the outside reference",
    tutorial: "httpd/server.py",
    capabilities: Capabilities::new(Held::Nothing)
        .with_blocking_pool()
        .with_workers()
        .with_tokio()
        .with_http_of_hyper(),
    serve: SERVE,
};

polyserve_async::tokio_server!(converse, "hyper worker", honoured);

/// hyper has no such bounds, or other ones: asking for them is an error, so that nobody relies on them.
fn honoured(listening: Listening) -> Result<Listening> {
    let (limits, timeouts) = (&listening.app.limits, &listening.app.timeouts);
    let (usual, usually) = (Limits::default(), Timeouts::default());
    let asked = [
        ("limits.target", limits.target != usual.target),
        ("limits.requests", limits.requests != usual.requests),
        ("limits.drain", limits.drain != usual.drain),
        ("timeouts.idle", timeouts.idle != usually.idle),
        ("timeouts.write", timeouts.write != usually.write),
    ];
    match asked.iter().find(|(_, asked)| *asked) {
        None => Ok(listening),
        Some((setting, _)) => Err(Error::setting(format!(
            "hyper cannot be told {setting}: leave it at its default, or choose another runtime"
        ))),
    }
}

/// Lets hyper talk with one client until the conversation is over.
async fn converse((stream, peer): Client, app: Arc<App>, stopped: Stopped) {
    let mut http = http1::Builder::new();
    // Without `pipeline_flush`: with it, streams are held back from their reader (hyper 1.12).
    http.timer(TokioTimer::new())
        .header_read_timeout(app.timeouts.head)
        .max_headers(app.limits.headers)
        .max_buf_size(app.limits.head.max(HYPER_MIN_BUFFER))
        // As polyserve writes them, and as old clients look for them.
        .title_case_headers(true)
        // A client that has closed its side still gets its answer.
        .half_close(true);
    let service = service_fn(|request| exchange(app.clone(), peer, request));
    let socket = Socket::new((stream, peer), app.clone());
    let outcome = {
        let mut connection = pin!(http.serve_connection(TokioIo::new(socket.clone()), service));
        tokio::select! {
            // The stop first: an answer that is ready as well then says that it is the last.
            biased;
            () = stopped.wait() => {
                connection.as_mut().graceful_shutdown();
                connection.await
            }
            outcome = connection.as_mut() => outcome,
        }
    };
    let Err(error) = outcome else { return };
    log::debug!("connection closed: {error}");
    if error.is_timeout() {
        socket.refuse_late(&app).await;
    }
}
