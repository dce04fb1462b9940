//! The second half of a client's life: answers, and the end of the connection.

use std::io::{self, Read};
use std::mem;
use std::time::Instant;

use super::{Client, Socket, State};
use crate::Mode;
use crate::load::step::{Answers, Failure, Settled, Shared, Step, Then};
use crate::response::Progress;

impl Client {
    pub(super) fn receive(
        &mut self,
        mut socket: Socket,
        closed: bool,
        shared: &mut Shared<'_>,
    ) -> io::Result<Step> {
        let mut answers = Answers::default();
        loop {
            match socket.stream.read(shared.buffer) {
                Ok(0) if self.reader.is_untouched() => return Ok(self.broken(&socket, answers)),
                Ok(0) => {
                    return Ok(match self.reader.end() {
                        Ok(()) => {
                            answers.add(self.reader.status() == shared.status);
                            self.answered(answers, Then::Settle)
                        }
                        Err(_) => self.answered(answers, Then::Fail(Failure::Read)),
                    });
                }
                Ok(read) => match self.push(read, &mut answers, shared) {
                    Pushed::Last => return Ok(self.batch_over(socket, closed, answers, shared.mode)),
                    Pushed::Malformed => {
                        return Ok(self.answered(answers, Then::Fail(Failure::Malformed)));
                    }
                    // A short read has emptied the socket; what comes later is announced, unless the end already was.
                    Pushed::Partial if read < shared.buffer.len() && !closed => break,
                    Pushed::Partial => {}
                },
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                Err(_) => return Ok(self.broken(&socket, answers)),
            }
            socket.used |= answers != Answers::default();
        }
        socket.used |= answers != Answers::default();
        self.state = State::Receiving { socket };
        Ok(self.answered(answers, Then::More))
    }

    /// Gives the reader what was read, answer by answer.
    fn push(&mut self, read: usize, answers: &mut Answers, shared: &Shared<'_>) -> Pushed {
        let mut bytes = &shared.buffer[..read];
        loop {
            let unused = match self.reader.push(bytes) {
                Ok(Progress::Partial) => return Pushed::Partial,
                Ok(Progress::Done { unused }) => unused,
                Err(_) => return Pushed::Malformed,
            };
            let last = self.owed == 1 || self.reader.closes();
            if last && unused > 0 {
                return Pushed::Malformed;
            }
            answers.add(self.reader.status() == shared.status);
            self.owed -= 1;
            if last {
                return Pushed::Last;
            }
            self.reader.reset();
            bytes = &bytes[bytes.len() - unused..];
            if bytes.is_empty() {
                return Pushed::Partial;
            }
        }
    }

    /// The connection ended between two answers: the server's right on a connection it kept, a failure on a fresh one.
    pub(super) fn broken(&mut self, socket: &Socket, answers: Answers) -> Step {
        let between = self.reader.is_untouched();
        if between && answers != Answers::default() {
            self.answered(answers, Then::Settle)
        } else if between && socket.used {
            Step::Stale
        } else {
            self.answered(answers, Then::Fail(Failure::Read))
        }
    }

    /// The last answer of the batch, or of the connection; `closed` is whether its end is already announced.
    fn batch_over(&mut self, mut socket: Socket, closed: bool, answers: Answers, mode: Mode) -> Step {
        let step = self.answered(answers, Then::Settle);
        socket.used = true;
        self.state = if mode == Mode::NewConnection || closed || self.reader.closes() {
            State::Closing { socket, since: self.since }
        } else {
            State::Kept { socket }
        };
        step
    }

    fn answered(&mut self, answers: Answers, then: Then) -> Step {
        if answers == Answers::default() {
            return match then {
                Then::Fail(failure) => Step::Failed(failure),
                Then::More | Then::Settle => Step::Pending,
            };
        }
        let at = Instant::now();
        self.since = at;
        Step::Answered { answers, latency: at.saturating_duration_since(self.started), at, then }
    }

    /// After [`Step::Answered`]: whether the connection can carry the next request, or how far its close has come.
    pub(in crate::load) fn settle(&mut self, shared: &mut Shared<'_>) -> Settled {
        match mem::replace(&mut self.state, State::Idle) {
            State::Kept { socket } => {
                self.state = State::Kept { socket };
                Settled::Kept
            }
            State::Closing { socket, since } => match self.await_close(socket, since, shared) {
                Step::Pending => Settled::Closing,
                _ => Settled::Closed,
            },
            _ => Settled::Closed,
        }
    }

    /// Looks for the server's end of the connection; what it still sends is nobody's.
    pub(super) fn await_close(
        &mut self,
        mut socket: Socket,
        since: Instant,
        shared: &mut Shared<'_>,
    ) -> Step {
        loop {
            match socket.stream.read(shared.buffer) {
                Ok(1..) => {}
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    self.state = State::Closing { socket, since };
                    return Step::Pending;
                }
                Ok(0) | Err(_) => return Step::Closed,
            }
        }
    }
}

/// What became of the bytes of one read.
enum Pushed {
    /// All are taken, and more answers are to come.
    Partial,
    /// They end with the last answer.
    Last,
    /// They are no answers, or go on after the last.
    Malformed,
}
