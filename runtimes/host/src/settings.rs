//! The settings that every runtime's `Server` has.

use crate::{
    Error, Listening, Result, ServeOptions, SystemClock, bind,
    bind::{bind_for_loops, resolve},
};
use polyserve_core::{App, Handler, Start};
use std::{
    fmt,
    net::{SocketAddr, TcpListener, ToSocketAddrs},
    sync::Arc,
};

/// Descriptors that a server keeps free for files, pipes and the handlers' own connections.
const SPARE_DESCRIPTORS: usize = 64;

/// What every `Server` can be told. Runtimes embed it; [`common_settings!`](crate::common_settings) gives
/// them the methods.
pub struct Common {
    handler: Arc<dyn Handler>,
    place: Option<Place>,
    options: ServeOptions,
}

/// Where a server listens.
enum Place {
    /// Not bound yet: how to bind it depends on settings that may come later.
    Address(Result<Vec<SocketAddr>>),
    Listener(TcpListener),
}

impl Common {
    /// Settings for `handler`, without a listener.
    pub fn new(handler: impl Handler, options: ServeOptions) -> Common {
        Common { handler: Arc::new(handler), place: None, options }
    }

    /// See `Server::address`.
    pub fn set_address(&mut self, addr: impl ToSocketAddrs) {
        self.place = Some(Place::Address(resolve(addr)));
    }

    /// See `Server::listener`.
    pub fn set_listener(&mut self, listener: TcpListener) {
        self.place = Some(Place::Listener(listener));
    }

    /// The settings, to be changed.
    pub fn options(&mut self) -> &mut ServeOptions {
        &mut self.options
    }

    /// Checks everything that can be wrong before the first connection.
    ///
    /// # Errors
    /// When the app's routes conflict, no address was given, or the address cannot be bound.
    pub fn open(self) -> Result<Listening> {
        self.open_with(|addrs| bind(addrs))
    }

    /// As [`open`](Common::open), for a runtime with a loop for each worker: an address is
    /// [bound for all of them](crate::bind_for_workers).
    ///
    /// # Errors
    /// As [`open`](Common::open).
    pub fn open_for_loops(self) -> Result<Listening> {
        let loops = self.options.workers;
        self.open_with(|addrs| bind_for_loops(addrs, loops))
    }

    fn open_with(self, bind: impl FnOnce(&[SocketAddr]) -> Result<TcpListener>) -> Result<Listening> {
        Start::check(&*self.handler)?;
        let listener = match self.place {
            Some(Place::Listener(listener)) => listener,
            Some(Place::Address(addrs)) => bind(&addrs?)?,
            None => {
                return Err(Error::setting("the server has no address: call `.address(\"127.0.0.1:8000\")`"));
            }
        };
        let max_connections = self.options.connections();
        let ServeOptions { shutdown, limits, timeouts, workers, stall_warning, observer, .. } = self.options;
        let mut app = App::new(self.handler, SystemClock::new());
        app.limits = limits;
        app.timeouts = timeouts;
        if let Some(observer) = observer {
            app = app.with_observer(observer);
        }
        if max_connections == 0 {
            return Err(Error::setting("a server with 0 connections serves nobody: set at least 1"));
        }
        Ok(Listening { listener, app, shutdown, max_connections, workers, stall_warning })
    }
}

impl fmt::Debug for Common {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Common").field("options", &self.options).finish_non_exhaustive()
    }
}

impl ServeOptions {
    /// Connections at the same time: those that were set, or as many as the descriptor limit leaves room for.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.max_connections.unwrap_or_else(default_max_connections)
    }
}

/// As many connections as the process may have descriptors, less some to spare: the bound is met here,
/// where clients wait in the backlog, and not as an error of `accept`.
fn default_max_connections() -> usize {
    let limit = rustix::process::getrlimit(rustix::process::Resource::Nofile).current;
    let descriptors = limit.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(usize::MAX);
    descriptors.saturating_sub(SPARE_DESCRIPTORS).clamp(1, MAX_CONNECTIONS)
}

