//! Fields behind the last chunk: they are fields, and not those of the head.

use super::{
    bytes::{byte_name, chunked, is_tchar},
    case::{Case, family, ok, refused, rows},
    hyper::Reason::{CallsLongTrailersMalformed, LeavesHostToItsUser, TakesBareLf},
};

pub(super) fn cases() -> Vec<Case> {
    let mut cases = rows! {
        "RFC 9112 7.1.2" {
            "a trailer is read" => ok("hello"), trailer("A: b");
            "two trailers are read" => ok("hello"), trailer("A: b\r\nC: d");
            "a trailer of an empty body is read" => ok(""), chunked("0\r\nA: b\r\n\r\n");
            "an empty trailer is read" => ok("hello"), trailer("A:");
            "spaces around a trailer do not belong to it" => ok("hello"), trailer("A: \t b \t ");
            "a trailer that nobody reads is passed over" => ok("ignored"),
                "POST /ignore HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nA: b\r\n\r\n";
            "trailers are no fields of the head" => ok("0"), "POST /fields HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nA: b\r\n\r\n";
        }
        "RFC 9110 6.5.1" {
            "a length as a trailer frames nothing" => ok("hello"), trailer("Content-Length: 100");
            "a coding as a trailer frames nothing" => ok("hello"), trailer("Transfer-Encoding: chunked");
            "a Host as a trailer is none" => ok("hello"), trailer("Host: other");
            "close as a trailer closes nothing" => ok("hello"), trailer("Connection: close");
            "a Host as a trailer is none for the head" => refused(400).but_hyper(LeavesHostToItsUser), "POST /whole HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nHost: test\r\n\r\n";
            "an expectation as a trailer expects nothing" => ok("hello"), trailer("Expect: rain");
        }
        "RFC 9112 7.1.2 (syntax)" {
            "a trailer without a colon is refused" => refused(400), trailer("A");
            "a trailer without a name is refused" => refused(400), trailer(": b");
            "a space before the colon of a trailer is refused" => refused(400), trailer("A : b");
            "a space before a trailer is refused" => refused(400), trailer(" A: b");
            "a folded trailer is refused" => refused(400), trailer("A: b\r\n c");
            "a line of a space among trailers is refused" => refused(400), trailer("A: b\r\n ");
            "LF behind a trailer is refused" => refused(400).but_hyper(TakesBareLf), chunked("0\r\nA: b\n\r\n");
            "LF behind all trailers is refused" => refused(400).but_hyper(TakesBareLf), chunked("0\r\nA: b\r\n\n");
            "CR in a trailer is refused" => refused(400), trailer("A: b\rc");
            "CR behind a trailer is refused" => refused(400), trailer("A: b\r");
            "LF in a trailer is refused" => refused(400), trailer("A: b\nc");
            "a request for a trailer is refused" => refused(400), chunked("0\r\nGET /hello HTTP/1.1\r\nHost: test\r\n\r\n");
            "a hundred trailers are read" => ok("hello"), trailer(["A: b"; 100].join("\r\n"));
            "a hundred and one trailers are refused" => refused(431).but_hyper(CallsLongTrailersMalformed), trailer(["A: b"; 101].join("\r\n"));
            "trailers of 20 KiB are refused" => refused(431).but_hyper(CallsLongTrailersMalformed), trailer(format!("A: {}", "a".repeat(20_000)));
            "trailers of 20 KiB in many lines are refused" => refused(431).but_hyper(CallsLongTrailersMalformed), trailer(["A: b"; 4000].join("\r\n"));
        }
    };
    cases.extend(family(
        "RFC 9110 5.6.2",
        "a byte that is no tchar in the name of a trailer is refused",
        (0..=255).filter(|byte| !is_tchar(*byte) && !b":\n".contains(byte)).map(|byte| {
            let name = format!("{} in the name of a trailer is refused", byte_name(byte));
            (name, refused(400), trailer([b"X", &[byte][..], b"Y: b"].concat()))
        }),
    ));
    cases.extend(family(
        "RFC 9110 5.5",
        "a control character in the value of a trailer is refused",
        (0..0x20).chain([0x7F]).filter(|byte| !b"\t\n".contains(byte)).map(|byte| {
            let name = format!("{} in the value of a trailer is refused", byte_name(byte));
            (name, refused(400), trailer([b"A: b", &[byte][..], b"c"].concat()))
        }),
    ));
    cases
}

/// `hello` as a chunk, and these lines behind the last chunk.
fn trailer(lines: impl AsRef<[u8]>) -> Vec<u8> {
    chunked([b"5\r\nhello\r\n0\r\n", lines.as_ref(), b"\r\n\r\n"].concat())
}
