//! The runtimes: six ways to wait.
//!
//! Each has `serve(addr, handler)`, which blocks until Ctrl-C or SIGTERM, and a `Server` with settings. They
//! host the same handlers and send the same bytes; what differs is what a handler that waits holds.

use polyserve_host::Strategy;

#[cfg(feature = "blocking")]
#[doc(inline)]
pub use polyserve_blocking as blocking;
#[cfg(feature = "hyper")]
#[doc(inline)]
pub use polyserve_hyper as hyper;
#[cfg(feature = "poll-loop")]
#[doc(inline)]
pub use polyserve_poll_loop as poll_loop;
#[cfg(feature = "threaded")]
#[doc(inline)]
pub use polyserve_threaded as threaded;
#[cfg(feature = "timer-offload")]
#[doc(inline)]
pub use polyserve_timer_offload as timer_offload;

// `async` is a keyword.
#[cfg(feature = "async")]
#[doc(inline, alias = "async", alias = "tokio")]
pub use polyserve_async as asynchronous;

/// All runtimes that are built in, in the order of the tutorial: what the command line, the comparison and
/// the tests iterate over.
pub const ALL: &[Strategy] = &[
    #[cfg(feature = "blocking")]
    blocking::STRATEGY,
    #[cfg(feature = "threaded")]
    threaded::STRATEGY,
    #[cfg(feature = "poll-loop")]
    poll_loop::STRATEGY,
    #[cfg(feature = "timer-offload")]
    timer_offload::STRATEGY,
    #[cfg(feature = "async")]
    asynchronous::STRATEGY,
    #[cfg(feature = "hyper")]
    hyper::STRATEGY,
];
