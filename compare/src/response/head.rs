//! The response head: httparse is named here only, and the framing rules of RFC 9112 section 6.3 are one function.

use std::mem::MaybeUninit;

use super::{Kept, Malformed};

/// More header lines than this are refused; hyper's limit.
const MAX_HEADERS: usize = 100;

/// How the end of a body is found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Framing {
    /// There is no body, whatever the headers say.
    #[default]
    None,
    /// That many bytes.
    Sized(u64),
    /// Chunked transfer coding.
    Chunked,
    /// Everything until the server closes.
    UntilClose,
}

/// What later steps need to know of a head.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) status: u16,
    pub(super) framing: Framing,
    pub(super) closes: bool,
    /// Interim (1xx) responses skipped before this one.
    pub(super) interim: u8,
}

pub(super) enum Parsed {
    Incomplete,
    /// The head and its length in bytes, empty line included.
    Complete {
        head: Head,
        length: usize,
    },
}

/// Parses the head at the start of `bytes`; fills `keep` with its headers when it is final.
pub(super) fn parse(bytes: &[u8], head_request: bool, keep: Option<&mut Kept>) -> Result<Parsed, Malformed> {
    let mut headers = [const { MaybeUninit::uninit() }; MAX_HEADERS];
    let mut response = httparse::Response::new(&mut []);
    let length = match httparse::ParserConfig::default().parse_response_with_uninit_headers(
        &mut response,
        bytes,
        &mut headers,
    ) {
        Ok(httparse::Status::Partial) => return Ok(Parsed::Incomplete),
        Ok(httparse::Status::Complete(length)) => length,
        Err(httparse::Error::Version) => return Err("it does not start with HTTP/1.x"),
        Err(httparse::Error::Status) => return Err("the status line is not valid"),
        Err(httparse::Error::TooManyHeaders) => return Err("more than 100 header lines"),
        Err(_) => return Err("a header line is not valid"),
    };
    let status = response.code.unwrap_or(0);

    let mut length_header = None;
    let mut last_coding = None;
    let mut close = false;
    let mut keep_alive = false;
    for header in &*response.headers {
        if header.name.eq_ignore_ascii_case("content-length") {
            let value = decimal(header.value).ok_or("Content-Length is not a number")?;
            if length_header.is_some_and(|first| first != value) {
                return Err("two Content-Length headers disagree");
            }
            length_header = Some(value);
        } else if header.name.eq_ignore_ascii_case("transfer-encoding") {
            last_coding = header.value.split(|b| *b == b',').next_back();
        } else if header.name.eq_ignore_ascii_case("connection") {
            for token in header.value.split(|b| *b == b',') {
                let token = token.trim_ascii();
                close |= token.eq_ignore_ascii_case(b"close");
                keep_alive |= token.eq_ignore_ascii_case(b"keep-alive");
            }
        }
    }
    let chunked = last_coding.map(|coding| coding.trim_ascii().eq_ignore_ascii_case(b"chunked"));
    if let Some(kept) = keep
        && status >= 200
    {
        kept.headers = response
            .headers
            .iter()
            .map(|header| (header.name.to_ascii_lowercase(), header.value.to_vec()))
            .collect();
    }
    let head = Head {
        status,
        framing: framing(head_request, status, chunked, length_header),
        closes: close || (response.version == Some(0) && !keep_alive),
        interim: 0,
    };
    Ok(Parsed::Complete { head, length })
}

/// RFC 9112 section 6.3, the client's half. `chunked` is whether the last transfer coding is chunked, if there is any.
fn framing(head_request: bool, status: u16, chunked: Option<bool>, length: Option<u64>) -> Framing {
    match (chunked, length) {
        _ if head_request || matches!(status, 100..=199 | 204 | 304) => Framing::None,
        (Some(true), _) => Framing::Chunked,
        (Some(false), _) => Framing::UntilClose,
        (None, Some(length)) => Framing::Sized(length),
        (None, None) => Framing::UntilClose,
    }
}

/// Digits only: `u64::from_str` would take a sign.
fn decimal(value: &[u8]) -> Option<u64> {
    let digits = value.trim_ascii();
    if digits.is_empty() {
        return None;
    }
    digits.iter().try_fold(0_u64, |total, digit| {
        let digit = digit.is_ascii_digit().then(|| u64::from(digit - b'0'))?;
        total.checked_mul(10)?.checked_add(digit)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn framing_follows_rfc_9112_section_6_3() {
        for (head_request, status, chunked, length, expected) in [
            (true, 200, None, Some(5), Framing::None),
            (true, 200, Some(true), None, Framing::None),
            (false, 204, None, Some(5), Framing::None),
            (false, 304, None, Some(5), Framing::None),
            (false, 200, Some(true), Some(5), Framing::Chunked),
            (false, 200, Some(false), Some(5), Framing::UntilClose),
            (false, 200, None, Some(5), Framing::Sized(5)),
            (false, 200, None, None, Framing::UntilClose),
        ] {
            assert_eq!(framing(head_request, status, chunked, length), expected);
        }
    }

    #[test]
    fn a_length_is_digits_and_fits() {
        assert_eq!(decimal(b" 17 "), Some(17));
        assert_eq!(decimal(b"18446744073709551615"), Some(u64::MAX));
        for wrong in [&b""[..], b"+5", b"-5", b"5 5", b"0x5", b"18446744073709551616"] {
            assert_eq!(decimal(wrong), None, "{}", String::from_utf8_lossy(wrong));
        }
    }
}
