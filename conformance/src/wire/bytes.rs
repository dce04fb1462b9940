//! Requests that many rows share: each function leaves one part open.

/// A head with this request line.
pub(super) fn line(line: impl AsRef<[u8]>) -> Vec<u8> {
    [line.as_ref(), b"\r\nHost: test\r\n\r\n"].concat()
}

/// A `GET` of this target.
pub(super) fn target(target: impl AsRef<[u8]>) -> Vec<u8> {
    [b"GET ", target.as_ref(), b" HTTP/1.1\r\nHost: test\r\n\r\n"].concat()
}

/// `GET /field`, whose handler answers with the field `A`, with these lines behind `Host`.
pub(super) fn fields(lines: impl AsRef<[u8]>) -> Vec<u8> {
    [b"GET /field HTTP/1.1\r\nHost: test\r\n", lines.as_ref(), b"\r\n\r\n"].concat()
}

/// A `GET` with this `Host`.
pub(super) fn host(host: impl AsRef<[u8]>) -> Vec<u8> {
    [b"GET /hello HTTP/1.1\r\nHost: ", host.as_ref(), b"\r\n\r\n"].concat()
}

/// `POST /whole`, whose handler answers with the body, with these lines behind `Host`, and what follows the head.
pub(super) fn post(lines: impl AsRef<[u8]>, rest: impl AsRef<[u8]>) -> Vec<u8> {
    let lines = lines.as_ref();
    [b"POST /whole HTTP/1.1\r\nHost: test\r\n", lines, b"\r\n\r\n", rest.as_ref()].concat()
}

/// `hello` under this `Content-Length`.
pub(super) fn length(length: impl AsRef<[u8]>) -> Vec<u8> {
    post([b"Content-Length: ", length.as_ref()].concat(), "hello")
}

/// `hello` as a chunk under this `Transfer-Encoding`.
pub(super) fn coded(coding: impl AsRef<[u8]>) -> Vec<u8> {
    post([b"Transfer-Encoding: ", coding.as_ref()].concat(), "5\r\nhello\r\n0\r\n\r\n")
}

/// A chunked body.
pub(super) fn chunked(body: impl AsRef<[u8]>) -> Vec<u8> {
    post("Transfer-Encoding: chunked", body)
}

/// A byte as a name has it: `0x0A`, or `0x21 (!)`.
pub(super) fn byte_name(byte: u8) -> String {
    match byte {
        b'!'..=b'~' => format!("0x{byte:02X} ({})", char::from(byte)),
        _ => format!("0x{byte:02X}"),
    }
}

/// `tchar` of RFC 9110 section 5.6.2.
pub(super) fn is_tchar(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}
