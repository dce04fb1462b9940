//! 4 of 7, the tutorial's `selectors/server_blocking.py`: one thread for all clients, held by whoever waits.
//!
//! `cargo run --release --example selectors_blocking`, then open <http://127.0.0.1:8000>, or
//! `ab -n 1000 -c 10 http://127.0.0.1:8000/`.

mod handler;

fn main() -> polyserve::Result {
    polyserve::runtime::poll_loop::serve("127.0.0.1:8000", handler::page)
}
