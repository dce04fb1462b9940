//! 7 of 7, the tutorial's `asyncio/server_blocking.py`: the same, for a function that holds its thread: it goes to a pool.
//!
//! `cargo run --release --example asyncio_blocking`, then open <http://127.0.0.1:8000>, or
//! `ab -n 1000 -c 10 http://127.0.0.1:8000/`.

mod handler;

fn main() -> polyserve::Result {
    polyserve::runtime::asynchronous::serve("127.0.0.1:8000", handler::page_blocking)
}
