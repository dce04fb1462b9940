//! axum on a tokio runtime of one thread.

use std::convert::Infallible;
use std::{io, iter};

use axum::body::{Body, Bytes};
use axum::routing::{get, post};
use axum::serve::ListenerExt;
use axum::{Router, serve};
use futures_util::stream;
use polyserve_bench_peers::{BODY, PIECE, PIECES, WAIT, address};

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
            .route("/echo", post(|body: Body| async { body }))
            .route("/stream", get(stream));
        serve(listener, app).await
    })
}

async fn stream() -> Body {
    let pieces = iter::repeat_n(Bytes::from_static(&PIECE), PIECES);
    Body::from_stream(stream::iter(pieces.map(Ok::<_, Infallible>)))
}