/// Above it every runtime here would be short of memory before it is short of descriptors.
const MAX_CONNECTIONS: usize = 1 << 20;

/// Writes what all runtimes have alike: `serve`, and the common methods of `Server`. It expects a
/// `struct Server` with a field `common: Common`, a function `Server::with(common)` that fills in the rest,
/// and a constant `NAME`; it adds a constant `SERVE` for the runtime's [`Strategy`](crate::Strategy).
#[macro_export]
macro_rules! common_settings {
    () => {
        /// Serves `handler` on `addr` until Ctrl-C or SIGTERM, then answers what is in flight and returns. A
        /// second signal ends the process at once.
        ///
        /// # Errors
        /// When the address cannot be bound, or two routes conflict.
        pub fn serve(
            addr: impl $crate::__private::ToSocketAddrs,
            handler: impl $crate::__private::Handler,
        ) -> $crate::Result {
            let listener = $crate::bind(addr)?;
            let shutdown = $crate::Shutdown::new();
            let _signals = shutdown.begin_on_signals()?;
            $crate::announce(NAME, &listener);
            Server::new(handler).listener(listener).shutdown(shutdown).serve()
        }

        /// How the command line and the tests serve.
        const SERVE: $crate::Serve = |listener, handler, options| {
            Server::with($crate::Common::new(handler, options)).listener(listener).serve()
        };

        impl Server {
            /// A server with every setting at its default. It needs an [`address`](Server::address) or a
            /// [`listener`](Server::listener).
            #[must_use]
            pub fn new(handler: impl $crate::__private::Handler) -> Server {
                Server::with($crate::Common::new(handler, $crate::ServeOptions::default()))
            }

            /// Listens on `addr` from [`serve`](Server::serve) on, which tells if it cannot.
            #[must_use]
            pub fn address(mut self, addr: impl $crate::__private::ToSocketAddrs) -> Server {
                self.common.set_address(addr);
                self
            }

            /// Serves on a listener that is bound already; [`bind`](polyserve_host::bind) makes a good one.
            #[must_use]
            pub fn listener(mut self, listener: $crate::__private::TcpListener) -> Server {
                self.common.set_listener(listener);
                self
            }

            /// Bounds what a peer may send. Default: [`Limits::default`](polyserve_core::Limits).
            #[must_use]
            pub fn limits(mut self, limits: $crate::__private::Limits) -> Server {
                self.common.options().limits = limits;
                self
            }

            /// Bounds how long things may take. Default: [`Timeouts::default`](polyserve_core::Timeouts).
            #[must_use]
            pub fn timeouts(mut self, timeouts: $crate::__private::Timeouts) -> Server {
                self.common.options().timeouts = timeouts;
                self
            }

            /// Stops gracefully when `shutdown` begins. Default: never.
            #[must_use]
            pub fn shutdown(mut self, shutdown: $crate::Shutdown) -> Server {
                self.common.options().shutdown = shutdown;
                self
            }

            /// Reports handlers that hold a loop for longer than `bound` in the log, by name and line, each of
            /// them every 10 s at the most; `None` is never. Default: 50 ms in debug builds, never in release
            /// builds. On a runtime that has no loop a bound is an error at start.
            #[must_use]
            pub fn stall_warning(mut self, bound: Option<$crate::__private::Duration>) -> Server {
                self.common.options().stall_warning = bound.into();
                self
            }

            /// Tells `observer` what happens to connections, on the thread on which it happens. Default: nobody, at
            /// the cost of a comparison for each event.
            #[must_use]
            pub fn observer(mut self, observer: impl $crate::__private::Observer) -> Server {
                self.common.options().observer = Some(::std::sync::Arc::new(observer));
                self
            }

            /// Bounds the connections at the same time; clients beyond it wait in the kernel's backlog.
            /// Default: the process's descriptor limit less 64.
            #[must_use]
            pub fn max_connections(mut self, connections: usize) -> Server {
                self.common.options().max_connections = Some(connections);
                self
            }
        }
    };
}
