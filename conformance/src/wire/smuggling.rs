//! Two parties, two lengths: the requests of the attack classes, whole, each with a second request inside.
//!
//! The classes are those of "HTTP Desync Attacks" (Kettle, 2019), "HTTP/2: The Sequel is Always Worse" (Kettle,
//! 2021), "Browser-Powered Desync Attacks" (Kettle, 2022) and of the gunicorn, Node.js and Puma advisories since.

use super::{
    bytes::post,
    case::{Case, family, ok, refused, rows},
    hyper::Reason::{ReadsChunksBesideALength, TakesBareLf},
};

/// A request that somebody else is to be made to send.
const INNER: &str = "GET /hello HTTP/1.1\r\nHost: test\r\n\r\n";

pub(super) fn cases() -> Vec<Case> {
    let mut cases = rows! {
        "RFC 9112 6.1 and 6.3 (3)" {
            "CL.TE: a length and chunks are refused" => refused(400).but_hyper(ReadsChunksBesideALength), both("Content-Length: 49\r\nTransfer-Encoding: chunked");
            "TE.CL: chunks and a length are refused" => refused(400).but_hyper(ReadsChunksBesideALength), both("Transfer-Encoding: chunked\r\nContent-Length: 5");
            "a length of zero and chunks are refused" => refused(400).but_hyper(ReadsChunksBesideALength), both("Content-Length: 0\r\nTransfer-Encoding: chunked");
            "an invalid length and chunks are refused" => refused(400), both("Content-Length: x\r\nTransfer-Encoding: chunked");
            "an empty length and chunks are refused" => refused(400), both("Content-Length:\r\nTransfer-Encoding: chunked");
            "two lengths and chunks are refused" => refused(400).but_hyper(ReadsChunksBesideALength), both("Content-Length: 5\r\nTransfer-Encoding: chunked\r\nContent-Length: 6");
            "a length and an empty coding are refused" => refused(400), both("Content-Length: 5\r\nTransfer-Encoding:");
            "a length and identity are refused" => refused(400), both("Content-Length: 5\r\nTransfer-Encoding: identity");
            "a length and an unknown coding are refused" => refused(400), both("Content-Length: 5\r\nTransfer-Encoding: cow");
            "a length and two codings are refused" => refused(400).but_hyper(ReadsChunksBesideALength), both("Content-Length: 5\r\nTransfer-Encoding: cow\r\nTransfer-Encoding: chunked");
            "a length and chunks in HTTP/1.0 are refused" => refused(400),
                format!("POST /whole HTTP/1.0\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{INNER}");
            "a length and chunks of GET are refused" => refused(400).but_hyper(ReadsChunksBesideALength),
                format!("GET /hello HTTP/1.1\r\nHost: test\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{INNER}");
        }
        "CL.0" {
            "a body of GET is no request" => ok("hello"),
                format!("GET /hello HTTP/1.1\r\nHost: test\r\nContent-Length: {}\r\n\r\n{INNER}", INNER.len());
            "a body of a path that nobody has is no request" => super::case::goes_on(404),
                format!("POST /absent HTTP/1.1\r\nHost: test\r\nContent-Length: {}\r\n\r\n{INNER}", INNER.len());
            "a body under a method that the path does not have is no request" => super::case::goes_on(405),
                format!("POST /hello HTTP/1.1\r\nHost: test\r\nContent-Length: {}\r\n\r\n{INNER}", INNER.len());
            "a body of an answer without content is no request" => super::case::goes_on(204),
                format!("GET /nothing HTTP/1.1\r\nHost: test\r\nContent-Length: {}\r\n\r\n{INNER}", INNER.len());
            "a chunked body that nobody reads is no request" => ok("ignored"),
                format!("POST /ignore HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n{:x}\r\n{INNER}\r\n0\r\n\r\n", INNER.len());
            "a length in a field that Connection names still counts" => ok("hello"), post("Connection: Content-Length\r\nContent-Length: 5", "hello");
            "a coding in a field that Connection names still counts" => ok("hello"),
                post("Connection: Transfer-Encoding\r\nTransfer-Encoding: chunked", "5\r\nhello\r\n0\r\n\r\n");
        }
    };
    let hidden: [(&str, &str); 22] = [
        ("a space before the colon", "Transfer-Encoding : chunked"),
        ("a tab before the colon", "Transfer-Encoding\t: chunked"),
        ("a space before the name", " Transfer-Encoding: chunked"),
        ("a tab before the name", "\tTransfer-Encoding: chunked"),
        ("a vertical tab before the value", "Transfer-Encoding:\u{B}chunked"),
        ("a form feed before the value", "Transfer-Encoding:\u{C}chunked"),
        ("a carriage return before the value", "Transfer-Encoding:\rchunked"),
        ("a NUL before the value", "Transfer-Encoding: \0chunked"),
        ("a NUL behind the value", "Transfer-Encoding: chunked\0"),
        ("a carriage return behind the value", "Transfer-Encoding: chunked\r"),
        ("a fold before the value", "Transfer-Encoding:\r\n chunked"),
        ("a fold with a tab before the value", "Transfer-Encoding:\r\n\tchunked"),
        ("a fold behind the value", "Transfer-Encoding: chunked\r\n "),
        ("a line feed before the name", "A: b\nTransfer-Encoding: chunked"),
        ("a carriage return before the name", "A: b\rTransfer-Encoding: chunked"),
        ("a field without a colon before it", "A\r\nTransfer-Encoding: chunked"),
        ("a NUL in the name", "Transfer\0-Encoding: chunked"),
        ("a letter of Turkish in the name", "Transfer-Encod\u{131}ng: chunked"),
        ("quotes around the value", "Transfer-Encoding: \"chunked\""),
        ("a long s in the name", "Tran\u{17F}fer-Encoding: chunked"),
        ("a comma behind the value", "Transfer-Encoding: chunked,"),
        ("a parameter behind the value", "Transfer-Encoding: chunked;x"),
    ];
    cases.extend(family(
        "TE.CL and CL.TE, hidden",
        "chunked beside a length, hidden from one of two parties, is refused",
        hidden.into_iter().flat_map(|(how, field)| {
            [
                (
                    format!("chunked with {how}, behind a length, is refused"),
                    format!("Content-Length: 5\r\n{field}"),
                ),
                (
                    format!("chunked with {how}, before a length, is refused"),
                    format!("{field}\r\nContent-Length: 5"),
                ),
            ]
            .map(|(name, fields)| {
                let reads_lines = field.contains("b\nT");
                (name, refused(400).but_hyper_if(reads_lines, TakesBareLf), both(&fields))
            })
        }),
    ));
    cases
}

/// An empty chunked body and a request behind it: with one reading of the head it is a body, with the other it is
/// answered.
fn both(fields: &str) -> Vec<u8> {
    post(fields, format!("0\r\n\r\n{INNER}"))
}
