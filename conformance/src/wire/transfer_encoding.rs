//! `chunked`, once and alone.

use super::{
    bytes::{byte_name, coded, post},
    case::{Case, family, ok, refused, rows},
    hyper::Reason::LooksAtTheLastCoding,
};

/// `hello`, as a chunk.
const HELLO: &str = "5\r\nhello\r\n0\r\n\r\n";

pub(super) fn cases() -> Vec<Case> {
    let mut cases = rows! {
        "RFC 9112 6.1, with parameters" {
            "a coding with a parameter under chunked is not known" => refused(501).but_hyper(LooksAtTheLastCoding), coded("gzip;q=1, chunked");
        }
        "RFC 9112 6.1" {
            "a chunked body is read" => ok("hello"), coded("chunked");
            "chunked in capitals is chunked" => ok("hello"), coded("CHUNKED");
            "chunked in mixed case is chunked" => ok("hello"), coded("cHuNkEd");
            "spaces around chunked do not belong to it" => ok("hello"), coded("  chunked  ");
            "tabs around chunked do not belong to it" => ok("hello"), coded("\tchunked\t");
            "chunked right behind the colon is chunked" => ok("hello"), post("Transfer-Encoding:chunked", HELLO);
            "chunked in HTTP/1.0 is refused" => refused(400), format!("POST /whole HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n{HELLO}");
            "chunked in HTTP/1.0 that is kept alive is refused" => refused(400),
                format!("POST /whole HTTP/1.0\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n{HELLO}");
            "identity in HTTP/1.0 is refused" => refused(400), "POST /whole HTTP/1.0\r\nTransfer-Encoding: identity\r\n\r\n";
            "another coding under chunked is not known" => refused(501).but_hyper(LooksAtTheLastCoding), coded("gzip, chunked");
            "another coding under chunked without a space is not known" => refused(501).but_hyper(LooksAtTheLastCoding), coded("gzip,chunked");
            "two other codings under chunked are not known" => refused(501).but_hyper(LooksAtTheLastCoding), coded("gzip, deflate, chunked");
            "an unknown coding under chunked is not known" => refused(501).but_hyper(LooksAtTheLastCoding), coded("cow, chunked");
        }
        "RFC 9112 6.3 (4)" {
            "another coding above chunked is refused" => refused(400), coded("chunked, gzip");
            "another coding without chunked is refused" => refused(400), coded("gzip");
            "identity is refused" => refused(400), coded("identity");
            "identity above chunked is refused" => refused(400), coded("chunked, identity");
            "chunked twice is refused" => refused(400).but_hyper(LooksAtTheLastCoding), coded("chunked, chunked");
            "chunked three times is refused" => refused(400).but_hyper(LooksAtTheLastCoding), coded("chunked, chunked, chunked");
            "chunked around another coding is refused" => refused(400).but_hyper(LooksAtTheLastCoding), coded("chunked, gzip, chunked");
            "two fields with chunked are refused" => refused(400).but_hyper(LooksAtTheLastCoding), post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", HELLO);
            "two fields, the second of them empty, are refused" => refused(400), post("Transfer-Encoding: chunked\r\nTransfer-Encoding:", HELLO);
            "two fields, the first of them empty, are refused" => refused(400).but_hyper(LooksAtTheLastCoding), post("Transfer-Encoding:\r\nTransfer-Encoding: chunked", HELLO);
            "two fields, the second of them identity, are refused" => refused(400), post("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity", HELLO);
            "two fields, the first of them identity, are refused" => refused(400).but_hyper(LooksAtTheLastCoding), post("Transfer-Encoding: identity\r\nTransfer-Encoding: chunked", HELLO);
            "two fields, the second of them unknown, are refused" => refused(400), post("Transfer-Encoding: chunked\r\nTransfer-encoding: cow", HELLO);
            "two fields with a field between them are refused" => refused(400).but_hyper(LooksAtTheLastCoding), post("Transfer-Encoding: chunked\r\nA: b\r\nTransfer-Encoding: chunked", HELLO);
            "a coding of GET without chunked is refused" => refused(400), "GET /hello HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: gzip\r\n\r\n";
        }
        "RFC 9112 6.1 (names)" {
            "Transfer_Encoding is another field" => ok(""), post("Transfer_Encoding: chunked", "");
            "TransferEncoding is another field" => ok(""), post("TransferEncoding: chunked", "");
            "X-Transfer-Encoding is another field" => ok(""), post("X-Transfer-Encoding: chunked", "");
            "Transfer-Encodings is another field" => ok(""), post("Transfer-Encodings: chunked", "");
            "Content-Encoding does not frame a body" => ok("hello"), post("Content-Encoding: chunked\r\nContent-Length: 5", "hello");
            "TE does not frame a body" => ok("hello"), post("TE: chunked\r\nContent-Length: 5", "hello");
        }
    };
    let wrong = [
        "",
        "xchunked",
        "chunkedx",
        "chunke",
        "chunked,",
        ",chunked",
        ", chunked",
        "chunked ,",
        ",",
        ",,",
        "chunked;",
        "chunked;q=1",
        "chunked; q=1",
        "chunked;a=b;c=d",
        "chunked q=1",
        "chunked chunked",
        "chunked identity",
        "x chunked",
        "chunked\0",
        "\0chunked",
        "\u{B}chunked",
        "chunked\u{B}",
        "\u{C}chunked",
        "chunked\u{C}",
        "\u{A0}chunked",
        "chunked\u{A0}",
        "\u{85}chunked",
        "\"chunked\"",
        "'chunked'",
        "(chunked)",
        "[chunked]",
        "<chunked>",
        "chunked\"",
        "chunked'",
        "chunked.",
        "chunked:",
        "chunked/1",
        "chunked=1",
        "=chunked",
        "chun ked",
        "chun\tked",
        "ch\u{FB01}unked",
        "chun\u{212A}ed",
        "%63hunked",
        "chunked%00",
        "chunked\\",
        "\\chunked",
        "chunked-",
        "-chunked",
        "chunked,identity",
        "chunked;,",
        "*",
        "none",
        "true",
        "5",
        "transfer-encoding: chunked",
        "chunked #",
        "chunked\u{1F}",
        "chunked\u{7F}",
        "\u{8}chunked",
        "chunked\u{8}",
        "gzip, chunked, identity",
        "gzip;, ,chunked,",
        "chunked, cow",
        "cow",
        "x-chunked",
        "compress",
        "deflate",
        "gzip, identity",
        "chunked\r\n\t, identity",
    ];
    cases.extend(family(
        "RFC 9112 6.1 and 11.2",
        "a coding that is not exactly chunked is refused",
        wrong.map(|value| {
            let expected = refused(400)
                .but_hyper_if(value.trim_start_matches([',', ' ']) == "chunked", LooksAtTheLastCoding);
            (format!("`{}` is not chunked", value.escape_debug()), expected, coded(value))
        }),
    ));
    cases.extend(family(
        "RFC 9112 6.1 and 11.2",
        "a byte before chunked is refused",
        (0..=255).filter(|byte| !b"\t\n ".contains(byte)).map(|byte| {
            let name = format!("{} before chunked is refused", byte_name(byte));
            let expected = refused(400).but_hyper_if(byte == b',', LooksAtTheLastCoding);
            (name, expected, coded([&[byte][..], b"chunked"].concat()))
        }),
    ));
    cases.extend(family(
        "RFC 9112 6.1 and 11.2",
        "a byte behind chunked is refused",
        (0..=255).filter(|byte| !b"\t\n ".contains(byte)).map(|byte| {
            let name = format!("{} behind chunked is refused", byte_name(byte));
            (name, refused(400), coded([b"chunked", &[byte][..]].concat()))
        }),
    ));
    cases
}
