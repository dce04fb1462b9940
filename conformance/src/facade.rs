//! What a user's crate finds in `polyserve`. The kit lies below the facade, which mounts it.

pub(crate) use bytes::Bytes;
pub(crate) use http::{HeaderMap, StatusCode, Uri};
pub(crate) use polyserve::{
    Body, FromRequest, Handler, Json, Query, Request, Router, extract, handler_fn, routes, testing, time,
};
pub(crate) use polyserve_host::{Error, Held, Http, Result, ServeOptions, Shutdown, Strategy, bind};
pub(crate) use polyserve_macros::handler;
