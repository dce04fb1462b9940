//! A client's socket, and what it reads from it: as plain as can be, so that nothing of the server's is hidden.

use std::{
    io::{BufRead, BufReader, ErrorKind, Read, Write},
    net::{Shutdown, SocketAddr, TcpStream},
    time::Duration,
};

/// No wait in a test is longer. It is far beyond what anything here takes, also on a busy machine: only what
/// never comes is waited for so long.
pub const DEADLINE: Duration = Duration::from_secs(20);

/// One connection to a server under test.
pub struct Client(BufReader<TcpStream>);

impl Client {
    /// Connects, and bounds every read and write by the [`DEADLINE`].
    #[must_use]
    pub fn connect(addr: SocketAddr) -> Client {
        let stream = TcpStream::connect_timeout(&addr, DEADLINE).unwrap();
        stream.set_nodelay(true).unwrap();
        stream.set_read_timeout(Some(DEADLINE)).unwrap();
        stream.set_write_timeout(Some(DEADLINE)).unwrap();
        Client(BufReader::new(stream))
    }

    /// Sends all of `bytes`.
    pub fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.0.get_mut().write_all(bytes.as_ref()).unwrap();
    }

    /// The answer to a `GET`; the connection goes on.
    pub fn get(&mut self, path: &str) -> Answer {
        self.ask(path);
        self.answer()
    }

    /// Sends a `GET` and leaves its answer where it is.
    pub fn ask(&mut self, path: &str) {
        self.send(format!("GET {path} HTTP/1.1\r\nHost: test\r\n\r\n"));
    }

    /// Reads one answer to its end.
    pub fn answer(&mut self) -> Answer {
        Answer::read(&mut self.0, false)
    }

    /// The answer to a `HEAD`.
    pub fn answer_to_head(&mut self) -> Answer {
        Answer::read(&mut self.0, true)
    }

    /// An answer's head; the body is still to come.
    pub fn head(&mut self) -> Answer {
        Answer::read_head(&mut self.0)
    }

    /// Exactly so many bytes.
    pub fn bytes(&mut self, length: usize) -> Vec<u8> {
        let mut bytes = vec![0; length];
        self.0.read_exact(&mut bytes).unwrap();
        bytes
    }

    /// One chunk of a chunked body; an empty one is the last, and its trailers are read, too.
    pub fn chunk(&mut self) -> Vec<u8> {
        read_chunk(&mut self.0)
    }

    /// Whatever comes until the server closes its side.
    pub fn rest(&mut self) -> Vec<u8> {
        let mut rest = Vec::new();
        self.0.read_to_end(&mut rest).unwrap();
        rest
    }

    /// Says that nothing more will come; answers can still be read.
    pub fn half_close(&mut self) {
        self.0.get_ref().shutdown(Shutdown::Write).unwrap();
    }

    /// Waits for the server's end of the connection, which must be the next thing that comes.
    pub fn assert_closed(&mut self) {
        let rest = self.0.fill_buf().unwrap();
        assert!(rest.is_empty(), "instead of the end came {:?}", String::from_utf8_lossy(rest));
    }

    /// Waits for the connection to end without another byte, by a close or by a reset.
    pub fn assert_turned_away(&mut self) {
        match self.0.fill_buf() {
            Ok(rest) => assert!(rest.is_empty(), "an answer: {:?}", String::from_utf8_lossy(rest)),
            Err(error) => assert_eq!(error.kind(), ErrorKind::ConnectionReset),
        }
    }

    /// The socket. What was read of it and not asked for yet is not in there any more.
    #[must_use]
    pub fn stream(&self) -> &TcpStream {
        self.0.get_ref()
    }
}

/// An answer as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// Names in lower case, in the order they came in.
    pub headers: Vec<(String, String)>,
    /// Without the chunked coding.
    pub body: Vec<u8>,
}

impl Answer {
    /// Reads one answer, whose end is where RFC 9112 section 6.3 says.
    pub fn read(source: &mut impl BufRead, to_head: bool) -> Answer {
        let mut answer = Answer::read_head(source);
        if to_head || answer.status / 100 == 1 || matches!(answer.status, 204 | 304) {
            return answer;
        }
        if answer.header("transfer-encoding") == Some("chunked") {
            loop {
                let chunk = read_chunk(source);
                if chunk.is_empty() {
                    break;
                }
                answer.body.extend(chunk);
            }
        } else if let Some(length) = answer.header("content-length") {
            answer.body = vec![0; length.parse().unwrap()];
            source.read_exact(&mut answer.body).unwrap();
        } else {
            source.read_to_end(&mut answer.body).unwrap();
        }
        answer
    }

    fn read_head(source: &mut impl BufRead) -> Answer {
        let line = read_line(source);
        // hyper answers HTTP/1.0 as HTTP/1.0.
        let version = line.strip_prefix("HTTP/1.1 ").or(line.strip_prefix("HTTP/1.0 "));
        let status = version.and_then(|line| line.get(..3)?.parse().ok());
        let status = status.unwrap_or_else(|| panic!("not a status line: {line:?}"));
        let mut headers = Vec::new();
        loop {
            let line = read_line(source);
            if line.is_empty() {
                return Answer { status, headers, body: Vec::new() };
            }
            let (name, value) = line.split_once(':').unwrap();
            headers.push((name.to_lowercase(), value.trim().to_owned()));
        }
    }

    /// The value of a header, by its name in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Whether it says that the connection ends after it.
    pub fn is_the_last(&self) -> bool {
        self.header("connection").is_some_and(|value| value.eq_ignore_ascii_case("close"))
    }

    /// The body, which must be text.
    #[must_use]
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    /// Its body, after a check that it is a success.
    #[track_caller]
    pub fn ok(&self) -> &str {
        assert_eq!(self.status, 200, "{self:?}");
        self.text()
    }
}

fn read_line(source: &mut impl BufRead) -> String {
    let mut line = String::new();
    source.read_line(&mut line).unwrap();
    match line.strip_suffix("\r\n") {
        Some(line) => line.to_owned(),
        None => panic!("the connection ended in the middle of a head: {line:?}"),
    }
}

fn read_chunk(source: &mut impl BufRead) -> Vec<u8> {
    let line = read_line(source);
    let length = usize::from_str_radix(&line, 16).unwrap();
    let mut data = vec![0; length];
    source.read_exact(&mut data).unwrap();
    if length > 0 {
        assert_eq!(read_line(source), "");
    } else {
        while !read_line(source).is_empty() {}
    }
    data
}
