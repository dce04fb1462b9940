//! What a user's crate finds in `polyserve`. The kit lies below the facade, which mounts it.

pub use polyserve::State;

pub(crate) use bytes::Bytes;
pub(crate) use http::{HeaderMap, StatusCode, Uri};
pub(crate) use polyserve::observer::{Event, Observer};
pub(crate) use polyserve::{Body, Handler, HandlerExt, Json, Query, Router, routes, testing, time};
pub(crate) use polyserve_host::{Error, Held, Http, Result, ServeOptions, Shutdown, Strategy, bind};
pub(crate) use polyserve_macros::handler;
