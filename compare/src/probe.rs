//! The first requests to a contender: its answers, to be held against the others', and its time when nobody else asks.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use crate::agree::Answer;
use crate::child::Server;
use crate::response::{Progress, ResponseReader};
use crate::{Error, Mode, RequestSpec};

/// Requests timed one after another; the median of an odd number is one of them, and the first may be slow.
const TIMED: usize = 3;

/// What the first requests to one contender showed.
#[derive(Debug)]
pub(crate) struct Probed {
    /// An answer for each connection mode.
    pub(crate) answers: Vec<(Mode, Answer)>,
    /// The median time from just before the write to the last byte of the answer, of three requests in sequence on a
    /// kept connection.
    pub(crate) median: Duration,
}

/// Asks a contender in both connection modes.
///
/// # Errors
///
/// [`Error::Probe`] without an answer, [`Error::Status`] for one that is neither 2xx nor 3xx.
pub(crate) fn probe(server: &Server, request: &RequestSpec, timeout: Duration) -> Result<Probed, Error> {
    let ask = |connection: &mut Connection, mode| {
        let (answer, time) =
            connection.ask(server, request, mode, timeout).map_err(|error| Error::Probe {
                contender: format!("{} ({mode})", server.name()),
                reason: reason(&error, timeout),
                stderr: server.stderr(),
            })?;
        if !(200..400).contains(&answer.status) {
            return Err(Error::Status {
                contender: format!("{} ({mode})", server.name()),
                request: format!("{} {}", request.method, request.path),
                status: answer.status,
            });
        }
        Ok((answer, time))
    };

    let (fresh, _) = ask(&mut Connection::default(), Mode::NewConnection)?;
    let mut kept_connection = Connection::default();
    let (kept, first) = ask(&mut kept_connection, Mode::KeepAlive)?;
    let mut times = [first; TIMED];
    for time in &mut times[1..] {
        (_, *time) = ask(&mut kept_connection, Mode::KeepAlive)?;
    }
    times.sort_unstable();
    Ok(Probed {
        answers: vec![(Mode::NewConnection, fresh), (Mode::KeepAlive, kept)],
        median: times[TIMED / 2],
    })
}

fn reason(error: &io::Error, timeout: Duration) -> String {
    match error.kind() {
        io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => {
            format!("no complete answer within {} s", timeout.as_secs_f64())
        }
        io::ErrorKind::InvalidData => format!("the response is malformed: {error}"),
        _ => error.to_string(),
    }
}

/// A blocking client's connection, opened when it is needed.
#[derive(Default)]
struct Connection {
    stream: Option<TcpStream>,
}

impl Connection {
    fn ask(
        &mut self,
        server: &Server,
        request: &RequestSpec,
        mode: Mode,
        timeout: Duration,
    ) -> io::Result<(Answer, Duration)> {
        let deadline = Instant::now() + timeout;
        let kept = self.stream.is_some();
        let outcome = self.try_ask(server, request, mode, deadline);
        match outcome {
            // A server may close an idle connection at any time (RFC 9112 section 9.3.1): ask again on a fresh one.
            Err(_) if kept && Instant::now() < deadline => {
                self.stream = None;
                self.try_ask(server, request, mode, deadline)
            }
            outcome => outcome,
        }
    }

    fn try_ask(
        &mut self,
        server: &Server,
        request: &RequestSpec,
        mode: Mode,
        deadline: Instant,
    ) -> io::Result<(Answer, Duration)> {
        let left = || match deadline.saturating_duration_since(Instant::now()) {
            Duration::ZERO => Err(io::ErrorKind::TimedOut.into()),
            left => Ok::<_, io::Error>(left),
        };
        let mut stream = match self.stream.take() {
            Some(stream) => stream,
            None => TcpStream::connect_timeout(&server.addr(), left()?)?,
        };
        stream.set_nodelay(true)?;
        stream.set_write_timeout(Some(left()?))?;
        let wire = request.to_bytes(server.host(), mode);
        let mut reader = ResponseReader::keeping(request.is_head());
        let mut buffer = vec![0; 64 * 1024];

        let started = Instant::now();
        stream.write_all(&wire)?;
        loop {
            stream.set_read_timeout(Some(left()?))?;
            let read = match stream.read(&mut buffer) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                read => read?,
            };
            let malformed = |why| io::Error::new(io::ErrorKind::InvalidData, why);
            let done = if read == 0 {
                reader.end().map_err(malformed)?;
                true
            } else {
                match reader.push(&buffer[..read]).map_err(malformed)? {
                    Progress::Partial => false,
                    Progress::Done { unused: 0 } => true,
                    Progress::Done { .. } => return Err(malformed("bytes follow its end")),
                }
            };
            if done {
                let time = started.elapsed();
                if !reader.closes() && mode == Mode::KeepAlive {
                    self.stream = Some(stream);
                }
                let kept = reader.take_kept();
                let answer = Answer { status: reader.status(), headers: kept.headers, body: kept.body };
                return Ok((answer, time));
            }
        }
    }
}
