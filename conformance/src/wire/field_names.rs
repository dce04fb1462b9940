//! `token ":"` and nothing between them.

use super::{
    bytes::{byte_name, fields, is_tchar},
    case::{Case, family, ok, refused, rows},
};

pub(super) fn cases() -> Vec<Case> {
    let mut cases = rows! {
        "RFC 9110 5.1" {
            "a name in lower case is known" => ok("[b]"), fields("a: b");
            "a name in capitals is known" => ok("[b]"), fields("A: b");
            "Content-Length in any case is known" => ok("ok"), "POST /whole HTTP/1.1\r\nhOST: test\r\ncontent-LENGTH: 2\r\n\r\nok";
            "Transfer-Encoding in any case is known" => ok("ok"),
                "POST /whole HTTP/1.1\r\nHOST: test\r\nTRANSFER-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n";
            "an unknown field is passed over" => ok("[]"), fields("X-Nobody-Knows: it");
        }
        "RFC 9112 5.1" {
            "a space before the colon is refused" => refused(400), fields("A : b");
            "a tab before the colon is refused" => refused(400), fields("A\t: b");
            "two spaces before the colon are refused" => refused(400), fields("A  : b");
            "a space before the colon of Content-Length is refused" => refused(400), fields("Content-Length : 5");
            "a space before the colon of Transfer-Encoding is refused" => refused(400), fields("Transfer-Encoding : chunked");
            "a tab before the colon of Transfer-Encoding is refused" => refused(400), fields("Transfer-Encoding\t: chunked");
            "a space before the colon of Host is refused" => refused(400), "GET /hello HTTP/1.1\r\nHost : test\r\n\r\n";
            "a vertical tab before the colon is refused" => refused(400), fields("Transfer-Encoding\u{B}: chunked");
            "a no-break space before the colon is refused" => refused(400), fields(b"Transfer-Encoding\xA0: chunked");
            "a space inside a name is refused" => refused(400), fields("A B: c");
            "no name is refused" => refused(400), fields(": b");
            "a colon alone is refused" => refused(400), fields(":");
            "a name without a colon is refused" => refused(400), fields("A");
            "a name without a colon at the end of the head is refused" => refused(400), fields("A: b\r\nB");
            "a value without a name is refused" => refused(400), fields("=b");
            "a NUL alone is refused" => refused(400), fields("\0");
        }
    };
    cases.extend(family(
        "RFC 9110 5.6.2",
        "a tchar in a field name is taken",
        (0..=255).filter(|byte| is_tchar(*byte)).map(|byte| {
            let name = format!("{} in a field name is taken", byte_name(byte));
            (name, ok("[]"), fields([b"X", &[byte][..], b"Y: b"].concat()))
        }),
    ));
    cases.extend(family(
        "RFC 9110 5.6.2",
        "a byte that is no tchar in a field name is refused",
        (0..=255).filter(|byte| !is_tchar(*byte) && !b":\n".contains(byte)).map(|byte| {
            let name = format!("{} in a field name is refused", byte_name(byte));
            (name, refused(400), fields([b"X", &[byte][..], b"Y: b"].concat()))
        }),
    ));
    cases.extend(family(
        "RFC 9112 5.1",
        "a byte that is no tchar before a field name is refused",
        (0..=255).filter(|byte| !is_tchar(*byte) && !b"\n\r".contains(byte)).map(|byte| {
            let name = format!("{} before a field name is refused", byte_name(byte));
            (name, refused(400), fields([&[byte][..], b"Transfer-Encoding: chunked"].concat()))
        }),
    ));
    cases
}
