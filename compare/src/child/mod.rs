//! One contender's process, from its start to its certain end.
//!
//! The process serves for as long as the pipe on its standard input is open, so it stops even when this process is
//! killed. Dropping a [`Server`] ends it: first by closing the pipe, and by force when it does not follow. One of another
//! make knows nothing of the pipe and is told by a signal ([`foreign`]).

use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use crate::pin::Pinned;
use crate::plan::Source;
use crate::{Contender, Error, descriptors};

mod address;
mod foreign;
#[cfg_attr(not(unix), path = "listener/nowhere.rs")]
mod listener;
mod tail;

use tail::Tail;

/// How long a server may take to say where it listens.
const START_LIMIT: Duration = Duration::from_secs(10);
/// How long a server may take to stop after its standard input ended.
const STOP_LIMIT: Duration = Duration::from_secs(2);
/// How long to wait for a process whose output has ended, and for its last words.
const LAST_WORDS_LIMIT: Duration = Duration::from_millis(500);
/// How often a process that should end is looked at; std has no wait with a deadline.
const LOOK_EVERY: Duration = Duration::from_millis(2);

/// A running server that listens; dropping it ends the process.
#[derive(Debug)]
pub struct Server {
    /// `None` for a server that somebody else has started.
    process: Option<Process>,
    addr: SocketAddr,
    host: String,
    name: String,
}

impl Server {
    /// Starts a contender outside of any comparison, on whatever core the system likes.
    ///
    /// # Errors
    ///
    /// The command cannot be started, or the process ends or does not listen in time.
    pub fn of(contender: &Contender) -> Result<Self, Error> {
        descriptors::allow_as_many_as_may_be();
        Self::start(contender, None)
    }

    /// Starts the contender's command and waits until it listens. A server outside listens already.
    pub(crate) fn start(contender: &Contender, pinned: Option<&Pinned>) -> Result<Self, Error> {
        let name = contender.name.clone();
        match &contender.server {
            Source::Started(started) => Self::spawn(name, (started.command)(), started.listener, pinned),
            Source::Foreign(command) => foreign::start(name, command, pinned),
            Source::Outside { addr, host } => {
                Ok(Self { process: None, addr: *addr, host: host.clone(), name })
            }
        }
    }

    /// Starts a command, with or without a listener, and waits until it says where it listens.
    pub(crate) fn spawn(
        name: String,
        mut command: Command,
        with_listener: bool,
        pinned: Option<&Pinned>,
    ) -> Result<Self, Error> {
        let refused = |reason| Error::Listener { contender: name.clone(), reason };
        let given = if with_listener { listener::give(&mut command).map_err(refused)? } else { None };
        // With the command goes our hold of the listener: when the server has closed its own, nobody gets in.
        let (mut process, addresses) = Process::start(&name, command, Stop::EndOfInput, pinned)?;
        match addresses.recv_timeout(START_LIMIT) {
            Ok(addr) if given.is_some_and(|given| given != addr) => Err(Error::Listener {
                contender: name,
                reason: format!("it was given a listener by LISTEN_FDS, and listens on {addr} instead"),
            }),
            Ok(addr) => Ok(Self { process: Some(process), addr, host: addr.to_string(), name }),
            Err(mpsc::RecvTimeoutError::Timeout) => {
                Err(Error::NotListening { contender: name, stderr: process.stderr.text() })
            }
            Err(mpsc::RecvTimeoutError::Disconnected) => {
                let status = process.wait(LAST_WORDS_LIMIT);
                Err(process.exited(name, status))
            }
        }
    }

    /// Where it listens.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// What the `Host` field says.
    pub(crate) fn host(&self) -> &str {
        &self.host
    }

    /// Its process id, if it is a process of this comparison.
    pub fn pid(&self) -> Option<u32> {
        self.process.as_ref().map(|process| process.child.id())
    }

    /// Whether it may be more than one process.
    pub(crate) fn may_have_children(&self) -> bool {
        self.process.as_ref().is_some_and(|process| process.stop == Stop::Signal)
    }

