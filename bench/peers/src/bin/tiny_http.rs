//! tiny_http, with 64 threads that take its requests.

use std::io::{self, Read};
use std::sync::Arc;
use std::thread;

use polyserve_bench_peers::{BODY, PIECE, PIECES, WAIT, address};
use tiny_http::{Header, Request, Response, Server, StatusCode};

/// As many as there are connections in most scenarios.
const THREADS: usize = 64;

fn main() -> io::Result<()> {
    let server = Arc::new(Server::http(address()).map_err(io::Error::other)?);
    let threads: Vec<_> = (0..THREADS)
        .map(|_| {
            let server = Arc::clone(&server);
            thread::spawn(move || {
                while let Ok(request) = server.recv() {
                    // A connection that breaks concerns its client.
                    let _ = answer(request);
                }
            })
        })
        .collect();
    threads
        .into_iter()
        .try_for_each(|thread| thread.join().map_err(|_| io::Error::other("a thread panicked")))
}

fn answer(mut request: Request) -> io::Result<()> {
    match request.url() {
        "/echo" => {
            let mut body = Vec::new();
            request.as_reader().read_to_end(&mut body)?;
            return request.respond(Response::from_data(body));
        }
        "/stream" => {
            let body = io::repeat(b'x').take((PIECE.len() * PIECES) as u64);
            return request.respond(Response::new(StatusCode(200), Vec::new(), body, None, None));
        }
        "/wait" => thread::sleep(WAIT),
        _ => {}
    }
    let mut response = Response::from_string(BODY);
    if let Ok(plain) = Header::from_bytes("Content-Type", "text/plain") {
        response.add_header(plain);
    }
    request.respond(response)
}
