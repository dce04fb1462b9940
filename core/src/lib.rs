//! polyserve without I/O: what a handler is, and the HTTP/1.1 conversation around it.
//!
//! What is *absent* from this crate: sockets, threads, an event loop, an executor and a clock. A runtime
//! brings those; it is a loop around one [`Connection`] per client. (Two exceptions: the `Date` header
//! reads the wall clock, at most once a second, and [`testing`] asks once when its virtual time begins.)
//!
//! Read two types first: [`Handler`], which is what a user writes and every runtime hosts, and
//! [`Connection`], which is what a runtime drives.
//!
//! ```
//! use polyserve_core::{App, Connection, Reply, Want, handler_fn};
//! use std::{sync::Arc, task::{Context, Waker}, time::Instant};
//!
//! let app = Arc::new(App::new(handler_fn(|_request| Reply::from("hello")), Instant::now));
//! let now = Instant::now();
//! let mut connection = Connection::new(app, now);
//! let mut cx = Context::from_waker(Waker::noop());
//!
//! let mut from_the_peer: &[u8] = b"GET / HTTP/1.1\r\nHost: example.com\r\n\r\n";
//! let mut to_the_peer = Vec::new();
//! assert_eq!(connection.poll(&mut cx, now), Want::Read);
//! connection.read_from(&mut from_the_peer);
//! assert_eq!(connection.poll(&mut cx, now), Want::Write);
//! connection.write_to(&mut to_the_peer);
//! assert!(to_the_peer.starts_with(b"HTTP/1.1 200 OK\r\n"));
//! ```

pub mod body;
pub mod extract;
pub mod observer;
pub mod offload;
pub mod sse;
pub mod testing;
pub mod time;
pub mod tower;

mod ambient;
mod app;
mod connection;
mod detector;
mod handler;
mod middleware;
mod proto;
mod raw_request;
mod respond;
mod router;
mod start;
mod state;
mod sync;

pub use ambient::Task;
pub use app::{App, Limits, Timeouts};
pub use body::{Body, BodyError};
pub use connection::{CloseReason, Connection, Readiness, Want};
pub use extract::{ConnectInfo, Cookies, Form, FromRequest, Json, Path, Query, Rejection, TypedHeader};
pub use handler::{Handler, HandlerExt, Meta, Reply, WithRejections, handler_fn};
pub use middleware::{Middleware, Next, Wrapped};
pub use proto::RequestError;
pub use raw_request::RawRequest;
pub use respond::{ContentType, Html, InternalError, IntoResponse, Redirect, ResponseParts, problem_details};
pub use router::{Route, RouteList, Router};
pub use sse::Sse;
pub use start::{Start, StartError};
pub use state::{State, WithState};

pub use {cookie, headers};

/// The version of this crate's public interface that the generated code of `#[handler]` relies on.
#[doc(hidden)]
pub mod __private;

/// A request as a handler sees it: the `http` crate's type with polyserve's streaming [`Body`].
pub type Request = http::Request<Body>;

/// A response as a handler makes it: the `http` crate's type with polyserve's streaming [`Body`].
pub type Response = http::Response<Body>;
