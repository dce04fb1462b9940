//! hyper on a tokio runtime of one thread, as its own examples have it: `peer-hyper PORT [bodies]`.

use std::convert::Infallible;
use std::error::Error;
use std::{io, iter};

use bytes::Bytes;
use futures_util::stream;
use http_body_util::{Either, Full, StreamBody};
use hyper::body::{Body, Frame, Incoming};
use hyper::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderValue};
use hyper::{Request, Response, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use polyserve_bench_peers::{BODY, PIECE, PIECES, WAIT, address};

fn main() -> io::Result<()> {
    let bodies = std::env::args().nth(2).is_some_and(|what| what == "bodies");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    tokio::task::LocalSet::new().block_on(&runtime, async {
        let listener = tokio::net::TcpListener::from_std(listener()?)?;
        loop {
            let Ok((stream, _)) = listener.accept().await else {
                continue;
            };
            stream.set_nodelay(true)?;
            tokio::task::spawn_local(async move {
                // pipeline_flush: pipelined requests are answered in one write, which is off by default. It also gathers a
                // body in memory for as long as there is more of it, so it is on unless bodies are asked for.
                let mut http = http1::Builder::new();
                http.pipeline_flush(!bodies);
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

async fn answer(
    request: Request<Incoming>,
) -> Result<Response<impl Body<Data = Bytes, Error = Box<dyn Error + Send + Sync>>>, Infallible> {
    match request.uri().path() {
        "/echo" => {
            let body = request.into_body();
            let length = body.size_hint().exact();
            let mut response = Response::new(Either::Right(Either::Left(body)));
            if let Some(length) = length {
                response.headers_mut().insert(CONTENT_LENGTH, length.into());
            }
            return Ok(response);
        }
        "/stream" => {
            let pieces = iter::repeat_n(Bytes::from_static(&PIECE), PIECES);
            let pieces = stream::iter(pieces.map(|piece| Ok::<_, Infallible>(Frame::data(piece))));
            return Ok(Response::new(Either::Right(Either::Right(StreamBody::new(pieces)))));
        }
        "/wait" => tokio::time::sleep(WAIT).await,
        _ => {}
    }
    let mut response = Response::new(Either::Left(Full::new(Bytes::from_static(BODY.as_bytes()))));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/plain"));
    Ok(response)
}
