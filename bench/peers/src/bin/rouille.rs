//! rouille with a pool of 64 threads.

use std::io::{self, Read};
use std::thread;

use polyserve_bench_peers::{BODY, PIECE, PIECES, WAIT, address};
use rouille::{Request, Response, ResponseBody, Server};

/// As many as there are connections in most scenarios.
const THREADS: usize = 64;

fn main() -> io::Result<()> {
    let server = Server::new(address(), answer).map_err(io::Error::other)?;
    server.pool_size(THREADS).run();
    Ok(())
}

fn answer(request: &Request) -> Response {
    match request.url().as_str() {
        "/echo" => {
            let mut body = Vec::new();
            if let Some(mut data) = request.data()
                && data.read_to_end(&mut body).is_err()
            {
                return Response::empty_400();
            }
            return Response::from_data("application/octet-stream", body);
        }
        "/stream" => {
            let body = io::repeat(b'x').take((PIECE.len() * PIECES) as u64);
            let data = ResponseBody::from_reader(body);
            return Response { status_code: 200, headers: Vec::new(), data, upgrade: None };
        }
        "/wait" => thread::sleep(WAIT),
        _ => {}
    }
    Response::text(BODY)
}
