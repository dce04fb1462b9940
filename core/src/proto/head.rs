//! Bytes into a request head. httparse is named in this file, and where the test client reads answers.

use super::{
    RequestError,
    framing::{self, Framing, Present},
    line,
    section::{self, Fields, MOST_FIELDS},
};
use crate::Limits;
use bytes::Bytes;
use http::{Method, Uri, Version};
use httparse::{Error as Token, Header, Status};
use memchr::memchr;
use std::{mem::MaybeUninit, ops::Range};

/// Bytes of a request line beside its target: the method, the version, two spaces and a CR. The longest
/// registered method has 18.
const REST_OF_THE_LINE: usize = 64;
/// Header fields that are read without asking the allocator for the list: as many as a short head may have, so that a
/// thread which never reads another needs no more of its stack, or as many as any may by default.
const FEW_FIELDS: usize = 24;
const MANY_FIELDS: usize = 100;

/// Bytes of a field's name at the most, for `http` takes no more.
const LONGEST_NAME: usize = u16::MAX as usize;
/// Bytes of a target that a [`Uri`] takes for certain.
const SHORT_TARGET: usize = 32 * 1024;

/// A request head that was read. Its target and its fields are places in the input: what they are made of is there, and
/// they are made when somebody asks for them.
#[derive(Debug)]
pub(crate) struct Head {
    /// Bytes of the input that it took.
    pub(crate) length: usize,
    pub(crate) method: Method,
    pub(crate) version: Version,
    pub(crate) target: Target,
    pub(crate) fields: Fields,
    /// What comes behind it. Where that cannot be told, the head itself was read all the same.
    pub(crate) framing: Result<Framing, RequestError>,
}

#[derive(Debug)]
pub(crate) enum Target {
    /// A path, and a query if it goes on: any [`Uri`] can be made of it.
    Plain { target: Range<usize>, path_end: usize },
    /// Any other form, or characters that had to be looked at.
    Uri(Uri),
}

/// Reads one request head from the start of `input`; `None` while it is incomplete. The first `seen` bytes were found
/// incomplete before: a head that comes byte by byte is tokenised once a line, not once a byte.
pub(crate) fn parse(input: &Bytes, seen: usize, limits: &Limits) -> Result<Option<Head>, RequestError> {
    if seen > 0 && memchr(b'\n', &input[seen..]).is_none() {
        return too_long_already(input, limits);
    }
    // A usual line, and fields that came before: then nothing of it need be read. They may have come to another app,
    // which allows more.
    if let Some(line) = line::usual(input)
        && line.target.len() <= limits.target.min(SHORT_TARGET)
        && let Some(fields) = section::known(input, line.length)
        && let length = line.length + fields.length()
        && length <= limits.head
        && fields.count() <= limits.headers
    {
        return Ok(Some(Head {
            length,
            method: line.method,
            version: Version::HTTP_11,
            target: Target::Plain { target: line.target, path_end: line.path_end },
            framing: Ok(fields.framing()),
            fields,
        }));
    }
    parse_anew(input, limits)
}

/// [`parse`]s what did not come before.
// Not inlined, for then its frame would be between the caller's and that of what comes after it, in every request.
#[inline(never)]
fn parse_anew(input: &Bytes, limits: &Limits) -> Result<Option<Head>, RequestError> {
    // However many are allowed, the shortest, `a:` and its line end, takes four bytes.
    let most = limits.headers.min(MOST_FIELDS).min(input.len() / 4 + 1);
    let parse = if most <= FEW_FIELDS {
        on_the_stack::<FEW_FIELDS>
    } else if most <= MANY_FIELDS {
        on_the_stack::<MANY_FIELDS>
    } else {
        on_the_heap
    };
    match parse(input, most, limits) {
        Ok(Some(head)) if head.length > limits.head => Err(RequestError::HeadTooLarge(limits.head)),
        Ok(None) => too_long_already(input, limits),
        done => done,
    }
}

// Not inlined, for then the caller's frame would be as large as the largest.
#[inline(never)]
fn on_the_stack<const FIELDS: usize>(
    input: &Bytes,
    most: usize,
    limits: &Limits,
) -> Result<Option<Head>, RequestError> {
    let mut fields = [const { MaybeUninit::uninit() }; FIELDS];
    tokenise(input, &mut fields[..most], limits)
}

fn on_the_heap(input: &Bytes, most: usize, limits: &Limits) -> Result<Option<Head>, RequestError> {
    tokenise(input, &mut vec![MaybeUninit::uninit(); most], limits)
}

/// An incomplete head that can only become too long is refused now, not at its end.
fn too_long_already(input: &Bytes, limits: &Limits) -> Result<Option<Head>, RequestError> {
    let line = memchr(b'\n', input);
    let head_is_full = input.len() >= limits.head;
    if line.unwrap_or(input.len()) > limits.target.saturating_add(REST_OF_THE_LINE)
        || head_is_full && line.is_none()
    {
        return Err(RequestError::TargetTooLong(limits.target.min(limits.head)));
    }
    if head_is_full {
        return Err(RequestError::HeadTooLarge(limits.head));
    }
    Ok(None)
}

