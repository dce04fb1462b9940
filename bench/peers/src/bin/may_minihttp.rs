//! may_minihttp with one worker: coroutines. It ignores `Connection: close`, and its bodies are whole.

use std::io::{self, Read};

use may_minihttp::{HttpServer, HttpService, Request, Response};
use polyserve_bench_peers::{BODY, WAIT, address};

#[derive(Clone)]
struct Routes;

impl HttpService for Routes {
    fn call(&mut self, request: Request<'_, '_, '_>, response: &mut Response<'_>) -> io::Result<()> {
        match request.path() {
            "/echo" => {
                let mut body = Vec::new();
                request.body().read_to_end(&mut body)?;
                response.body_vec(body);
                return Ok(());
            }
            "/wait" => may::coroutine::sleep(WAIT),
            _ => {}
        }
        response.header("Content-Type: text/plain").body(BODY);
        Ok(())
    }
}

fn main() -> io::Result<()> {
    may::config().set_workers(1);
    HttpServer(Routes).start(address())?.wait();
    Ok(())
}
