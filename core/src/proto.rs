//! HTTP/1.1 as bytes and rules. Rules are pure functions over the head ([`framing`]); bytes are read in
//! [`head`] and [`chunked`] and written in [`encode`]. Nothing here keeps a state of the connection.

mod authority;
pub(crate) mod chunked;
mod date;
pub(crate) mod encode;
mod error;
pub(crate) mod framing;
pub(crate) mod head;
mod line;
mod section;
pub(crate) mod spare;

pub use error::RequestError;
