//! The bridge to [tower](https://docs.rs/tower), both ways.
//!
//! - [`from_service`] makes a handler of any service, such as an `axum::Router`.
//! - [`HandlerExt::layer`](crate::HandlerExt::layer) puts any layer around a handler, such as those of `tower_http`, on every runtime.
//! - [`service`] makes a service of any handler, for axum, hyper, or whatever else speaks tower on tokio
//!   (feature `async`).
//!
//! The guide is in `docs/guide/tower.md`.

#[cfg(feature = "async")]
#[doc(inline)]
pub use polyserve_async::{HostedBody, ServiceOptions, TokioService, service, service_with};
#[doc(inline)]
pub use polyserve_core::tower::{FromService, HandlerService, Layered, from_service};
