//! The chunked transfer coding (RFC 9112 section 7.1), decoded without copying: each step names the body bytes in place.

use std::ops::Range;

use super::Malformed;

/// Longest chunk extension or trailer section skipped, in bytes. Only a broken server sends more.
const SKIPPED_LIMIT: u32 = 16 * 1024;

/// What one [`Chunked::push`] found.
pub(super) struct Step {
    /// Where in the pushed bytes body was.
    pub(super) body: Range<usize>,
    /// Bytes used, body included.
    pub(super) taken: usize,
    /// Whether the last chunk and the trailers are complete.
    pub(super) ended: bool,
}

#[derive(Debug, Default)]
pub(super) struct Chunked {
    at: At,
    size: u64,
    /// Extension and trailer bytes skipped so far.
    skipped: u32,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum At {
    /// Before the first digit of a size.
    #[default]
    SizeStart,
    Size,
    Extension,
    SizeLf,
    Data,
    DataCr,
    DataLf,
    /// At the start of a trailer line: an empty one ends the body.
    TrailerStart,
    Trailer,
    FinalLf,
}

impl Chunked {
    /// Reads on to the end of the bytes, of a run of body bytes, or of the whole body.
    pub(super) fn push(&mut self, bytes: &[u8]) -> Result<Step, Malformed> {
        for (at, &byte) in bytes.iter().enumerate() {
            self.at = match (self.at, byte) {
                (At::Data, _) => {
                    let rest = bytes.len() - at;
                    let run = usize::try_from(self.size).map_or(rest, |size| size.min(rest));
                    self.size -= run as u64;
                    if self.size == 0 {
                        self.at = At::DataCr;
                    }
                    return Ok(Step { body: at..at + run, taken: at + run, ended: false });
                }
                (At::SizeStart | At::Size, digit) if digit.is_ascii_hexdigit() => {
                    let digit = (digit as char).to_digit(16).unwrap_or(0);
                    self.size = self
                        .size
                        .checked_mul(16)
                        .and_then(|size| size.checked_add(u64::from(digit)))
                        .ok_or("a chunk size is too large")?;
                    At::Size
                }
                (At::Size | At::Extension, b'\r') => At::SizeLf,
                (At::Size, b';' | b' ' | b'\t') => At::Extension,
                (At::Size | At::SizeStart, _) => return Err("a chunk size is not hexadecimal"),
                (At::Extension, b'\n') => return Err("a chunk extension holds a bare line feed"),
                (At::Extension, _) => self.skip(At::Extension)?,
                (At::SizeLf, b'\n') if self.size == 0 => At::TrailerStart,
                (At::SizeLf, b'\n') => At::Data,
                (At::DataCr, b'\r') => At::DataLf,
                (At::DataLf, b'\n') => At::SizeStart,
                (At::TrailerStart, b'\r') => At::FinalLf,
                (At::TrailerStart | At::Trailer, b'\n') => self.skip(At::TrailerStart)?,
                (At::TrailerStart | At::Trailer, _) => self.skip(At::Trailer)?,
                (At::FinalLf, b'\n') => {
                    return Ok(Step { body: 0..0, taken: at + 1, ended: true });
                }
                (At::SizeLf | At::DataCr | At::DataLf | At::FinalLf, _) => {
                    return Err("a chunk does not end with CR LF");
                }
            };
        }
        Ok(Step { body: 0..0, taken: bytes.len(), ended: false })
    }

    fn skip(&mut self, next: At) -> Result<At, Malformed> {
        self.skipped += 1;
        if self.skipped > SKIPPED_LIMIT {
            return Err("chunk extensions or trailers are longer than 16 KiB");
        }
        Ok(next)
    }
}
