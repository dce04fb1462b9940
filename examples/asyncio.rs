//! 6 of 7, the tutorial's `asyncio/server.py`: a task for each client, and a timer wheel for the waits.
//!
//! `cargo run --release --example asyncio`, then open <http://127.0.0.1:8000>, or
//! `ab -n 1000 -c 10 http://127.0.0.1:8000/`.

mod handler;

fn main() -> polyserve::Result {
    polyserve::runtime::asynchronous::serve("127.0.0.1:8000", handler::page)
}
