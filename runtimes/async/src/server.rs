//! The settings of a server on tokio, written once for this runtime and for hyper's.

/// Writes the `Server` of a runtime on tokio. `converse` talks with one client; `check` refuses settings that the
/// runtime cannot honour. It expects a constant `NAME`.
#[macro_export]
macro_rules! tokio_server {
    ($converse:expr, $held:literal, $check:expr) => {
        /// The settings of this runtime's server.
        #[derive(Debug)]
        pub struct Server {
            common: $crate::__private::Common,
            blocking_threads: usize,
        }

        $crate::__private::common_settings!();

        impl Server {
            fn with(common: $crate::__private::Common) -> Server {
                Server { common, blocking_threads: $crate::BLOCKING_THREADS }
            }

            /// Worker threads. Default: one for each core. With one, everything runs on the thread that serves, and
            /// tokio's `block_in_place` panics there as it does on every runtime of one thread; `spawn_blocking` and
            /// `#[handler(blocking)]` are as usual.
            #[must_use]
            pub fn workers(mut self, workers: usize) -> Server {
                self.common.options().workers = Some(workers);
                self
            }

            /// Bounds the threads for `#[handler(blocking)]`; calls beyond it wait for one. Default: 512,
            /// started when they are needed.
            #[must_use]
            pub fn blocking_threads(mut self, threads: usize) -> Server {
                self.blocking_threads = threads;
                self
            }

            /// Serves until the shutdown begins, then answers what is in flight. It starts a tokio runtime of
            /// its own, and so must not be called from inside another.
            ///
            /// # Errors
            /// When the address cannot be bound, two routes conflict, a setting cannot be honoured, or the
            /// system fails.
            pub fn serve(self) -> $crate::__private::Result {
                let listening = $check(self.common.open()?)?.on_a_loop($held).within_tokio();
                $crate::run(listening, self.blocking_threads, $converse)
            }
        }
    };
}
