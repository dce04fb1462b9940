#![deny(warnings, missing_docs, unused_qualifications)]
//! Handlers of the same name, each as visible as its function says.

/// A module.
pub mod outer {
    use polyserve::handler;

    /// Another.
    pub mod inner {
        use polyserve::handler;

        #[handler(GET, "/in")]
        pub(in crate::outer) fn hello() -> &'static str {
            "in"
        }

        #[handler(GET, "/super")]
        pub(super) fn up() {}

        #[handler(GET, "/self")]
        pub(self) fn here() {}

        /// Shown.
        pub fn shown() -> &'static str {
            here::META.module
        }
    }

    /// Says hello.
    #[handler]
    pub fn hello() -> &'static str {
        inner::up::call();
        inner::hello::call()
    }
}

fn main() {
    assert_eq!(outer::hello::call(), "in");
    assert!(outer::inner::shown().ends_with("::outer::inner"));
}
