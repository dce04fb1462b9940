//! One handler, every concurrency strategy.
//!
//! Annotate a plain function, and serve it on a runtime; changing the runtime is changing one word.
//!
//! ```no_run
//! use polyserve::{handler, runtime, time::sleep};
//! use std::time::Duration;
//!
//! #[handler]
//! async fn hello() -> &'static str {
//!     sleep(Duration::from_millis(100)).await; // the host decides what waiting means
//!     "Hello from my basic server"
//! }
//!
//! fn main() -> polyserve::Result {
//!     runtime::threaded::serve("127.0.0.1:8000", hello)
//! }
//! ```
//!
//! - What a function may take is [`FromRequest`], what it may return is [`IntoResponse`].
//! - Several functions are one app with [`routes!`].
//! - The runtimes, and what they say of themselves, are in [`runtime`].
//! - `fn main() -> polyserve::Result { polyserve::cli::run(routes![hello]) }` makes a program that serves
//!   *and compares* its own handlers on all of them.
//!
//! The [`guide`] has a page per topic, beginning with [handlers](guide::handlers).
//!
//! This crate has no logic of its own: it gathers `polyserve-core`, the macro and the runtimes.

#[doc(hidden)]
pub use polyserve_core::__private;
pub use polyserve_core::{
    Body, BodyError, CloseReason, ConnectInfo, Connection, ContentType, Cookies, Form, FromRequest, Handler,
    HandlerExt, Html, InternalError, IntoResponse, Json, Limits, Meta, Middleware, Next, Path, Query,
    RawRequest, Readiness, Redirect, Rejection, Reply, Request, RequestError, Response, ResponseParts, Route,
    RouteList, Router, Sse, Start, StartError, State, Timeouts, TypedHeader, Want, WithRejections, WithState,
    Wrapped, body, cookie, extract, handler_fn, headers, observer, offload, problem_details, routes, sse,
    testing, time,
};
pub use polyserve_host::{
    Capabilities, Error, Held, Http, Result, ServeOptions, Shutdown, StallWarning, Strategy, bind,
    inherited_listener, reset_on_close,
};
pub use polyserve_macros::handler;

pub use bytes::{self, Bytes};
pub use http::{self, HeaderMap, Method, StatusCode, Uri};

#[cfg(feature = "cli")]
pub mod cli;
#[cfg(any(doc, doctest))]
pub mod guide;
pub mod runtime;
pub mod tower;

/// The README's programs compile.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
