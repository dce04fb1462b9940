//! Bytes into an answer, as strictly as RFC 9112 has it: what a lenient client would put right is an error here.

use crate::{
    Limits,
    proto::chunked::{Chunked, Piece},
};
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use httparse::Status;

/// Fields of an answer's head, at the most: what `http` holds is more than any handler sends.
const FIELDS: usize = 512;

/// Reads one answer, piece by piece.
#[derive(Debug)]
pub(super) struct AnswerReader {
    to_head: bool,
    input: Bytes,
    state: State,
    /// Every byte so far, for those who have to explain what is wrong with them.
    pub(super) seen: Vec<u8>,
    pub(super) interim: Vec<StatusCode>,
    pub(super) head: Option<(StatusCode, HeaderMap)>,
    pub(super) body: Vec<u8>,
    pub(super) trailers: HeaderMap,
}

#[derive(Debug)]
enum State {
    Head,
    Length(u64),
    Chunked(Chunked),
    UntilClose,
    Done,
}

/// What was found next.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// An interim answer, such as `100 Continue`.
    Interim,
    Head,
    Data(Bytes),
    End,
    /// Nothing more without more bytes.
    Incomplete,
}

impl AnswerReader {
    /// A reader of the answer to `HEAD`, which has no body whatever it says, or to anything else.
    pub(super) fn new(to_head: bool) -> AnswerReader {
        AnswerReader {
            to_head,
            input: Bytes::new(),
            state: State::Head,
            seen: Vec::new(),
            interim: Vec::new(),
            head: None,
            body: Vec::new(),
            trailers: HeaderMap::new(),
        }
    }

    pub(super) fn push(&mut self, bytes: Bytes) {
        self.seen.extend_from_slice(&bytes);
        self.input = if self.input.is_empty() { bytes } else { [&*self.input, &bytes].concat().into() };
    }

    /// What came behind the end.
    pub(super) fn take_rest(&mut self) -> Bytes {
        std::mem::take(&mut self.input)
    }

    /// The next of what was pushed. `ended`: nothing more will be.
    pub(super) fn next(&mut self, ended: bool) -> Result<Found, String> {
        match &mut self.state {
            State::Head => self.read_head(),
            State::Done => Ok(Found::End),
            State::Chunked(chunked) => match chunked.next(&mut self.input) {
                Ok(Piece::Data(data)) => Ok(self.data(data)),
                Ok(Piece::Trailers(trailers)) => {
                    self.trailers = trailers;
                    self.end()
                }
                Ok(Piece::End) => self.end(),
                Ok(Piece::Incomplete) => Ok(Found::Incomplete),
                Err(_) => Err("its chunked coding is malformed (RFC 9112 section 7.1)".into()),
            },
            State::Length(0) => self.end(),
            State::UntilClose if self.input.is_empty() && ended => self.end(),
            State::Length(_) | State::UntilClose if self.input.is_empty() => Ok(Found::Incomplete),
            State::Length(left) => {
                let here = usize::try_from(*left).map_or(self.input.len(), |left| left.min(self.input.len()));
                *left -= here as u64;
                let data = self.input.split_to(here);
                Ok(self.data(data))
            }
            State::UntilClose => {
                let data = self.take_rest();
                Ok(self.data(data))
            }
        }
    }

    fn data(&mut self, data: Bytes) -> Found {
        self.body.extend_from_slice(&data);
        Found::Data(data)
    }

    fn end(&mut self) -> Result<Found, String> {
        self.state = State::Done;
        Ok(Found::End)
    }

    fn read_head(&mut self) -> Result<Found, String> {
        let mut fields = [httparse::EMPTY_HEADER; FIELDS];
        let mut parsed = httparse::Response::new(&mut fields);
        let length = match parsed.parse(&self.input) {
            Ok(Status::Complete(length)) => length,
            Ok(Status::Partial) => return Ok(Found::Incomplete),
            Err(error) => return Err(format!("its head is malformed: {error}")),
        };
        if parsed.version != Some(1) {
            return Err("it is not in HTTP/1.1".into());
        }
        let status = parsed.code.and_then(|code| StatusCode::from_u16(code).ok());
        let status = status.ok_or("its status is not one (RFC 9110 section 15)")?;
        let mut headers = HeaderMap::new();
        for field in parsed.headers.iter() {
            let name = HeaderName::from_bytes(field.name.as_bytes());
            let value = HeaderValue::from_bytes(field.value);
            match (name, value) {
                (Ok(name), Ok(value)) => headers.append(name, value),
                _ => return Err(format!("its header `{}` is malformed", field.name)),
            };
        }
        self.input = self.input.slice(length..);
        if status.is_informational() {
            self.interim.push(status);
            return Ok(Found::Interim);
        }
        self.state = self.body_state(status, &headers)?;
        self.head = Some((status, headers));
        Ok(Found::Head)
    }

    /// RFC 9112 section 6.3.
    fn body_state(&self, status: StatusCode, headers: &HeaderMap) -> Result<State, String> {
        let coding = headers.get(header::TRANSFER_ENCODING);
        let length = headers.get(header::CONTENT_LENGTH);
        let bodiless = matches!(status, StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED);
        match (coding, length) {
            (Some(_), Some(_)) => Err("it has a `Content-Length` beside a `Transfer-Encoding`".into()),
            _ if self.to_head || bodiless => Ok(State::Done),
            (Some(coding), None) if coding == "chunked" => {
                Ok(State::Chunked(Chunked::new(&Limits::default())))
            }
            (Some(coding), None) => Err(format!("nobody knows the transfer coding {coding:?}")),
            (None, Some(length)) => {
                let digits =
                    length.to_str().ok().filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
                let parsed = digits.and_then(|digits| digits.parse().ok());
                let single = headers.get_all(header::CONTENT_LENGTH).iter().count() == 1;
                parsed
                    .filter(|_| single)
                    .map(State::Length)
                    .ok_or(format!("its `Content-Length` is not a length: {length:?}"))
            }
            (None, None) => Ok(State::UntilClose),
        }
    }
}

/// Whether the server closes the connection behind this answer (RFC 9112 section 9.6).
pub(super) fn says_close(headers: &HeaderMap) -> bool {
    headers.get_all(header::CONNECTION).iter().any(|value| {
        value.to_str().is_ok_and(|list| list.split(',').any(|one| one.trim().eq_ignore_ascii_case("close")))
    })
}

#[cfg(test)]
mod tests;
