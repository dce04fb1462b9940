//! Why a server did not start, or had to stop.

use polyserve_core::StartError;
use std::{fmt, io};

/// What `serve` returns: `Ok` after a graceful stop.
pub type Result<T = ()> = std::result::Result<T, Error>;

/// Why a server did not start, or had to stop. `Debug` prints the same sentence as `Display`, so that a
/// `main` which returns it prints something to read.
pub struct Error(Kind);

enum Kind {
    /// The application: its routes can never work.
    App(StartError),
    /// The user: a setting that cannot be honoured, or an address that is none.
    Setting(String),
    /// The system.
    Io { doing: String, source: io::Error },
}

impl Error {
    /// A setting that cannot be honoured; the message says which one and what to do.
    pub fn setting(message: impl Into<String>) -> Error {
        Error(Kind::Setting(message.into()))
    }

    /// A failure of the system while `doing` something.
    pub fn io(doing: impl Into<String>, source: io::Error) -> Error {
        Error(Kind::Io { doing: doing.into(), source })
    }
}

impl From<StartError> for Error {
    fn from(error: StartError) -> Error {
        Error(Kind::App(error))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::App(error) => error.fmt(f),
            Kind::Setting(message) => f.write_str(message),
            Kind::Io { doing, source } => write!(f, "{doing}: {source}"),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.0 {
            Kind::App(error) => Some(error),
            Kind::Setting(_) => None,
            Kind::Io { source, .. } => Some(source),
        }
    }
}
