//! `method SP request-target SP HTTP-version CRLF`, and every other way to write it.

use super::{
    bytes::{byte_name, line},
    case::{Case, family, goes_on, ok, refused, rows, silence},
};

pub(super) fn cases() -> Vec<Case> {
    let mut cases = rows! {
        "RFC 9112 3" {
            "a request line of three words is answered" => ok("hello"), line("GET /hello HTTP/1.1");
            "no target is refused" => refused(400), line("GET HTTP/1.1");
            "an empty target between two spaces is refused" => refused(400), line("GET  HTTP/1.1");
            "a method alone is refused" => refused(400), line("GET");
            "a fourth word is refused" => refused(400), line("GET /hello HTTP/1.1 now");
            "a target with a space in it is refused" => refused(400), line("GET /hel lo HTTP/1.1");
            "a target alone is refused" => refused(400), line("/hello");
            "a status line is refused" => refused(400), line("HTTP/1.1 200 OK");
            "a field in the place of the request line is refused" => refused(400), "Host: test\r\n\r\n";
            "a start of TLS is refused" => refused(400), b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n";
            "a start of SOCKS is refused" => refused(400), b"\x05\x01\x00\r\n\r\n";
            "a PROXY line before the request is refused" => refused(400),
                "PROXY TCP4 10.0.0.1 10.0.0.2 1 2\r\nGET /hello HTTP/1.1\r\nHost: test\r\n\r\n";
            "no byte at all is no request" => silence(), "";
            "a request line that is broken off gets no answer" => silence(), "GET /hel";
            "a head that is broken off gets no answer" => silence(), "GET /hello HTTP/1.1\r\nHost: te";
            "a head without its last line end gets no answer" => silence(), "GET /hello HTTP/1.1\r\nHost: test\r\n";
        }
        "RFC 9112 3 (whitespace)" {
            "two spaces behind the method are refused" => refused(400), line("GET  /hello HTTP/1.1");
            "two spaces before the version are refused" => refused(400), line("GET /hello  HTTP/1.1");
            "a space before the method is refused" => refused(400), line(" GET /hello HTTP/1.1");
            "a tab before the method is refused" => refused(400), line("\tGET /hello HTTP/1.1");
            "a space behind the version is refused" => refused(400), line("GET /hello HTTP/1.1 ");
            "a tab behind the version is refused" => refused(400), line("GET /hello HTTP/1.1\t");
            "tabs for both spaces are refused" => refused(400), line("GET\t/hello\tHTTP/1.1");
            "a no-break space behind the method is refused" => refused(400), line(b"GET\xA0/hello HTTP/1.1");
            "a no-break space in UTF-8 before the version is refused" => refused(400), line("GET /hello\u{A0}HTTP/1.1");
            "a byte order mark before the method is refused" => refused(400), line("\u{FEFF}GET /hello HTTP/1.1");
        }
    };
    cases.extend(family(
        "RFC 9112 3 (whitespace)",
        "whitespace other than a space behind the method is refused",
        separators().map(|byte| {
            let name = format!("{} behind the method is refused", byte_name(byte));
            (name, refused(400), line([b"GET", &[byte][..], b"/hello HTTP/1.1"].concat()))
        }),
    ));
    cases.extend(family(
        "RFC 9112 3 (whitespace)",
        "whitespace other than a space before the version is refused",
        separators().map(|byte| {
            let name = format!("{} before the version is refused", byte_name(byte));
            (name, refused(400), line([b"GET /hello", &[byte][..], b"HTTP/1.1"].concat()))
        }),
    ));
    cases.extend(family(
        "RFC 9110 5.6.2",
        "a byte that is no tchar in the method is refused",
        (0..=255).filter(|byte| !super::bytes::is_tchar(*byte) && !b" \n".contains(byte)).map(|byte| {
            let name = format!("{} in the method is refused", byte_name(byte));
            (name, refused(400), line([b"GE", &[byte][..], b"T /hello HTTP/1.1"].concat()))
        }),
    ));
    cases.extend(family(
        "RFC 9110 5.6.2",
        "a tchar that is no letter makes another method, for which the path has no handler",
        b"!#$%&'*+-.^_`|~0".iter().map(|byte| {
            let name = format!("{} in the method makes another method", byte_name(*byte));
            (name, goes_on(501), line([b"GE", &[*byte][..], b"T /hello HTTP/1.1"].concat()))
        }),
    ));
    cases
}

/// What RFC 9112 section 3 lets a lenient recipient take for a space, LF apart.
fn separators() -> impl Iterator<Item = u8> {
    [b'\t', 0x0B, 0x0C, b'\r', 0x00, 0x1F, 0x85].into_iter()
}
