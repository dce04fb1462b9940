//! The guide: its pages are in `docs/guide`, and what they show compiles and runs.

#[doc = include_str!("../docs/guide/blocking.md")]
pub mod blocking {}
#[doc = include_str!("../docs/guide/compile-errors.md")]
pub mod compile_errors {}
#[doc = include_str!("../docs/guide/errors.md")]
pub mod errors {}
#[doc = include_str!("../docs/guide/extractors.md")]
pub mod extractors {}
#[doc = include_str!("../docs/guide/handlers.md")]
pub mod handlers {}
#[doc = include_str!("../docs/guide/listening.md")]
pub mod listening {}
#[doc = include_str!("../docs/guide/middleware.md")]
pub mod middleware {}
#[doc = include_str!("../docs/guide/responses.md")]
pub mod responses {}
#[doc = include_str!("../docs/guide/routes.md")]
pub mod routes {}
#[doc = include_str!("../docs/guide/simulation.md")]
pub mod simulation {}
#[doc = include_str!("../docs/guide/state.md")]
pub mod state {}
#[doc = include_str!("../docs/guide/testing.md")]
pub mod testing {}
#[doc = include_str!("../docs/guide/tower.md")]
pub mod tower {}
