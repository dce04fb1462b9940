//! What a client, a user of the crate and a user of the command line see: every behaviour, on every runtime.
//!
//! What every runtime must show is the conformance kit, in `conformance/`: `runtimes` mounts it on all six, as anybody's
//! runtime does. Here is what is beyond it: what the facade, the macro, the core's extractors and the command line add.
//! A behaviour is written once, as a function of a [`Strategy`](polyserve::Strategy), and mounted on all
//! runtimes by [`on_every_runtime!`]. Where runtimes differ, a test asks their `capabilities`, never their
//! name. Nothing here sleeps: tests wait for events (a handler that has arrived, a byte, an end of stream),
//! and every such wait has a deadline.
//!
//! | a new test about | goes to |
//! |---|---|
//! | what a handler takes | `arguments` |
//! | one argument of a handler, and how it is refused: add a line to the table | `extractors` |
//! | what a handler returns | `answers` |
//! | which handler answers which path | `routes` |
//! | functions around handlers | `middleware` |
//! | server-sent events | `sse` |
//! | a form of function, argument or answer: add a handler, and a line to the table | `one_of_every_form` |
//! | the settings of one runtime | `settings` |
//! | what the log says of handlers that hold a loop | `stalls` |
//! | futures that only work on tokio | `tokio_futures` |
//! | tower's layers and services on our runtimes | `tower` |
//! | our handlers on axum's and hyper's servers | `hosted` |
//! | which crate may depend on what | `layers` |
//! | the program `polyserve` | `cli` |
//! | anything that every runtime must show | `conformance/src`, whose `lib.rs` says where |
//!
//! Under them lie the kit's `server` (a runtime on a port of its own), `client` (a socket and what is read from it),
//! `checkpoint` (where handler and test meet), `handlers` (that several modules mount), `state` (how a handler gets hold
//! of it); `log` (what servers log) and `macros`.

#![expect(clippy::unwrap_used, reason = "a test fails where it finds out")]

#[macro_use]
mod macros;

// The kit's, under the names that tests here know them by.
#[allow(unused_imports, reason = "each module uses those that it needs")]
use polyserve_conformance::{checkpoint, client, handlers, server, state};

mod log;

mod answers;
mod arguments;
#[cfg(feature = "cli")]
mod cli;
mod extractors;
#[cfg(feature = "async")]
mod hosted;
mod layers;
mod middleware;
mod one_of_every_form;
mod routes;
mod runtimes;
mod settings;
mod sse;
mod stalls;
mod tokio_futures;
mod tower;
