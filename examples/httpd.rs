//! 1 of 7, the tutorial's `httpd/server.py`: a ready-made server, with its own HTTP.
//!
//! `cargo run --release --example httpd`, then open <http://127.0.0.1:8000>, or
//! `ab -n 1000 -c 10 http://127.0.0.1:8000/`.

mod handler;

fn main() -> polyserve::Result {
    polyserve::runtime::hyper::serve("127.0.0.1:8000", handler::page)
}
