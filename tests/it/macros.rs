//! Mounts a behaviour on every runtime.

use polyserve::{Strategy, runtime};

/// Writes a `#[test]` for each runtime and each of the named functions, which take a `Strategy`:
/// `pipelining::a_thousand_requests_are_answered_in_order::timer_offload`.
///
/// It stands at the top of its file, as the list of what is tested there. A function that is left out of it
/// is dead code, which the compiler reports.
macro_rules! on_every_runtime {
    ($($test:ident),+ $(,)?) => {$(
        mod $test {
            #[cfg(feature = "blocking")]
            #[test]
            fn blocking() {
                super::$test(polyserve::runtime::blocking::STRATEGY);
            }

            #[cfg(feature = "threaded")]
            #[test]
            fn threaded() {
                super::$test(polyserve::runtime::threaded::STRATEGY);
            }

            #[cfg(feature = "poll-loop")]
            #[test]
            fn poll_loop() {
                super::$test(polyserve::runtime::poll_loop::STRATEGY);
            }

            #[cfg(feature = "timer-offload")]
            #[test]
            fn timer_offload() {
                super::$test(polyserve::runtime::timer_offload::STRATEGY);
            }

            #[cfg(feature = "async")]
            #[test]
            fn asynchronous() {
                super::$test(polyserve::runtime::asynchronous::STRATEGY);
            }

            #[cfg(feature = "hyper")]
            #[test]
            fn hyper() {
                super::$test(polyserve::runtime::hyper::STRATEGY);
            }

            /// What is mounted above, for the test that it is all there is.
            #[allow(dead_code, reason = "asked of one function only")]
            pub(super) const MOUNTED: &[&str] = &[
                #[cfg(feature = "blocking")]
                polyserve::runtime::blocking::STRATEGY.name,
                #[cfg(feature = "threaded")]
                polyserve::runtime::threaded::STRATEGY.name,
                #[cfg(feature = "poll-loop")]
                polyserve::runtime::poll_loop::STRATEGY.name,
                #[cfg(feature = "timer-offload")]
                polyserve::runtime::timer_offload::STRATEGY.name,
                #[cfg(feature = "async")]
                polyserve::runtime::asynchronous::STRATEGY.name,
                #[cfg(feature = "hyper")]
                polyserve::runtime::hyper::STRATEGY.name,
            ];
        }
    )+};
}

on_every_runtime!(it_is_in_the_table);

fn it_is_in_the_table(runtime: Strategy) {
    assert!(runtime::ALL.iter().any(|known| known.name == runtime.name));
}

#[test]
fn every_runtime_of_the_table_is_mounted() {
    let all: Vec<&str> = runtime::ALL.iter().map(|runtime| runtime.name).collect();
    assert_eq!(it_is_in_the_table::MOUNTED, all);
}
