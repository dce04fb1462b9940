//! What every runtime needs from the operating system, written once.
//!
//! polyserve-core has no I/O, and a runtime should show nothing but how it waits. What is left stands here:
//! [`bind`] a port or take an [`inherited_listener`], [`Shutdown`] and the signals that begin it, what to do
//! about accept errors, the [`Common`] settings of every `Server`, a bounded [`ThreadPool`], and the
//! [`Strategy`] a runtime is described by. There is no event loop here and no trait that runtimes implement.

mod accept;
mod bind;
mod clock;
mod error;
mod inherited;
mod listening;
mod pool;
mod settings;
mod shutdown;
mod signals;
mod socket;
mod stall_warning;
mod strategy;
mod sync;
mod tokio_advice;

pub use accept::{AcceptFailure, BACK_OFF};
pub use bind::{BACKLOG, another, bind, bind_for_workers, reset_on_close};
pub use clock::SystemClock;
pub use error::{Error, Result};
pub use inherited::inherited_listener;
pub use listening::Listening;
pub use pool::{NoThread, ThreadPool};
pub use settings::Common;
pub use shutdown::Shutdown;
pub use signals::{SignalGuard, announce};
pub use socket::Socket;
pub use stall_warning::StallWarning;
pub use strategy::{Capabilities, Held, Http, Serve, ServeOptions, Strategy};
pub use tokio_advice::TOKIO_RUNTIMES;

#[doc(hidden)]
pub mod __private {
    //! What `common_settings!` names.
    pub use polyserve_core::{Handler, Limits, Timeouts, observer::Observer};
    pub use std::{
        net::{TcpListener, ToSocketAddrs},
        time::Duration,
    };
}
