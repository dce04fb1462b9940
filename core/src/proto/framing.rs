//! Where a message's body ends, whether the connection goes on, and which heads are refused: RFC 9112 as
//! pure functions over a head, tested as tables with their sections.

use super::{
    RequestError,
    authority::{escapes_are_whole, is_host_and_port, is_usual_or_host_and_port},
};
use http::{HeaderName, Method, StatusCode, Uri, Version, header};

/// Which of the fields that decide about a request are in its head. Most have none of them, and are spared the
/// search for each.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Present {
    length: bool,
    expect: bool,
    connection: bool,
    /// Whoever has it may ask as somebody (RFC 9110 section 11, RFC 6265).
    pub(crate) credentials: bool,
}

impl Present {
    /// Notes a field, if it is one of them.
    pub(crate) fn note(&mut self, name: &str) {
        let (noted, known) = match name.len() {
            6 if name.as_bytes()[0] | 0x20 == b'c' => (&mut self.credentials, "cookie"),
            6 => (&mut self.expect, "expect"),
            10 => (&mut self.connection, "connection"),
            13 => (&mut self.credentials, "authorization"),
            14 => (&mut self.length, "content-length"),
            17 => (&mut self.length, "transfer-encoding"),
            19 => (&mut self.credentials, "proxy-authorization"),
            _ => return,
        };
        *noted |= name.eq_ignore_ascii_case(known);
    }
}

/// What a request's head says of what comes behind it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Framing {
    pub(crate) length: BodyLength,
    pub(crate) expects_continue: bool,
    /// The client wants the connection to go on.
    pub(crate) persists: bool,
}

/// The framing of a request in whose head `present` was noted. `values` finds those of a field.
pub(crate) fn request<'head, V: Iterator<Item = &'head [u8]>>(
    version: Version,
    present: Present,
    values: impl Fn(&'static str) -> V,
) -> Result<Framing, RequestError> {
    Ok(Framing {
        length: if present.length {
            request_body(version, values("transfer-encoding"), values("content-length"))?
        } else {
            BodyLength::None
        },
        expects_continue: present.expect && expects_continue(version, values("expect"))?,
        persists: if present.connection {
            persists(version, values("connection"))
        } else {
            version >= Version::HTTP_11
        },
    })
}

/// How a request says where its body ends.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum BodyLength {
    /// No body.
    #[default]
    None,
    /// `Content-Length` bytes, at least one.
    Exact(u64),
    /// `Transfer-Encoding: chunked`.
    Chunked,
}

/// RFC 9112 section 6.3, with every ambiguity an error: what two parties may read differently is how
/// requests are smuggled (section 11.2).
fn request_body<'head>(
    version: Version,
    mut codings: impl Iterator<Item = &'head [u8]>,
    mut lengths: impl Iterator<Item = &'head [u8]>,
) -> Result<BodyLength, RequestError> {
    let Some(coding) = codings.next() else {
        let Some(length) = lengths.next() else { return Ok(BodyLength::None) };
        if lengths.next().is_some() {
            return Err(RequestError::Framing("more than one Content-Length"));
        }
        return match content_length(length)? {
            0 => Ok(BodyLength::None),
            length => Ok(BodyLength::Exact(length)),
        };
    };
    if version < Version::HTTP_11 {
        return Err(RequestError::Framing("Transfer-Encoding in an HTTP/1.0 request"));
    }
    if lengths.next().is_some() {
        return Err(RequestError::Framing("both Transfer-Encoding and Content-Length"));
    }
    if codings.next().is_some() {
        return Err(RequestError::Framing("more than one Transfer-Encoding"));
    }
    if coding.eq_ignore_ascii_case(b"chunked") {
        return Ok(BodyLength::Chunked);
    }
    // Another coding before the final `chunked` is well framed but unknown (section 6.1: 501); anything
    // that does not end with `chunked` leaves the end of the body open (section 6.3: 400).
    let last = coding.rsplit(|byte| *byte == b',').next().unwrap_or_default();
    let first = coding.split(|byte| matches!(byte, b',' | b';')).next().unwrap_or_default();
    if last.trim_ascii().eq_ignore_ascii_case(b"chunked")
        && is_token(first.trim_ascii())
        && !first.trim_ascii().eq_ignore_ascii_case(b"chunked")
    {
        Err(RequestError::TransferCoding)
    } else {
        Err(RequestError::Framing("Transfer-Encoding is not a single chunked"))
    }
}

/// `1*DIGIT` and nothing else: no sign, no space, no list (RFC 9110 section 8.6).
pub(crate) fn content_length(value: &[u8]) -> Result<u64, RequestError> {
    if value.is_empty() || !value.iter().all(u8::is_ascii_digit) {
        return Err(RequestError::Framing("Content-Length is not a number"));
    }
    value
        .iter()
        .try_fold(0u64, |length, digit| length.checked_mul(10)?.checked_add(u64::from(digit - b'0')))
        .ok_or(RequestError::Framing("Content-Length is too large"))
}

