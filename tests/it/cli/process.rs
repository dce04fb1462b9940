//! A child process whose every wait has a deadline.

use crate::client::DEADLINE;
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use std::{
    io::{BufRead, BufReader, Read},
    process::{Child, ChildStdin, Command, ExitStatus, Stdio},
    sync::mpsc::{Receiver, channel},
    thread,
};

/// What a program that has ended has said.
pub(super) struct Output {
    /// `None` if a signal ended it.
    pub(super) status: Option<i32>,
    pub(super) stdout: String,
    pub(super) stderr: String,
}

/// Runs the program to its end.
pub(super) fn run(arguments: &[&str]) -> Output {
    run_with(arguments, |_| {})
}

/// Runs the program, changed by `set`, to its end.
pub(super) fn run_with(arguments: &[&str], set: impl FnOnce(&mut Command)) -> Output {
    let mut process = Process::start_with(arguments, set);
    process.close_stdin();
    let (stdout, stderr) = (text(&process.stdout), text(&process.stderr));
    Output { status: process.wait(), stdout, stderr }
}

/// The program at work; it is killed if it is still there in the end.
pub(super) struct Process {
    pid: Pid,
    stdin: Option<ChildStdin>,
    stdout: Receiver<String>,
    stderr: Receiver<String>,
    ended: Receiver<ExitStatus>,
    status: Option<ExitStatus>,
}

impl Process {
    pub(super) fn start(arguments: &[&str]) -> Process {
        Process::start_with(arguments, |_| {})
    }

    pub(super) fn start_with(arguments: &[&str], set: impl FnOnce(&mut Command)) -> Process {
        let mut command = Command::new(env!("CARGO_BIN_EXE_polyserve"));
        // What the user's shell says must not change what is tested.
        for variable in ["POLYSERVE_RUNTIME", "PORT", "RUST_LOG", "LISTEN_FDS", "LISTEN_PID"] {
            command.env_remove(variable);
        }
        command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        set(&mut command);
        let mut child = command.spawn().unwrap();
        Process {
            pid: Pid::from_raw(child.id().try_into().unwrap()),
            stdin: child.stdin.take(),
            stdout: lines(child.stdout.take().unwrap()),
            stderr: lines(child.stderr.take().unwrap()),
            ended: end(child),
            status: None,
        }
    }

    pub(super) fn stdout_line(&mut self) -> String {
        self.stdout.recv_timeout(DEADLINE).unwrap_or_else(|error| {
            panic!("nothing on stdout ({error}); stderr: {}", self.stderr.try_iter().collect::<String>())
        })
    }

    /// Waits for a line on stderr with `part` in it.
    pub(super) fn await_stderr(&mut self, part: &str) {
        while !self.stderr.recv_timeout(DEADLINE).unwrap().contains(part) {}
    }

    pub(super) fn close_stdin(&mut self) {
        self.stdin = None;
    }

    pub(super) fn signal(&self, signal: Signal) {
        kill(self.pid, signal).unwrap();
    }

    /// Waits for its end: the exit status, `None` if a signal ended it.
    pub(super) fn wait(&mut self) -> Option<i32> {
        let status = self.ended.recv_timeout(DEADLINE).expect("the program does not end");
        self.status = Some(status);
        status.code()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if self.status.is_none() {
            // It may have ended by itself.
            let _ = kill(self.pid, Signal::SIGKILL);
        }
    }
}

/// Reads beside the test: a pipe has no read timeout.
fn lines(pipe: impl Read + Send + 'static) -> Receiver<String> {
    let (sender, lines) = channel();
    thread::spawn(move || {
        for line in BufReader::new(pipe).lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                return;
            }
        }
    });
    lines
}

fn end(mut child: Child) -> Receiver<ExitStatus> {
    let (sender, ended) = channel();
    thread::spawn(move || {
        if let Ok(status) = child.wait() {
            // The test may have ended before.
            let _ = sender.send(status);
        }
    });
    ended
}

/// All lines to the end of the pipe.
fn text(lines: &Receiver<String>) -> String {
    let mut text = String::new();
    while let Ok(line) = lines.recv_timeout(DEADLINE) {
        text.push_str(&line);
        text.push('\n');
    }
    text
}
