//! What rounds say about contenders: the arithmetic, free of sockets and clocks.
//!
//! The unit of analysis is the round. Requests inside a round wait for each other, so a thousand of them are not a
//! thousand observations; rounds are far apart in time, have a process each and an order drawn anew, and are treated as
//! independent.

mod interval;
mod order;
mod ratio;
mod student;
#[cfg(test)]
mod tests;
mod verdict;

pub use interval::Interval;
pub(crate) use order::orders;
pub use ratio::paired;
pub(crate) use ratio::unpaired;
pub use verdict::Verdict;
pub(crate) use verdict::{Better, SAME_WITHIN};
