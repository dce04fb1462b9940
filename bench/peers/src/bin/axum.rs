//! axum on a tokio runtime of one thread.

use std::io;

use axum::body::Body;
use axum::routing::{get, post};
use axum::serve::ListenerExt;
use axum::{Router, serve};
use polyserve_bench_peers::{BODY, WAIT, address};

fn main() -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let listener = std::net::TcpListener::bind(address())?;
        listener.set_nonblocking(true)?;
        let listener = tokio::net::TcpListener::from_std(listener)?.tap_io(|stream| {
            // Fails only for a connection that is gone.
            let _ = stream.set_nodelay(true);
        });
        let app = Router::new()
            .route("/", get(|| async { BODY }))
            .route(
                "/wait",
                get(|| async {
                    tokio::time::sleep(WAIT).await;
                    BODY
                }),
            )
            .route("/echo", post(|body: Body| async { body }));
        serve(listener, app).await
    })
}
