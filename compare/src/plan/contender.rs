//! Who takes part.

use std::fmt;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;

use crate::report::Outside;

/// One server under comparison.
pub struct Contender {
    /// Its name in the report.
    pub name: String,
    pub(crate) server: Source,
}

/// Where a contender's server comes from.
pub(crate) enum Source {
    /// A process of this comparison, started for each measurement.
    Started(Traceable),
    /// Any program, started for each measurement and told where to listen.
    Foreign(Box<dyn Fn(SocketAddr) -> Command>),
    /// Somebody else's, that listens already.
    Outside { addr: SocketAddr, host: String },
}

/// A process of this comparison.
pub(crate) struct Traceable {
    /// To be measured.
    pub(crate) command: Box<dyn Fn() -> Command>,
    /// Whether the process is given a listener.
    pub(crate) listener: bool,
    /// To be traced, into this file.
    pub(crate) traced: Option<TracedCommand>,
}

pub(crate) type TracedCommand = Box<dyn Fn(&Path) -> Command>;

impl Contender {
    /// A contender that `command` starts. It is called once for the check and once for each round, so that every
    /// measurement has a fresh process: two processes of the same program differ in their memory layout and hash seeds,
    /// and one process for all rounds would pass its luck off as its runtime's.
    ///
    /// The process prints `listening on http://HOST:PORT` as a line of its standard output within 10 s, and stops when
    /// its standard input ends. Standard input, output and error of the command are set by this crate.
    pub fn new(name: impl Into<String>, command: impl Fn() -> Command + 'static) -> Self {
        Self {
            name: name.into(),
            server: Source::Started(Traceable { command: Box::new(command), listener: false, traced: None }),
        }
    }

    /// Gives the process a listener on a free port of 127.0.0.1, bound here, with the backlog that all others get, too, by
    /// systemd's protocol (`LISTEN_FDS=1`, descriptor 3). It still prints its address when it is ready. For servers that
    /// take one, as polyserve's `serve` does with [`inherited_listener`](polyserve_host::inherited_listener): what is
    /// compared then is never a backlog, and nobody else gets the port. Nothing happens to a server outside.
    #[must_use]
    pub fn with_listener(mut self) -> Self {
        if let Source::Started(started) = &mut self.server {
            started.listener = true;
        }
        self
    }

    /// Can be traced, too: `command` starts the same server, which writes to the file when it ends what it has recorded.
    /// Only polyserve's own `serve --trace` knows how, and a server outside has no command.
    #[must_use]
    pub(crate) fn traced(mut self, command: impl Fn(&Path) -> Command + 'static) -> Self {
        if let Source::Started(started) = &mut self.server {
            started.traced = Some(Box::new(command));
        }
        self
    }

    /// Any server, of whatever make, that `command` starts in the foreground; called as that of [`new`](Self::new).
    ///
    /// It is given a free address of this machine, the port of which is also in the command's environment as `PORT`. The
    /// process listens there, or prints another address as `http://HOST:PORT` in a line of its standard output, and is waited
    /// for until it accepts connections there, for 10 s at the most. It is ended by SIGTERM, and when it does not follow
    /// within 2 s by SIGKILL, together with all processes that it has started. Processes of its group are counted as it is.
    /// Its answers have to have the others' status and body; header fields are its own affair.
    pub fn foreign(name: impl Into<String>, command: impl Fn(SocketAddr) -> Command + 'static) -> Self {
        Self { name: name.into(), server: Source::Foreign(Box::new(command)) }
    }

    /// A server that runs already, anywhere. Its answers have to have the others' status and body; its CPU time and
    /// memory are not known. `host` is what the `Host` field says.
    pub fn outside(name: impl Into<String>, addr: SocketAddr, host: impl Into<String>) -> Self {
        Self { name: name.into(), server: Source::Outside { addr, host: host.into() } }
    }

    pub(crate) fn can_be_traced(&self) -> bool {
        matches!(&self.server, Source::Started(Traceable { traced: Some(_), .. }))
    }

    /// Whether the server is of another make, whose header fields may differ.
    pub(crate) fn is_of_another_make(&self) -> bool {
        matches!(self.server, Source::Foreign(_) | Source::Outside { .. })
    }

    /// What the report says of a server that is not a process of this comparison.
    pub(crate) fn as_outside(&self) -> Option<Outside> {
        let Source::Outside { addr, .. } = &self.server else {
            return None;
        };
        Some(Outside { contender: self.name.clone(), here: addr.ip().is_loopback() })
    }
}

impl fmt::Debug for Contender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut f = f.debug_struct("Contender");
        f.field("name", &self.name);
        match &self.server {
            Source::Started(started) => f.field("command", &(started.command)()),
            Source::Foreign(command) => f.field("command", &command(([127, 0, 0, 1], 0).into())),
            Source::Outside { addr, host } => f.field("addr", addr).field("host", host),
        };
        f.finish()
    }
}
