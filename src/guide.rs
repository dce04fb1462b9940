//! The guide: a page per topic.

#[doc = include_str!("../docs/guide/handlers.md")]
pub mod handlers {}

#[doc = include_str!("../docs/guide/compile-errors.md")]
pub mod compile_errors {}