/// Whether the client waits for `100 Continue`. Any other expectation cannot be met (RFC 9110 section
/// 10.1.1); from an HTTP/1.0 client the field is ignored.
fn expects_continue<'head>(
    version: Version,
    values: impl Iterator<Item = &'head [u8]>,
) -> Result<bool, RequestError> {
    if version < Version::HTTP_11 {
        return Ok(false);
    }
    let mut expects = false;
    for value in values {
        // Empty elements of a list mean nothing (RFC 9110 section 5.6.1).
        let expectations = value.split(|byte| *byte == b',').map(<[u8]>::trim_ascii);
        for expectation in expectations.filter(|expectation| !expectation.is_empty()) {
            if !expectation.eq_ignore_ascii_case(b"100-continue") {
                return Err(RequestError::Expectation);
            }
            expects = true;
        }
    }
    Ok(expects)
}

/// Whether the client wants the connection to go on after this exchange (RFC 9112 section 9.3).
fn persists<'head>(version: Version, values: impl Iterator<Item = &'head [u8]>) -> bool {
    let mut keep_alive = version >= Version::HTTP_11;
    for value in values {
        for option in value.split(|byte| *byte == b',') {
            let option = option.trim_ascii();
            if option.eq_ignore_ascii_case(b"close") {
                return false;
            }
            keep_alive |= option.eq_ignore_ascii_case(b"keep-alive");
        }
    }
    keep_alive
}

/// Exactly one valid `Host` in HTTP/1.1, at most one in HTTP/1.0 (RFC 9112 section 3.2).
pub(crate) fn check_host<'field>(
    version: Version,
    mut hosts: impl Iterator<Item = &'field [u8]>,
) -> Result<(), RequestError> {
    let Some(host) = hosts.next() else {
        return if version >= Version::HTTP_11 { Err(RequestError::Host("it is missing")) } else { Ok(()) };
    };
    if hosts.next().is_some() {
        return Err(RequestError::Host("there is more than one"));
    }
    // An empty value is how a client says that the target has no authority (RFC 9110 section 7.2).
    if host.is_empty() || is_usual_or_host_and_port(host) {
        Ok(())
    } else {
        Err(RequestError::Host("it is not a host and an optional port"))
    }
}

/// The four forms of a request target (RFC 9112 section 3.2).
pub(crate) fn check_target(method: &Method, target: &str, uri: &Uri) -> Result<(), RequestError> {
    if *method == Method::CONNECT {
        return Err(RequestError::Connect);
    }
    if target == "*" {
        return if *method == Method::OPTIONS {
            Ok(())
        } else {
            Err(RequestError::Malformed("the target `*` is for OPTIONS only"))
        };
    }
    check_characters(target)?;
    if target.starts_with('/') {
        return Ok(());
    }
    match (uri.scheme_str(), uri.authority()) {
        (Some("http" | "https"), Some(authority)) if is_host_and_port(authority.as_str().as_bytes()) => {
            Ok(())
        }
        _ => Err(RequestError::Malformed("the target is neither a path nor an http URI")),
    }
}

/// What the URI type is laxer about.
fn check_characters(target: &str) -> Result<(), RequestError> {
    // Most targets have nothing of what is looked at more closely below.
    if target.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/-_.".contains(&byte)) {
        return Ok(());
    }
    // A fragment is never sent (RFC 9110 section 7.1): a peer that sends one means something else by it.
    if target.contains('#') {
        return Err(RequestError::Malformed("the target has a fragment"));
    }
    let path = target.split('?').next().unwrap_or_default();
    // In a query the URI type may be lax: browsers send what is no URI there.
    if !target.is_ascii() || path.contains('"') || !escapes_are_whole(path.as_bytes()) {
        return Err(RequestError::Malformed("the target is not a valid URI"));
    }
    Ok(())
}

/// How an answer says where its body ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AnswerBody {
    /// No body, and no field about its length: 204, 304.
    None,
    /// `Content-Length`.
    Exact(u64),
    /// `Transfer-Encoding: chunked`.
    Chunked,
    /// The end of the connection: HTTP/1.0 has nothing else for a stream.
    UntilClose,
}

/// RFC 9112 sections 6.1 to 6.3. `exact` is what the body itself knows of its length.
pub(crate) fn answer_body(version: Version, status: StatusCode, exact: Option<u64>) -> AnswerBody {
    match exact {
        _ if has_no_length(status) => AnswerBody::None,
        _ if has_no_content(status) => AnswerBody::Exact(0),
        Some(length) => AnswerBody::Exact(length),
        None if version >= Version::HTTP_11 => AnswerBody::Chunked,
        None => AnswerBody::UntilClose,
    }
}

/// Statuses whose answer has no content: 204, 205 and 304 (RFC 9110 sections 15.3.5, 15.3.6 and 15.4.5).
pub(crate) fn has_no_content(status: StatusCode) -> bool {
    has_no_length(status) || status == StatusCode::RESET_CONTENT
}

/// Statuses whose answer ends with its head, so that no field tells where (RFC 9112 section 6.3).
fn has_no_length(status: StatusCode) -> bool {
    status == StatusCode::NO_CONTENT || status == StatusCode::NOT_MODIFIED
}

/// Fields that belong to the connection: a handler's own are left out (RFC 9110 section 7.6.1).
pub(crate) fn is_connection_field(name: &HeaderName) -> bool {
    *name == header::CONNECTION
        || *name == header::TRANSFER_ENCODING
        || *name == header::CONTENT_LENGTH
        || *name == header::UPGRADE
        || name.as_str() == "keep-alive"
}

fn is_token(bytes: &[u8]) -> bool {
    !bytes.is_empty()
        && bytes.iter().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(byte))
}

#[cfg(test)]
mod tests;
