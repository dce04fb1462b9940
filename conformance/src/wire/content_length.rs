//! `1*DIGIT`, once.

use super::{
    bytes::{byte_name, length, post},
    case::{Case, ends, family, goes_on, ok, refused, rows, unfinished},
    hyper::Reason::TakesTheSameLengthTwice,
};

pub(super) fn cases() -> Vec<Case> {
    let mut cases = rows! {
        "RFC 9112 6.2" {
            "a body of its length is read" => ok("hello"), length("5");
            "a length of zero is no body" => ok(""), post("Content-Length: 0", "");
            "a length of zeros is no body" => ok(""), post("Content-Length: 000", "");
            "a length with leading zeros is read" => ok("hello"), length("0005");
            "a length with many leading zeros is read" => ok("hello"), length(format!("{}5", "0".repeat(100)));
            "spaces around a length do not belong to it" => ok("hello"), length("  5  ");
            "tabs around a length do not belong to it" => ok("hello"), length("\t5\t");
            "a body that looks like a request is a body" => ok("GET /hello HTTP/1.1\r\n\r\n"), post("Content-Length: 23", "GET /hello HTTP/1.1\r\n\r\n");
            "a body of bytes of every kind is read" => goes_on(200), post("Content-Length: 256", (0..=255).collect::<Vec<u8>>());
            "a streamed body of known length comes back" => ok("hello"), "POST /echo HTTP/1.1\r\nHost: test\r\nContent-Length: 5\r\n\r\nhello";
            "a body that nobody reads is passed over" => ok("ignored"), "POST /ignore HTTP/1.1\r\nHost: test\r\nContent-Length: 5\r\n\r\nhello";
            "a body that nobody reads and that looks like a request is passed over" => ok("ignored"),
                "POST /ignore HTTP/1.1\r\nHost: test\r\nContent-Length: 23\r\n\r\nGET /hello HTTP/1.1\r\n\r\n";
            "a body of nobody's handler is passed over" => goes_on(404), "POST /absent HTTP/1.1\r\nHost: test\r\nContent-Length: 5\r\n\r\nhello";
            "a body in HTTP/1.0 is read" => ends(200).body("hello"), "POST /whole HTTP/1.0\r\nContent-Length: 5\r\n\r\nhello";
        }
        "RFC 9112 6.3 (7)" {
            "POST without a length has no body" => ok(""), post("A: b", "");
            "POST without a length in HTTP/1.0 has no body" => ends(200).body(""), "POST /whole HTTP/1.0\r\n\r\n";
        }
        "RFC 9110 9.3.1 and 9.3.5" {
            "a body of GET is read" => ok("hello"), "GET /whole HTTP/1.1\r\nHost: test\r\nContent-Length: 5\r\n\r\nhello";
            "a body of GET that nobody reads is passed over" => ok("hello"), "GET /hello HTTP/1.1\r\nHost: test\r\nContent-Length: 5\r\n\r\nhello";
            "a chunked body of GET is read" => ok("hello"), "GET /whole HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n";
            "a body of HEAD is passed over" => goes_on(200).answering_head(), "HEAD /hello HTTP/1.1\r\nHost: test\r\nContent-Length: 5\r\n\r\nhello";
            "a chunked body of HEAD is passed over" => goes_on(200).answering_head(), "HEAD /hello HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n";
            "a body of DELETE is read" => ok("hello"), "DELETE /whole HTTP/1.1\r\nHost: test\r\nContent-Length: 5\r\n\r\nhello";
            "a body of PUT is read" => ok("hello"), "PUT /whole HTTP/1.1\r\nHost: test\r\nContent-Length: 5\r\n\r\nhello";
            "a body of OPTIONS of the server is passed over" => goes_on(204), "OPTIONS * HTTP/1.1\r\nHost: test\r\nContent-Length: 5\r\n\r\nhello";
        }
        "RFC 9112 6.3 (5)" {
            "two lengths are refused" => refused(400), post("Content-Length: 5\r\nContent-Length: 6", "hello");
            "the same length twice is refused" => refused(400).but_hyper(TakesTheSameLengthTwice), post("Content-Length: 5\r\nContent-Length: 5", "hello");
            "two lengths with a field between them are refused" => refused(400).but_hyper(TakesTheSameLengthTwice), post("Content-Length: 5\r\nA: b\r\nContent-Length: 5", "hello");
            "two lengths in another case are refused" => refused(400), post("Content-Length: 5\r\ncontent-length: 0", "hello");
            "a length beside an empty one is refused" => refused(400), post("Content-Length: 5\r\nContent-Length:", "hello");
            "three lengths are refused" => refused(400).but_hyper(TakesTheSameLengthTwice), post("Content-Length: 5\r\nContent-Length: 5\r\nContent-Length: 5", "hello");
            "an invalid length of GET is refused" => refused(400), "GET /hello HTTP/1.1\r\nHost: test\r\nContent-Length: x\r\n\r\n";
            "an invalid length in HTTP/1.0 is refused" => refused(400), "POST /whole HTTP/1.0\r\nContent-Length: x\r\n\r\n";
            "a length beyond 64 bits is refused" => refused(400), length("18446744073709551616");
            "a length that is 5 in 64 bits is refused" => refused(400), length("18446744073709551621");
            "a length that is 5 in 32 bits is not" => ends(413), length("4294967301");
            "a length of 1000 digits is refused" => refused(400), length("9".repeat(1000));
        }
        "RFC 9112 8" {
            "a body that is broken off is refused" => unfinished(400), post("Content-Length: 5", "hel");
            "a body that never begins is refused" => unfinished(400), post("Content-Length: 5", "");
        }
        "RFC 9112 6.2 (names)" {
            "Content_Length is another field" => ok(""), post("Content_Length: 5", "");
            "ContentLength is another field" => ok(""), post("ContentLength: 5", "");
            "X-Content-Length is another field" => ok(""), post("X-Content-Length: 5", "");
            "Content-Lengths is another field" => ok(""), post("Content-Lengths: 5", "");
        }
    };
    let wrong = [
        "",
        "+5",
        "-5",
        "+0",
        "-0",
        "--5",
        "5-",
        "5+",
        "5 5",
        "5\t5",
        "5,5",
        "5, 5",
        "5,6",
        "5,",
        ",5",
        ",",
        "5, ",
        "5;5",
        "5;",
        "5:",
        "0x5",
        "0X5",
        "5h",
        "0b101",
        "0o5",
        "5.0",
        "5.",
        ".5",
        "5e0",
        "5E0",
        "1_000",
        "1,000",
        "1'000",
        "five",
        "\"5\"",
        "'5'",
        "(5)",
        "[5]",
        "5\\",
        "5/5",
        "5=5",
        "5%",
        "%35",
        "NaN",
        "inf",
        "null",
        "true",
        "٥",
        "５",
        "5\u{A0}",
        "\u{A0}5",
        "5\u{FEFF}",
        "0 5",
        "chunked",
        "-1",
        "5\u{B2}",
    ];
    cases.extend(family(
        "RFC 9110 8.6",
        "a length that is not all digits is refused",
        wrong.map(|value| (format!("`{}` is no length", value.escape_debug()), refused(400), length(value))),
    ));
    cases.extend(family(
        "RFC 9110 8.6",
        "a byte beside the digits of a length is refused",
        (0..=255).filter(|byte: &u8| !byte.is_ascii_digit() && !b"\t\n ".contains(byte)).map(|byte| {
            (format!("a length behind {} is refused", byte_name(byte)), refused(400), length([byte, b'5']))
        }),
    ));
    cases
}
