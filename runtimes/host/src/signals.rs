//! Ctrl-C and SIGTERM, for programs that leave them to `serve`.

use crate::{Error, Result, Shutdown};
use signal_hook::{
    consts::{SIGINT, SIGTERM},
    iterator::{Handle, Signals},
};
use std::{net::TcpListener, thread};

/// Listens for signals until it is dropped.
#[derive(Debug)]
pub struct SignalGuard(Handle);

impl Shutdown {
    /// Begins the stop at the first SIGINT (Ctrl-C) or SIGTERM. The second one ends the process at once,
    /// with the status a shell expects: 128 plus the signal's number.
    ///
    /// # Errors
    /// When the handlers cannot be installed, or no thread can be started.
    pub fn begin_on_signals(&self) -> Result<SignalGuard> {
        let mut signals = Signals::new([SIGINT, SIGTERM])
            .map_err(|error| Error::io("cannot listen for Ctrl-C and SIGTERM", error))?;
        let guard = SignalGuard(signals.handle());
        let shutdown = self.clone();
        thread::Builder::new()
            .name("signals".into())
            .spawn(move || {
                for signal in &mut signals {
                    if shutdown.is_begun() {
                        std::process::exit(128 + signal);
                    }
                    log::info!("stopping: requests in flight are answered; a second signal ends at once");
                    shutdown.begin();
                }
            })
            .map_err(|error| Error::io("cannot start the signal thread", error))?;
        Ok(guard)
    }
}

impl Drop for SignalGuard {
    fn drop(&mut self) {
        self.0.close();
    }
}

/// Tells the person at the terminal that `serve` is up, on stderr: which runtime it is, where it listens
/// and how to stop it.
#[expect(clippy::print_stderr, reason = "`serve` owns the program: it takes its signals, too")]
pub fn announce(runtime: &str, listener: &TcpListener) {
    if let Ok(addr) = listener.local_addr() {
        eprintln!("polyserve {runtime}: listening on http://{addr} (Ctrl-C stops)");
    }
}
