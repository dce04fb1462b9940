//! What a runtime must show: one test suite for polyserve's own runtimes and for everybody's.
//!
//! A runtime that has a [`Strategy`](polyserve_host::Strategy) mounts the suite in one line:
//!
//! ```
//! # mod my_runtime {
//! #     use polyserve_host::{Capabilities, Held, Strategy};
//! #     pub const STRATEGY: Strategy = Strategy {
//! #         name: "my-runtime",
//! #         summary: "",
//! #         tutorial: "",
//! #         capabilities: Capabilities::new(Held::Thread),
//! #         serve: |_, _, _| Ok(()),
//! #     };
//! # }
//! polyserve_conformance::suite!(my_runtime::STRATEGY);
//! ```
//!
//! Each behaviour is a function of the strategy. Where runtimes may differ, it asks the strategy's
//! [`Capabilities`](polyserve_host::Capabilities), never its name: a runtime is held to what it says of itself.
//! Nothing here sleeps: a behaviour waits for events (a handler that has arrived, a byte, an end of stream), and every
//! such wait has a [deadline](client::DEADLINE). `examples/custom_runtime.rs` in the repository is a runtime that
//! passes.
//!
//! | a new behaviour about | goes to |
//! |---|---|
//! | where a body or an answer begins and ends, HTTP/1.0, `100 Continue` | `framing` |
//! | which requests share a connection, and what ends it | `keep_alive` |
//! | many requests in one write | `pipelining` |
//! | one request, one answer, byte by byte: add a line to the table | `wire` |
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
//! | what an observer is told of connections | `events` |
//!
//! Under them lie [`server`] (a runtime on a port of its own), [`client`] (a socket and what is read from it),
//! [`checkpoint`] (where handler and test meet), [`handlers`] (that several modules mount) and [`state`] (how a
//! handler gets hold of it): they are public, for tests of what else a runtime can do.

#![expect(clippy::unwrap_used, reason = "a test fails where it finds out")]

mod facade;
#[macro_use]
mod macros;

pub mod checkpoint;
pub mod client;
pub mod handlers;
pub mod server;
pub mod state;

// What the macros name.
#[doc(hidden)]
pub mod blocking_handlers;
#[doc(hidden)]
pub mod capacity;
#[doc(hidden)]
pub mod events;
#[doc(hidden)]
pub mod framing;
#[doc(hidden)]
pub mod keep_alive;
#[doc(hidden)]
pub mod limits;
#[doc(hidden)]
pub mod panics;
#[doc(hidden)]
pub mod pipelining;
#[doc(hidden)]
pub mod settings;
#[doc(hidden)]
pub mod silent_clients;
#[doc(hidden)]
pub mod sleeping;
#[doc(hidden)]
pub mod stop;
#[doc(hidden)]
pub mod streams;
#[doc(hidden)]
pub mod timeouts;
#[doc(hidden)]
pub mod waiting;
#[doc(hidden)]
pub mod wire;

/// The cases of `wire` as a table in Markdown, with what polyserve and hyper answer: `docs/CONFORMANCE.md`.
#[must_use]
pub fn document() -> String {
    wire::document::render()
}

#[doc(hidden)]
pub mod __private {
    //! What `suite!` names.
    pub use polyserve_host::Strategy;
}
