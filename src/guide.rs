//! The guide: a page for each topic, whose examples are run as tests.

#[doc = include_str!("../docs/guide/testing.md")]
pub mod testing {}
