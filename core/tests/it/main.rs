//! The connection against a fake wire and a fake clock: no test reads a socket, sleeps or asks the time.
//!
//! A new test goes where its module's line says; what needs no `Connection` is tested beside its source.

// clippy.toml allows it in test functions, but does not know their helpers.
#![allow(clippy::unwrap_used)]

/// The fake peer, the fake clock, and the loop that a host is.
mod wire;

/// What handlers return: tuples, redirects, streams.
mod answers;
/// What a handler holds on to, while the read buffers are used again.
mod buffers;
/// Every timeout, and what `deadline()` says meanwhile.
mod deadlines;
/// `Expect: 100-continue`.
mod expect;
/// What a handler's arguments make of a request, and how they refuse it.
mod extract;
/// Where requests and answers end: `Content-Length`, chunked, the connection's end, no body at all.
mod framing;
/// What the log says of handlers that keep others waiting, and of those that panic.
mod logged;
/// Requests that are refused before a handler sees them, and the limits.
mod malformed;
/// Functions around handlers.
mod middleware;
/// Routers in routers.
mod nesting;
/// Requests with bytes changed, lost and doubled at random: nothing panics, spins or hangs.
mod noise;
/// What an observer is told, and when.
mod observer;
/// `offload::run`, with and without a pool.
mod offload;
/// Panics of user code, wherever it runs.
mod panics;
/// What is `Send` and `Sync`, and hosting a handler without a connection.
mod parts;
/// The peer closes, resets or stops, in every phase.
mod peer_gone;
/// Which connections go on, pipelining, the request limit.
mod persistence;
/// Random valid messages there and back: what is written is what is read, in any portions.
mod properties;
/// One place that shapes every refusal, and problem details.
mod rejections;
/// What comes again, and what is shorter because of it: the same is read, and the same is sent.
mod repeated;
/// Paths and methods.
mod router;
/// The graceful end, and the lingering close.
mod shutdown;
/// The same bytes in other portions: split reads, short writes.
mod splits;
/// Server-sent events.
mod sse;
/// What an app provides for its handlers, and what is said at the start when it does not.
mod state;
/// Answers that are produced while they are sent.
mod streaming;
/// The test client.
mod testing;
/// `sleep` and `timeout`, alone and under a nested executor.
mod time;
/// tower's services as handlers, and its layers around handlers.
mod tower;
/// Request bodies that are read while they arrive, or not at all.
mod upload;
