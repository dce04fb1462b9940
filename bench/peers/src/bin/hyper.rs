//! hyper on a tokio runtime of one thread, as its own examples have it.

use std::convert::Infallible;
use std::io;

use bytes::Bytes;
use http_body_util::{Either, Full};
use hyper::body::{Body, Incoming};
use hyper::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderValue};
use hyper::{Request, Response, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use polyserve_bench_peers::{BODY, WAIT, address};

fn main() -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    tokio::task::LocalSet::new().block_on(&runtime, async {
        let listener = tokio::net::TcpListener::from_std(listener()?)?;
        loop {
            let Ok((stream, _)) = listener.accept().await else {
                continue;
            };
            stream.set_nodelay(true)?;
            tokio::task::spawn_local(async move {
                // pipeline_flush: pipelined requests are answered in one write, which is off by default.
                let mut http = http1::Builder::new();
                http.pipeline_flush(true);
                // A connection that breaks concerns its client.
                let _ = http.serve_connection(TokioIo::new(stream), service_fn(answer)).await;
            });
        }
    })
}

fn listener() -> io::Result<std::net::TcpListener> {
    let listener = std::net::TcpListener::bind(address())?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}

async fn answer(request: Request<Incoming>) -> Result<Response<Either<Full<Bytes>, Incoming>>, Infallible> {
    match request.uri().path() {
        "/echo" => {
            let body = request.into_body();
            let length = body.size_hint().exact();
            let mut response = Response::new(Either::Right(body));
            if let Some(length) = length {
                response.headers_mut().insert(CONTENT_LENGTH, length.into());
            }
            return Ok(response);
        }
        "/wait" => tokio::time::sleep(WAIT).await,
        _ => {}
    }
    let mut response = Response::new(Either::Left(Full::new(Bytes::from_static(BODY.as_bytes()))));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/plain"));
    Ok(response)
}
