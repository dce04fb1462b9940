//! What can go wrong before there is a report. Failures of single requests are counted in it instead.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::process::ExitStatus;

/// Why there is no report. The text says what was wrong, at which contender, and what to do next.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// The plan asks for something that cannot be measured.
    Plan(String),
    /// The command of a contender could not be started.
    Start {
        /// Whose command.
        contender: String,
        /// The program that was to run.
        program: String,
        /// What the system said.
        source: io::Error,
    },
    /// The process could not be given a listener, or did not take it.
    Listener {
        /// Whose process.
        contender: String,
        /// What went wrong.
        reason: String,
    },
    /// The process ended without saying where it listens.
    Exited {
        /// Whose process.
        contender: String,
        /// How it ended; `None` if it only closed its output.
        status: Option<ExitStatus>,
        /// The end of what it wrote to standard error.
        stderr: String,
    },
    /// The process is running but has not said in time where it listens.
    NotListening {
        /// Whose process.
        contender: String,
        /// The end of what it wrote to standard error.
        stderr: String,
    },
    /// The process is running, but accepts no connections in time.
    NotAccepting {
        /// Whose process.
        contender: String,
        /// Where it was told to listen.
        given: SocketAddr,
        /// Where it said that it listens.
        printed: Option<SocketAddr>,
        /// The end of what it wrote to standard error.
        stderr: String,
    },
    /// The first requests were not answered.
    Probe {
        /// Who was asked, and over which kind of connection.
        contender: String,
        /// What happened instead of an answer.
        reason: String,
        /// The end of what the process wrote to standard error.
        stderr: String,
    },
    /// The answer is not a success, so its speed says nothing.
    Status {
        /// Who answered.
        contender: String,
        /// The request's method and path.
        request: String,
        /// The status of the answer.
        status: u16,
    },
    /// Two contenders answer the same request differently, so their speeds cannot be compared.
    Mismatch {
        /// Whose answer the others are held against.
        left: String,
        /// Whose answer differs.
        right: String,
        /// Each difference, one a line.
        differences: Vec<String>,
    },
    /// The process ended while it was measured.
    Died {
        /// Whose process.
        contender: String,
        /// How it ended.
        status: ExitStatus,
        /// The end of what it wrote to standard error.
        stderr: String,
    },
    /// [`Progress::cancelled`](crate::Progress::cancelled) said so before the first round was over.
    Interrupted,
    /// The load generator could not use the operating system's readiness queue.
    Generator(io::Error),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Plan(why) => f.write_str(why),
            Self::Start { contender, program, source } => {
                write!(f, "{contender}: cannot start {program}: {source}")
            }
            Self::Listener { contender, reason } => write!(f, "{contender}: {reason}"),
            Self::Exited { contender, status, stderr } => {
                write!(f, "{contender}: the server ended before it listened")?;
                match status {
                    Some(status) => write!(f, " ({status})")?,
                    None => f.write_str(" (it closed its standard output)")?,
                }
                tail(f, stderr)
            }
            Self::NotListening { contender, stderr } => {
                write!(
                    f,
                    "{contender}: the server did not print `listening on http://HOST:PORT` within 10 s; \
                     it has to, as a line of its standard output"
                )?;
                tail(f, stderr)
            }
            Self::NotAccepting { contender, given, printed, stderr } => {
                write!(f, "{contender}: the server accepted no connection at {given}")?;
                match printed {
                    Some(printed) => write!(f, " nor, as it said, at {printed} within 10 s")?,
                    None => f.write_str(
                        " within 10 s, and printed no other `http://HOST:PORT`; tell it where to listen with {port} or \
                         {addr} in its command, or let it read PORT from its environment",
                    )?,
                }
                tail(f, stderr)
            }
            Self::Probe { contender, reason, stderr } => {
                write!(f, "{contender}: the first request was not answered: {reason}")?;
                tail(f, stderr)
            }
            Self::Status { contender, request, status } => write!(
                f,
                "{contender}: {request} was answered with status {status}; measuring error pages would compare nothing: \
                 check --path"
            ),
            Self::Mismatch { left, right, differences } => {
                write!(
                    f,
                    "{left} and {right} answer the same request differently, so nothing was measured:"
                )?;
                differences.iter().try_for_each(|line| write!(f, "\n  {line}"))
            }
            Self::Died { contender, status, stderr } => {
                write!(f, "{contender}: the server ended while it was measured ({status})")?;
                tail(f, stderr)
            }
            Self::Interrupted => {
                f.write_str("interrupted before the first round was over: there is nothing to report")
            }
            Self::Generator(source) => write!(
                f,
                "the load generator failed: {source}; if too many files are open, use fewer connections or raise `ulimit -n`"
            ),
        }
    }
}

fn tail(f: &mut fmt::Formatter<'_>, stderr: &str) -> fmt::Result {
    match stderr.trim_end() {
        "" => f.write_str("; it wrote nothing to standard error"),
        text => {
            f.write_str("; its standard error ends with:")?;
            text.lines().try_for_each(|line| write!(f, "\n  | {line}"))
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Start { source, .. } | Self::Generator(source) => Some(source),
            _ => None,
        }
    }
}
