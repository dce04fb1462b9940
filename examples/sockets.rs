//! 2 of 7, the tutorial's `sockets/server.py`: one thread that talks with one client at a time.
//!
//! `cargo run --release --example sockets`, then open <http://127.0.0.1:8000>, or
//! `ab -n 1000 -c 10 http://127.0.0.1:8000/`.

mod handler;

fn main() -> polyserve::Result {
    polyserve::runtime::blocking::serve("127.0.0.1:8000", handler::page)
}
