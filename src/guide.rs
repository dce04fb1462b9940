//! The pages of `docs/guide`, whose programs are tests.

#[doc = include_str!("../docs/guide/errors.md")]
mod errors {}
#[doc = include_str!("../docs/guide/extractors.md")]
mod extractors {}
#[doc = include_str!("../docs/guide/state.md")]
mod state {}
