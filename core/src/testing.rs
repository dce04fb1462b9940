//! Tests of handlers without a network and without waiting.
//!
//! A [`Client`] drives the real [`Connection`](crate::Connection) in this process: what a test sees was parsed,
//! routed, encoded, bounded and timed as on every runtime. There is no socket, no thread and no port.
//!
//! # Time
//! The clock is virtual. Where a handler can only go on when time passes, the clock jumps there:
//! - a handler that sleeps wakes at once, and [`Client::elapsed`] says how long it would have taken;
//! - a client that says nothing, and a handler that never answers, meet their [`Timeouts`](crate::Timeouts);
//! - several requests in flight share the clock, and what comes first happens first, in the same order every time.
//!
//! A handler that waits for something else, such as a channel that another thread sends to, is waited for in real
//! time, for no longer than the client's [patience](Client::patience): then the test fails and says so. While any
//! handler sleeps, the clock does not wait for threads: as in tokio's paused time, a sleep that races a thread
//! wins.
//!
//! `#[handler(blocking)]` functions run in place. A client belongs to the thread that made it.

mod alarm;
mod answer;
mod broken_off;
mod client;
mod clock;
mod conversation;
mod in_flight;
mod request;
mod response;
mod socket;
mod wire;
mod world;

pub use broken_off::BrokenOff;
pub use client::Client;
pub use in_flight::InFlight;
pub use request::RequestBuilder;
pub use response::Response;
pub use socket::Socket;
