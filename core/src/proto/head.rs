//! Bytes into a request head. httparse is named in this file, and where the test client reads answers.

use super::{
    RequestError,
    framing::{self, Framing, Present},
    spare,
};
use crate::{Limits, Request};
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Uri, Version};
use httparse::{Error as Token, Header, Status};
use memchr::memchr;
use std::mem::MaybeUninit;

/// Bytes of a request line beside its target: the method, the version, two spaces and a CR. The longest
/// registered method has 18.
const REST_OF_THE_LINE: usize = 64;
/// Header fields that are read without asking the allocator for the list: as many as a short head may have, so that a
/// thread which never reads another needs no more of its stack, or as many as any may by default.
const FEW_FIELDS: usize = 24;
const MANY_FIELDS: usize = 100;

/// What else is known of a request head that was read.
#[derive(Debug)]
pub(crate) struct Head {
    /// Bytes of the input that it took.
    pub(crate) length: usize,
    /// What comes behind it. Where that cannot be told, the head itself was read all the same.
    pub(crate) framing: Result<Framing, RequestError>,
}

/// Reads one request head from the start of `input` into `request`, which is a new one; `None` while it is
/// incomplete. The first `seen` bytes were found incomplete before: a head that comes byte by byte is tokenised once a
/// line, not once a byte.
///
/// Header values are slices of `input`, not copies. Unless they are to be collected, the request has none: its framing
/// is decided from the tokeniser's.
pub(crate) fn parse(
    input: &Bytes,
    seen: usize,
    limits: &Limits,
    collect: bool,
    request: &mut Request,
) -> Result<Option<Head>, RequestError> {
    if seen > 0 && memchr(b'\n', &input[seen..]).is_none() {
        return too_long_already(input, limits);
    }
    // However many are allowed, the shortest, `a:` and its line end, takes four bytes.
    let most = limits.headers.min(input.len() / 4 + 1);
    let parse = if most <= FEW_FIELDS {
        on_the_stack::<FEW_FIELDS>
    } else if most <= MANY_FIELDS {
        on_the_stack::<MANY_FIELDS>
    } else {
        on_the_heap
    };
    match parse(input, most, limits, collect, request) {
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
    collect: bool,
    request: &mut Request,
) -> Result<Option<Head>, RequestError> {
    let mut fields = [const { MaybeUninit::uninit() }; FIELDS];
    tokenise(input, &mut fields[..most], limits, collect, request)
}

fn on_the_heap(
    input: &Bytes,
    most: usize,
    limits: &Limits,
    collect: bool,
    request: &mut Request,
) -> Result<Option<Head>, RequestError> {
    tokenise(input, &mut vec![MaybeUninit::uninit(); most], limits, collect, request)
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
    collect: bool,
    request: &mut Request,
) -> Result<Option<Head>, RequestError> {
    let mut parsed = httparse::Request::new(&mut []);
    let length = match parsed.parse_with_uninit_headers(input, fields) {
        Ok(Status::Complete(length)) => length,
        Ok(Status::Partial) => {
            // A partial parse has passed over line ends already: the ones seen so far must be right.
            line_ends(input)?;
            return Ok(None);
        }
        Err(Token::TooManyHeaders) => return Err(RequestError::TooManyHeaders(limits.headers)),
        Err(Token::Version) => {
            return match spoken_as_1_1(input) {
                Some(spoken) => parse(&spoken, 0, limits, collect, request),
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
    *request.method_mut() = Method::from_bytes(method.as_bytes())
        .map_err(|_| RequestError::Malformed("the method is not a token"))?;
    *request.uri_mut() = Uri::from_maybe_shared(input.slice_ref(target.as_bytes()))
        .map_err(|_| RequestError::Malformed("the request target is not a valid URI"))?;
    *request.version_mut() = if minor == 0 { Version::HTTP_10 } else { Version::HTTP_11 };

    let mut present = Present::default();
    if collect {
        let headers = request.headers_mut();
        *headers = spare::take();
        headers.try_reserve(parsed.headers.len()).map_err(|_| too_many(limits))?;
    }
    for field in parsed.headers.iter() {
        present.note(field.name);
        if collect {
            append(request.headers_mut(), field, input, limits)?;
        }
    }
    framing::check_target(request.method(), target, request.uri())?;
    let hosts = parsed.headers.iter().filter(|field| field.name.eq_ignore_ascii_case("host"));
    framing::check_host(request.version(), hosts.map(|field| field.value))?;
    let fields = &*parsed.headers;
    let values = |name: &'static str| {
        fields.iter().filter(move |field| field.name.eq_ignore_ascii_case(name)).map(|field| field.value)
    };
    Ok(Some(Head { length, framing: framing::request(request.version(), present, values) }))
}

fn append(
    headers: &mut HeaderMap,
    field: &Header<'_>,
    input: &Bytes,
    limits: &Limits,
) -> Result<(), RequestError> {
    let name = HeaderName::from_bytes(field.name.as_bytes())
        .map_err(|_| RequestError::Malformed("a header name is not a token"))?;
    let value = HeaderValue::from_maybe_shared(input.slice_ref(field.value))
        .map_err(|_| RequestError::Malformed("a header value has a control character"))?;
    headers.try_append(name, value).map_err(|_| too_many(limits))?;
    Ok(())
}

/// `http` has a bound of its own on the size of a map, above every sensible [`Limits::headers`].
fn too_many(limits: &Limits) -> RequestError {
    RequestError::TooManyHeaders(limits.headers)
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
