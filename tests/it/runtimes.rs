//! The conformance kit, on every runtime.

macro_rules! every_runtime {
    ($($feature:literal $runtime:ident),+ $(,)?) => {$(
        #[cfg(feature = $feature)]
        mod $runtime {
            polyserve_conformance::suite!(polyserve::runtime::$runtime::STRATEGY);
        }
    )+};
}

every_runtime!(
    "blocking" blocking,
    "threaded" threaded,
    "poll-loop" poll_loop,
    "timer-offload" timer_offload,
    "async" asynchronous,
    "hyper" hyper,
);
