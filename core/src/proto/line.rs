//! The request line as nearly all clients write it, read without the tokeniser: a usual method, a path and query of
//! characters that mean nothing else in a URI, and HTTP/1.1. Any other line is left to [`head`](super::head), which
//! also knows what is wrong with one.

use super::authority::alphanumeric_or;
use http::Method;
use std::ops::Range;

/// What such a line says, as places in the input.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) method: Method,
    pub(super) target: Range<usize>,
    /// Where the target's query begins, at its question mark, or where it ends.
    pub(super) path_end: usize,
    /// Bytes of the line, its end included.
    pub(super) length: usize,
}

/// Of each byte, whether it may stand in a path and a query as it is (`pchar` and `/` of RFC 3986 section 3.3, without
/// escapes).
const PLAIN: [bool; 256] = alphanumeric_or(b"/-._~!$&'()*+,;=:@");

/// The line at the start of `input`, if it is a usual one and whole.
#[inline]
pub(super) fn usual(input: &[u8]) -> Option<Line> {
    let (method, start) = method(input)?;
    if input.get(start) != Some(&b'/') {
        return None;
    }
    let plain = |from: usize| {
        let rest = input.get(from..).unwrap_or_default();
        from + rest.iter().position(|byte| !PLAIN[usize::from(*byte)]).unwrap_or(rest.len())
    };
    let path_end = plain(start + 1);
    let mut end = path_end;
    while input.get(end) == Some(&b'?') {
        end = plain(end + 1);
    }
    const VERSION: &[u8] = b" HTTP/1.1\r\n";
    input[end..].starts_with(VERSION).then(|| Line {
        method,
        target: start..end,
        path_end,
        length: end + VERSION.len(),
    })
}

/// The method at the start, and where the target behind it begins.
#[inline]
fn method(input: &[u8]) -> Option<(Method, usize)> {
    let (method, text) = match input {
        [b'G', ..] => (Method::GET, "GET "),
        [b'P', b'O', ..] => (Method::POST, "POST "),
        [b'H', ..] => (Method::HEAD, "HEAD "),
        [b'P', b'U', ..] => (Method::PUT, "PUT "),
        [b'D', ..] => (Method::DELETE, "DELETE "),
        [b'P', ..] => (Method::PATCH, "PATCH "),
        [b'O', ..] => (Method::OPTIONS, "OPTIONS "),
        _ => return None,
    };
    input.starts_with(text.as_bytes()).then_some((method, text.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Option<(String, String, String)> {
        let Line { method, target, path_end, length } = usual(line.as_bytes())?;
        assert_eq!(length, line.len());
        Some((method.to_string(), line[target.start..path_end].into(), line[path_end..target.end].into()))
    }

    #[test]
    fn a_usual_line_is_read() {
        let rows = [
            ("GET / HTTP/1.1\r\n", "GET", "/", ""),
            ("POST /a/b-c_d.e~f HTTP/1.1\r\n", "POST", "/a/b-c_d.e~f", ""),
            ("HEAD //x?a=b&c=d/?e HTTP/1.1\r\n", "HEAD", "//x", "?a=b&c=d/?e"),
            ("PUT /? HTTP/1.1\r\n", "PUT", "/", "?"),
            ("DELETE /!$&'()*+,;=:@ HTTP/1.1\r\n", "DELETE", "/!$&'()*+,;=:@", ""),
            ("PATCH /a??b HTTP/1.1\r\n", "PATCH", "/a", "??b"),
            ("OPTIONS /a HTTP/1.1\r\n", "OPTIONS", "/a", ""),
        ];
        for (line, method, path, query) in rows {
            assert_eq!(read(line), Some((method.into(), path.into(), query.into())), "{line:?}");
        }
    }

    #[test]
    fn every_other_line_is_left_to_the_tokeniser() {
        let rows = [
            "",
            "GET",
            "GET ",
            "GET /",
            "GET / HTTP/1.1",
            "GET / HTTP/1.1\r",
            "GET / HTTP/1.1\n\n",
            "GET / HTTP/1.0\r\n",
            "GET / HTTP/1.2\r\n",
            "GET /  HTTP/1.1\r\n",
            "GET  / HTTP/1.1\r\n",
            "get / HTTP/1.1\r\n",
            "CONNECT / HTTP/1.1\r\n",
            "OPTIONS * HTTP/1.1\r\n",
            "GET a HTTP/1.1\r\n",
            "GET http://a/ HTTP/1.1\r\n",
            "GET /%41 HTTP/1.1\r\n",
            "GET /a#b HTTP/1.1\r\n",
            "GET /\" HTTP/1.1\r\n",
            "GET /{a} HTTP/1.1\r\n",
            "GET /é HTTP/1.1\r\n",
            "GET /?é HTTP/1.1\r\n",
            "GET /\t HTTP/1.1\r\n",
        ];
        for line in rows {
            assert_eq!(usual(line.as_bytes()), None, "{line:?}");
        }
    }
}