fn tokenise<'input>(
    input: &'input Bytes,
    fields: &mut [MaybeUninit<Header<'input>>],
    limits: &Limits,
) -> Result<Option<Head>, RequestError> {
    let mut parsed = httparse::Request::new(&mut []);
    let length = match parsed.parse_with_uninit_headers(input, fields) {
        Ok(Status::Complete(length)) => length,
        Ok(Status::Partial) => {
            // A partial parse has passed over line ends already: the ones seen so far must be right.
            line_ends(input)?;
            return Ok(None);
        }
        Err(Token::TooManyHeaders) => {
            return Err(RequestError::TooManyHeaders(limits.headers.min(MOST_FIELDS)));
        }
        Err(Token::Version) => {
            return match spoken_as_1_1(input) {
                // Byte for byte as long, so that every place in it is one in the input.
                Some(spoken) => parse(&spoken, 0, limits),
                None => wrong_version(input),
            };
        }
        Err(error) => return Err(RequestError::Malformed(reason(error))),
    };
    line_ends(&input[..length])?;

    let (Some(method), Some(target), Some(minor)) = (parsed.method, parsed.path, parsed.version) else {
        return Err(RequestError::Malformed("an empty request line"));
    };
    // The line's length counts as well, as it does while the line is incomplete.
    let line = method.len() + target.len() + "  HTTP/1.1\r".len();
    if target.len() > limits.target || line > limits.target.saturating_add(REST_OF_THE_LINE) {
        return Err(RequestError::TargetTooLong(limits.target));
    }
    let method = Method::from_bytes(method.as_bytes())
        .map_err(|_| RequestError::Malformed("the method is not a token"))?;
    let uri = Uri::from_maybe_shared(input.slice_ref(target.as_bytes()))
        .map_err(|_| RequestError::Malformed("the request target is not a valid URI"))?;
    let version = if minor == 0 { Version::HTTP_10 } else { Version::HTTP_11 };

    let mut present = Present::default();
    for field in parsed.headers.iter() {
        present.note(field.name);
        if field.name.len() > LONGEST_NAME {
            return Err(RequestError::Malformed("a header name is too long"));
        }
    }
    framing::check_target(&method, target, &uri)?;
    let fields = &*parsed.headers;
    let values = |name: &'static str| {
        fields.iter().filter(move |field| field.name.eq_ignore_ascii_case(name)).map(|field| field.value)
    };
    framing::check_host(version, values("host"))?;
    let framing = framing::request(version, present, values);

    let start = line + 1;
    let remembered = framing.ok().filter(|_| version == Version::HTTP_11 && !present.credentials);
    let places = fields.iter().map(|field| (place(input, field.name.as_bytes()), place(input, field.value)));
    let fields = Fields::new(start, places, remembered.map(|framing| (&input[start..length], framing)));
    Ok(Some(Head { length, method, version, target: Target::Uri(uri), fields, framing }))
}

/// Where a part of `input` is in it.
fn place(input: &[u8], part: &[u8]) -> Range<usize> {
    let start = part.as_ptr().addr() - input.as_ptr().addr();
    start..start + part.len()
}

/// Lines end with CRLF. RFC 9112 section 2.2 allows a bare LF to be recognised, and two parties that
/// disagree about it can be made to disagree about where a request ends: it is refused here.
fn line_ends(head: &[u8]) -> Result<(), RequestError> {
    let [first, rest @ ..] = head else { return Ok(()) };
    // Without a branch, so that the compiler compares many bytes at a time.
    let pairs = head.iter().zip(rest);
    let bare =
        pairs.fold(*first == b'\n', |bare, (before, byte)| bare | ((*byte == b'\n') & (*before != b'\r')));
    if bare { Err(RequestError::Malformed("a line ends with LF instead of CRLF")) } else { Ok(()) }
}

/// A request of a higher minor version is one of the highest that is known (RFC 9110 section 2.5). The
/// tokeniser knows no higher one, so it is given what it knows.
fn spoken_as_1_1(input: &Bytes) -> Option<Bytes> {
    let end = memchr(b'\n', input)?;
    let version = input.get(end.checked_sub(b" HTTP/1.2\r".len())?..end)?;
    if !version.starts_with(b" HTTP/1.") || !matches!(version[8], b'2'..=b'9') || version[9] != b'\r' {
        return None;
    }
    let mut spoken = input.to_vec();
    spoken[end - 2] = b'1';
    Some(spoken.into())
}

/// `HTTP/2.0` is a version that is not spoken here; `HTTQ/1.1` is not a version, and one that is spoken is at
/// the wrong place. `HTTP/2` may become either: the line decides, when all of it is here.
fn wrong_version(input: &[u8]) -> Result<Option<Head>, RequestError> {
    let Some(end) = memchr(b'\n', input) else { return Ok(None) };
    let line = &input[..end];
    let word = line.rsplit(|byte| *byte == b' ').next().unwrap_or(line).trim_ascii_end();
    Err(match word {
        b"HTTP/1.0" | b"HTTP/1.1" => RequestError::Malformed("the request line"),
        [b'H', b'T', b'T', b'P', b'/', major, b'.', minor]
            if major.is_ascii_digit() && minor.is_ascii_digit() =>
        {
            RequestError::Version
        }
        _ => RequestError::Malformed("the protocol version"),
    })
}

fn reason(error: Token) -> &'static str {
    match error {
        Token::HeaderName => "an invalid header name",
        Token::HeaderValue => "an invalid header value",
        Token::NewLine => "an invalid line end",
        Token::Token => "an invalid request line",
        Token::Version => "the protocol version",
        Token::Status | Token::TooManyHeaders => "an invalid head",
    }
}
