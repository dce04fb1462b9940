//! From a list of behaviours to tests of somebody else's runtime.

/// The list of what a module shows, at its top: functions of a `Strategy`. A function that is left out of it is dead
/// code, which the compiler reports.
///
/// It makes a macro with the module's name, which writes a `#[test]` for each of them; [`suite!`](crate::suite) calls
/// all of these.
macro_rules! behaviours {
    ($module:ident: $($test:ident),+ $(,)?) => {
        behaviours!(@ ($) $module: $($test),+);
    };
    // `$d` is a dollar of the macro that is made.
    (@ ($d:tt) $module:ident: $($test:ident),+) => {
        #[doc(hidden)]
        pub mod mounted {
            $(
                pub fn $test(runtime: $crate::facade::Strategy) {
                    super::$test(runtime);
                }
            )+
        }

        #[doc(hidden)]
        #[macro_export]
        macro_rules! $module {
            ($d runtime:path) => {
                #[cfg(test)]
                mod $module {
                    $(
                        #[test]
                        fn $test() {
                            $d crate::$module::mounted::$test($d runtime);
                        }
                    )+
                }
            };
        }
    };
}

/// Mounts every behaviour on a runtime: a module for each topic, in it a `#[test]` for each behaviour.
///
/// It takes a constant expression for the runtime's [`Strategy`](polyserve_host::Strategy), and stands in a module of its
/// own where there are several. Outside of tests it is nothing.
///
/// ```
/// mod my_runtime {
///     # use polyserve_host::{Capabilities, Held, Strategy};
///     pub const STRATEGY: Strategy = // ..
///     #    Strategy {
///     #        name: "my-runtime",
///     #        summary: "",
///     #        tutorial: "",
///     #        capabilities: Capabilities::new(Held::Thread),
///     #        serve: |_, _, _| Ok(()),
///     #    };
/// }
///
/// mod conformance {
///     polyserve_conformance::suite!(super::my_runtime::STRATEGY);
/// }
/// ```
#[macro_export]
macro_rules! suite {
    ($strategy:expr) => {
        /// Named here, because the modules below see other names than whoever mounts them.
        #[cfg(test)]
        const MOUNTED: $crate::__private::Strategy = $strategy;
        $crate::blocking_handlers!(super::MOUNTED);
        $crate::capacity!(super::MOUNTED);
        $crate::events!(super::MOUNTED);
        $crate::framing!(super::MOUNTED);
        $crate::keep_alive!(super::MOUNTED);
        $crate::limits!(super::MOUNTED);
        $crate::panics!(super::MOUNTED);
        $crate::pipelining!(super::MOUNTED);
        $crate::settings!(super::MOUNTED);
        $crate::silent_clients!(super::MOUNTED);
        $crate::sleeping!(super::MOUNTED);
        $crate::stop!(super::MOUNTED);
        $crate::streams!(super::MOUNTED);
        $crate::timeouts!(super::MOUNTED);
        $crate::waiting!(super::MOUNTED);
        $crate::wire!(super::MOUNTED);
    };
}
