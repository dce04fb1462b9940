//! ntex with one worker, on tokio.

use std::convert::Infallible;
use std::error::Error;
use std::iter;
use std::rc::Rc;

use futures_util::{TryStreamExt, stream};
use ntex::http::body::SizedStream;
use ntex::http::header::CONTENT_LENGTH;
use ntex::util::Bytes;
use ntex::web::{self, App, HttpRequest, HttpResponse};
use polyserve_bench_peers::{BODY, PIECE, PIECES, WAIT, address};

#[ntex::main]
async fn main() -> std::io::Result<()> {
    web::server(async || {
        App::new()
            .route("/", web::get().to(async || hello()))
            .route("/wait", web::get().to(wait))
            .route("/echo", web::post().to(echo))
            .route("/stream", web::get().to(async || stream()))
    })
    .workers(1)
    .bind(address())?
    .run()
    .await
}

fn hello() -> HttpResponse {
    HttpResponse::Ok().content_type("text/plain").body(BODY)
}

async fn wait() -> HttpResponse {
    ntex::time::sleep(WAIT).await;
    hello()
}

async fn echo(request: HttpRequest, body: web::types::Payload) -> HttpResponse {
    let length = request.headers().get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    match length {
        Some(length) => {
            let body = body.map_err(|error| Rc::new(error) as Rc<dyn Error>);
            HttpResponse::Ok().body(SizedStream::new(length, body))
        }
        None => HttpResponse::Ok().streaming(body),
    }
}

fn stream() -> HttpResponse {
    let pieces = iter::repeat_n(Bytes::from_static(&PIECE), PIECES);
    HttpResponse::Ok().streaming(stream::iter(pieces.map(Ok::<_, Infallible>)))
}
