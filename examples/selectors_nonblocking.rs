//! 5 of 7, the tutorial's `selectors/server_nonblocking.py`: the same loop, with a timer thread to do the waiting.
//!
//! `cargo run --release --example selectors_nonblocking`, then open <http://127.0.0.1:8000>, or
//! `ab -n 1000 -c 10 http://127.0.0.1:8000/`.

mod handler;

fn main() -> polyserve::Result {
    polyserve::runtime::timer_offload::serve("127.0.0.1:8000", handler::page)
}
