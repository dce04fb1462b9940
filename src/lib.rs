//! facade
pub use polyserve_core::*;
