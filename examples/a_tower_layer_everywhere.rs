//! Middleware of `tower_http` on every runtime, `blocking` included: one line around the routes.
//!
//! `cargo run --example a_tower_layer_everywhere -- serve --runtime blocking`, then
//! `curl -i --compressed http://127.0.0.1:8000/` and look at `content-encoding` and `access-control-allow-origin`.

use polyserve::{Handler, HandlerExt, Html, handler, routes};
use tower_http::{compression::CompressionLayer, cors::CorsLayer};

/// The tutorial's page.
#[handler(GET, "/")]
fn page() -> Html<&'static str> {
    Html(include_str!("page.html"))
}

fn app() -> impl Handler {
    // The layer that is put last sees the request first.
    routes![page].layer(CompressionLayer::new()).layer(CorsLayer::permissive())
}

fn main() -> polyserve::Result {
    polyserve::cli::run(app())
}

#[cfg(test)]
mod tests {
    use super::*;
    use polyserve::{ServeOptions, bind, runtime};
    use std::{
        io::{Read, Write},
        net::TcpStream,
        sync::Arc,
        thread,
    };

    #[test]
    fn every_runtime_answers_through_the_layers() {
        for runtime in runtime::ALL {
            let listener = bind("127.0.0.1:0").unwrap();
            let addr = listener.local_addr().unwrap();
            let options = ServeOptions::default();
            let shutdown = options.shutdown.clone();
            let serving = thread::spawn(|| (runtime.serve)(listener, Arc::new(app()), options));
            let mut client = TcpStream::connect(addr).unwrap();
            client
                .write_all(
                    b"GET / HTTP/1.1\r\nHost: test\r\nOrigin: http://other.test\r\nAccept-Encoding: gzip\r\n\
                      Connection: close\r\n\r\n",
                )
                .unwrap();
            let mut answer = Vec::new();
            client.read_to_end(&mut answer).unwrap();
            let answer = String::from_utf8_lossy(&answer).to_lowercase();
            assert!(answer.starts_with("http/1.1 200 ok\r\n"), "{}: {answer}", runtime.name);
            for field in ["content-encoding: gzip\r\n", "access-control-allow-origin: *\r\n"] {
                assert!(answer.contains(field), "{}: {answer}", runtime.name);
            }
            shutdown.begin();
            serving.join().unwrap().unwrap();
        }
    }
}
