//! 3 of 7, the tutorial's `threading/server.py`: the same conversation, in a thread for each client.
//!
//! `cargo run --release --example threading`, then open <http://127.0.0.1:8000>, or
//! `ab -n 1000 -c 10 http://127.0.0.1:8000/`.

mod handler;

fn main() -> polyserve::Result {
    polyserve::runtime::threaded::serve("127.0.0.1:8000", handler::page)
}
