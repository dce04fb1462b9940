//! Who takes part.

use std::fmt;
use std::net::SocketAddr;
use std::process::Command;

/// One server under comparison.
pub struct Contender {
    /// Its name in the report.
    pub name: String,
    pub(crate) server: Source,
}

/// Where a contender's server comes from.
pub(crate) enum Source {
    /// A process of this comparison, started for each measurement.
    Started(Box<dyn Fn() -> Command>),
    /// Somebody else's, that listens already.
    Outside { addr: SocketAddr, host: String },
}

impl Contender {
    /// A contender that `command` starts. It is called once for the check and once for each round, so that every
    /// measurement has a fresh process: two processes of the same program differ in their memory layout and hash seeds,
    /// and one process for all rounds would pass its luck off as its runtime's.
    ///
    /// The process prints `listening on http://HOST:PORT` as a line of its standard output within 10 s, and stops when
    /// its standard input ends. Standard input, output and error of the command are set by this crate.
    pub fn new(name: impl Into<String>, command: impl Fn() -> Command + 'static) -> Self {
        Self { name: name.into(), server: Source::Started(Box::new(command)) }
    }

    /// A server that runs already, anywhere. Its answers have to have the others' status and body; its CPU time and
    /// memory are not known. `host` is what the `Host` field says.
    pub fn outside(name: impl Into<String>, addr: SocketAddr, host: impl Into<String>) -> Self {
        Self { name: name.into(), server: Source::Outside { addr, host: host.into() } }
    }

    /// Whether the server is not a process of this comparison.
    pub(crate) fn is_outside(&self) -> bool {
        matches!(self.server, Source::Outside { .. })
    }
}

impl fmt::Debug for Contender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut f = f.debug_struct("Contender");
        f.field("name", &self.name);
        match &self.server {
            Source::Started(command) => f.field("command", &command()),
            Source::Outside { addr, host } => f.field("addr", addr).field("host", host),
        };
        f.finish()
    }
}
