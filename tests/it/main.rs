//! What a client, a user of the crate and a user of the command line see: every behaviour, on every runtime.
//!
//! A behaviour is written once, as a function of a [`Strategy`](polyserve::Strategy), and mounted on all
//! runtimes by [`on_every_runtime!`]. Where runtimes differ, a test asks their `capabilities`, never their
//! name. Nothing here sleeps: tests wait for events (a handler that has arrived, a byte, an end of stream),
//! and every such wait has a deadline.
//!
//! | a new test about | goes to |
//! |---|---|
//! | where a body or an answer begins and ends, HTTP/1.0, `100 Continue` | `framing` |
//! | which requests share a connection, and what ends it | `keep_alive` |
//! | many requests in one write | `pipelining` |
//! | one request, one answer, byte by byte: add a line to the table | `wire` |
//! | what a handler takes and returns | `arguments` |
//! | one argument of a handler, and how it is refused: add a line to the table | `extractors` |
//! | functions that hold their thread | `blocking_handlers` |
//! | handlers that wait for a thread, for their body, for the first of several sleeps | `waiting` |
//! | who is held while a handler sleeps | `sleeping` |
//! | handlers that panic | `panics` |
//! | answers in pieces, slow readers | `streams` |
//! | clients that say nothing | `silent_clients` |
//! | clients and handlers that take too long | `timeouts` |
//! | the graceful stop | `stop` |
//! | requests that are larger than allowed | `limits` |
//! | the bound on connections | `capacity` |
//! | settings that cannot be honoured | `settings` |
//! | which crate may depend on what | `layers` |
//! | the program `polyserve` | `cli` |
//!
//! Under them lie `server` (a runtime on a port of its own), `client` (a socket and what is read from it),
//! `checkpoint` (where handler and test meet), `handlers` (that several modules mount), `state` (how a handler gets hold of it) and `macros`.

#![expect(clippy::unwrap_used, reason = "a test fails where it finds out")]

#[macro_use]
mod macros;

mod checkpoint;
mod client;
mod server;
mod state;

mod arguments;
mod blocking_handlers;
mod capacity;
#[cfg(feature = "cli")]
mod cli;
mod extractors;
mod framing;
mod handlers;
mod keep_alive;
mod layers;
mod limits;
mod panics;
mod pipelining;
mod settings;
mod silent_clients;
mod sleeping;
mod stop;
mod streams;
mod timeouts;
mod waiting;
mod wire;
