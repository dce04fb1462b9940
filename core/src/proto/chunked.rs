//! The chunked transfer coding, read (RFC 9112 section 7.1).

use super::RequestError;
use crate::Limits;
use bytes::{Buf, Bytes};
use http::{HeaderMap, HeaderName, HeaderValue};
use memchr::{memchr, memchr_iter};

/// A chunk-size line, extensions included. Extensions mean nothing here (section 7.1.1), so nobody needs
/// long ones: llhttp and hyper bound them at 16 KiB a body, Apache at 8 KiB a line.
const SIZE_LINE: usize = 256;
/// Sixteen digits are a full 64 bits.
const SIZE_DIGITS: usize = 16;

/// Where the decoder stands in the coding.
#[derive(Debug)]
pub(crate) struct Chunked {
    state: State,
    /// The trailer section may be as large as a head: in bytes, and in fields.
    max_trailers: usize,
    max_fields: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Size,
    Data(u64),
    /// The CRLF behind a chunk's data.
    DataEnd,
    Trailers,
    Done,
}

/// What the decoder found.
#[derive(Debug)]
pub(crate) enum Piece {
    /// Data, a slice of the input.
    Data(Bytes),
    /// The trailer section, never empty.
    Trailers(HeaderMap),
    /// The body is over.
    End,
    /// Nothing more without more input.
    Incomplete,
}

impl Chunked {
    pub(crate) fn new(limits: &Limits) -> Chunked {
        Chunked { state: State::Size, max_trailers: limits.head, max_fields: limits.headers }
    }

    /// Takes the next piece off the front of `input`.
    pub(crate) fn next(&mut self, input: &mut Bytes) -> Result<Piece, RequestError> {
        loop {
            match self.state {
                State::Size => {
                    let Some(line) = line(input, SIZE_LINE)? else { return Ok(Piece::Incomplete) };
                    let size = chunk_size(&line)?;
                    self.state = if size == 0 { State::Trailers } else { State::Data(size) };
                }
                State::Data(left) => {
                    if input.is_empty() {
                        return Ok(Piece::Incomplete);
                    }
                    let here = usize::try_from(left).map_or(input.len(), |left| left.min(input.len()));
                    let left = left - here as u64;
                    self.state = if left == 0 { State::DataEnd } else { State::Data(left) };
                    return Ok(Piece::Data(input.split_to(here)));
                }
                State::DataEnd => match **input {
                    [b'\r', b'\n', ..] => {
                        input.advance(2);
                        self.state = State::Size;
                    }
                    [] | [b'\r'] => return Ok(Piece::Incomplete),
                    _ => return Err(RequestError::Chunk),
                },
                State::Trailers => return self.trailers(input),
                State::Done => return Ok(Piece::End),
            }
        }
    }

    /// The trailer section is read as a whole, once it is all there: lines that come byte by byte are not
    /// parsed again and again.
    fn trailers(&mut self, input: &mut Bytes) -> Result<Piece, RequestError> {
        let section = section(input);
        if section.unwrap_or(input.len()) > self.max_trailers {
            return Err(RequestError::HeadTooLarge(self.max_trailers));
        }
        let Some(length) = section else { return Ok(Piece::Incomplete) };
        let mut lines = input.split_to(length);
        let mut trailers = HeaderMap::new();
        while let Some(line) = line(&mut lines, self.max_trailers)?.filter(|line| !line.is_empty()) {
            if trailers.len() == self.max_fields {
                return Err(RequestError::TooManyHeaders(self.max_fields));
            }
            let (name, value) = trailer(&line)?;
            trailers.append(name, value);
        }
        self.state = State::Done;
        Ok(if trailers.is_empty() { Piece::End } else { Piece::Trailers(trailers) })
    }
}

/// The length of the trailer section, up to and with the empty line that ends it. Line ends are told apart
/// later: here a bare LF counts as well, so that a section which has some is refused and not waited for.
fn section(input: &[u8]) -> Option<usize> {
    let mut start = 0;
    for end in memchr_iter(b'\n', input) {
        if matches!(&input[start..end], [] | [b'\r']) {
            return Some(end + 1);
        }
        start = end + 1;
    }
    None
}

/// One line without its CRLF; `None` while its end has not come. A bare LF or CR is an error.
fn line(input: &mut Bytes, limit: usize) -> Result<Option<Bytes>, RequestError> {
    let Some(end) = memchr(b'\n', input) else {
        // A lone CR at the very end may still get its LF.
        let misplaced = memchr(b'\r', input).is_some_and(|at| at + 1 != input.len());
        return if input.len() > limit || misplaced { Err(RequestError::Chunk) } else { Ok(None) };
    };
    if end > limit || end == 0 || memchr(b'\r', &input[..end]) != Some(end - 1) {
        return Err(RequestError::Chunk);
    }
    let line = input.split_to(end - 1);
    input.advance(2);
    Ok(Some(line))
}

/// `1*HEXDIG [ chunk-ext ]`: digits only, where `from_str_radix` would take a sign.
fn chunk_size(line: &[u8]) -> Result<u64, RequestError> {
    let digits = line.iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
    if digits == 0 || digits > SIZE_DIGITS {
        return Err(RequestError::Chunk);
    }
    let extension = trimmed(&line[digits..]);
    let valid = |byte: &u8| matches!(byte, b'\t' | b' '..=b'~' | 0x80..=0xFF);
    if !(extension.is_empty() && digits == line.len() || extension.starts_with(b";"))
        || !extension.iter().all(valid)
    {
        return Err(RequestError::Chunk);
    }
    Ok(line[..digits]
        .iter()
        .fold(0, |size, digit| size << 4 | u64::from(char::from(*digit).to_digit(16).unwrap_or_default())))
}

fn trailer(line: &Bytes) -> Result<(HeaderName, HeaderValue), RequestError> {
    let colon = memchr(b':', line).ok_or(RequestError::Chunk)?;
    let name = HeaderName::from_bytes(&line[..colon]).map_err(|_| RequestError::Chunk)?;
    let value = line.slice_ref(trimmed(&line[colon + 1..]));
    let value = HeaderValue::from_maybe_shared(value).map_err(|_| RequestError::Chunk)?;
    Ok((name, value))
}

/// Without the spaces and tabs at both ends; other control characters are not whitespace (RFC 9110 section
/// 5.6.3).
fn trimmed(mut text: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] | [rest @ .., b' ' | b'\t'] = text {
        text = rest;
    }
    text
}

#[cfg(test)]
mod tests;
