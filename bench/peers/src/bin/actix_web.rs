//! actix-web with one worker.

use std::convert::Infallible;
use std::iter;
use std::time::Duration;

use actix_web::body::SizedStream;
use actix_web::http::header::{CONTENT_LENGTH, ContentType};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, rt, web};
use futures_util::stream;
use polyserve_bench_peers::{BODY, PIECE, PIECES, WAIT, address};

fn main() -> std::io::Result<()> {
    rt::System::new().block_on(
        HttpServer::new(|| {
            App::new()
                .route("/", web::get().to(async || hello()))
                .route("/wait", web::get().to(wait))
                .route("/echo", web::post().to(echo))
                .route("/stream", web::get().to(async || stream()))
        })
        .workers(1)
        // Its default of 5 s would close idle connections while their memory is measured.
        .keep_alive(Duration::from_secs(75))
        .bind(address())?
        .run(),
    )
}

fn hello() -> HttpResponse {
    HttpResponse::Ok().content_type(ContentType::plaintext()).body(BODY)
}

async fn wait() -> HttpResponse {
    rt::time::sleep(WAIT).await;
    hello()
}

async fn echo(request: HttpRequest, body: web::Payload) -> HttpResponse {
    let length = request.headers().get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    match length {
        Some(length) => HttpResponse::Ok().body(SizedStream::new(length, body)),
        None => HttpResponse::Ok().streaming(body),
    }
}

fn stream() -> HttpResponse {
    let pieces = iter::repeat_n(web::Bytes::from_static(&PIECE), PIECES);
    HttpResponse::Ok().streaming(stream::iter(pieces.map(Ok::<_, Infallible>)))
}