    /// The contender's name.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The end of its standard error so far.
    pub(crate) fn stderr(&self) -> String {
        self.process.as_ref().map(|process| process.stderr.text()).unwrap_or_default()
    }

    /// An error if the process has ended.
    ///
    /// # Errors
    ///
    /// [`Error::Died`].
    pub fn check_alive(&mut self) -> Result<(), Error> {
        let Some(process) = &mut self.process else {
            return Ok(());
        };
        match process.child.try_wait() {
            Ok(Some(status)) => Err(Error::Died {
                contender: self.name.clone(),
                status,
                stderr: process.stderr.last_words(LAST_WORDS_LIMIT),
            }),
            Ok(None) | Err(_) => Ok(()),
        }
    }
}

/// The guard: exists from the moment of the spawn, so no early return leaves a process behind.
#[derive(Debug)]
struct Process {
    child: Child,
    stdin: Option<ChildStdin>,
    stderr: Tail,
    stop: Stop,
}

/// How a process is told to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stop {
    /// By the end of its standard input.
    EndOfInput,
    /// By SIGTERM, to it and all that it has started.
    Signal,
}

impl Process {
    /// Starts a command; what it says of addresses can be received.
    fn start(
        name: &str,
        mut command: Command,
        stop: Stop,
        pinned: Option<&Pinned>,
    ) -> Result<(Self, mpsc::Receiver<SocketAddr>), Error> {
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        // Ctrl-C is for who measures: a server that it stops would look like one that fails.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let spawned = match pinned {
            Some(pinned) => pinned.on_server_cores(|| command.spawn()),
            None => command.spawn(),
        };
        let mut child = spawned.map_err(|source| Error::Start {
            contender: name.to_owned(),
            program: command.get_program().to_string_lossy().into_owned(),
            source,
        })?;
        let stdout = child.stdout.take();
        let stderr = child.stderr.take();
        let process = Self { stdin: child.stdin.take(), stderr: Tail::follow(stderr), child, stop };
        Ok((process, first_address(stdout)))
    }

    /// It ended before it listened.
    fn exited(&self, contender: String, status: Option<ExitStatus>) -> Error {
        let stderr = self.stderr.last_words(LAST_WORDS_LIMIT);
        Error::Exited { contender, status, stderr }
    }

    /// Waits for the process to end by itself.
    fn wait(&mut self, limit: Duration) -> Option<ExitStatus> {
        let deadline = Instant::now() + limit;
        loop {
            match self.child.try_wait() {
                Ok(Some(status)) => return Some(status),
                Ok(None) if Instant::now() < deadline => thread::sleep(LOOK_EVERY),
                Ok(None) | Err(_) => return None,
            }
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        drop(self.stdin.take());
        let group = (self.stop == Stop::Signal).then(|| foreign::Group::led_by(&self.child));
        if let Some(group) = &group {
            group.terminate();
        }
        if self.wait(STOP_LIMIT).is_none() {
            // Both fail only for a process that is already gone.
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
        if let Some(group) = &group {
            group.kill();
        }
    }
}

/// Follows the child's output to its end, so that it never blocks on a full pipe; the first address in it is sent.
fn first_address(stdout: Option<ChildStdout>) -> mpsc::Receiver<SocketAddr> {
    let (sender, receiver) = mpsc::channel();
    let Some(stdout) = stdout else {
        return receiver;
    };
    thread::spawn(move || {
        let mut lines = BufReader::new(stdout);
        let mut line = Vec::new();
        loop {
            line.clear();
            // A line is at most as long as an address line can be; the rest of a longer one reads as another.
            match lines.by_ref().take(4096).read_until(b'\n', &mut line) {
                Ok(0) | Err(_) => return,
                Ok(_) => {}
            }
            if let Some(addr) = address::in_line(&String::from_utf8_lossy(&line)) {
                // Nobody waits any more for a second address, or after the deadline.
                let _ = sender.send(addr);
                break;
            }
        }
        let _ = std::io::copy(&mut lines, &mut std::io::sink());
    });
    receiver
}

#[cfg(test)]
mod tests;
