//! `chunk-size [ chunk-ext ] CRLF chunk-data CRLF`, and every other way to write it.

use super::{
    bytes::{byte_name, chunked},
    case::{Case, ends, family, ok, refused, rows, unfinished},
    hyper::Reason::{
        AllowsLongExtensions, CountsNoZerosOfASize, TakesBareLf, TakesControlsInExtensions,
        TakesSpacesBehindASize,
    },
};

pub(super) fn cases() -> Vec<Case> {
    let mut cases = rows! {
        "RFC 9112 7.1" {
            "chunks are one body" => ok("hello world"), chunked("5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n");
            "no chunk is an empty body" => ok(""), chunked("0\r\n\r\n");
            "a chunk of one byte is read" => ok("h"), chunked("1\r\nh\r\n0\r\n\r\n");
            "many small chunks are one body" => ok("aaaaaaaaaaaaaaaaaaaa"), chunked("1\r\na\r\n".repeat(20) + "0\r\n\r\n");
            "a size in capitals is read" => ok("hello worl"), chunked("A\r\nhello worl\r\n0\r\n\r\n");
            "a size in lower case is read" => ok("hello worl"), chunked("a\r\nhello worl\r\n0\r\n\r\n");
            "a size of two digits is read" => ok("0123456789abcdef0"), chunked("11\r\n0123456789abcdef0\r\n0\r\n\r\n");
            "a size with leading zeros is read" => ok("hello"), chunked("0005\r\nhello\r\n0\r\n\r\n");
            "a size of sixteen digits is read" => ok("hello"), chunked("0000000000000005\r\nhello\r\n0\r\n\r\n");
            "a last chunk of many zeros is the last" => ok("hello"), chunked("5\r\nhello\r\n00000\r\n\r\n");
            "data that looks like chunks is data" => ok("0\r\n\r\n"), chunked("5\r\n0\r\n\r\n\r\n0\r\n\r\n");
            "data of line ends is data" => ok("\r\n\r\n"), chunked("4\r\n\r\n\r\n\r\n0\r\n\r\n");
            "chunks that come back are read" => ok("hello"), "POST /echo HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n";
            "chunks that nobody reads are passed over" => ok("ignored"),
                "POST /ignore HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n";
        }
        "RFC 9112 7.1.1" {
            "an extension without a value is passed over" => ok("hello"), chunked("5;a\r\nhello\r\n0\r\n\r\n");
            "an extension is passed over" => ok("hello"), chunked("5;a=b\r\nhello\r\n0\r\n\r\n");
            "several extensions are passed over" => ok("hello"), chunked("5;a=b;c;d=e\r\nhello\r\n0\r\n\r\n");
            "an extension in quotes is passed over" => ok("hello"), chunked("5;a=\"b c\"\r\nhello\r\n0\r\n\r\n");
            "a semicolon in quotes is passed over" => ok("hello"), chunked("5;a=\";b\"\r\nhello\r\n0\r\n\r\n");
            "an escaped quote in quotes is passed over" => ok("hello"), chunked("5;a=\"\\\"\"\r\nhello\r\n0\r\n\r\n");
            "spaces around a semicolon are passed over" => ok("hello"), chunked("5 ; a = b\r\nhello\r\n0\r\n\r\n");
            "tabs around a semicolon are passed over" => ok("hello"), chunked("5\t;\ta\r\nhello\r\n0\r\n\r\n");
            "an extension of the last chunk is passed over" => ok("hello"), chunked("5\r\nhello\r\n0;a=b\r\n\r\n");
            "an extension that looks like a size is passed over" => ok("hello"), chunked("5;6\r\nhello\r\n0\r\n\r\n");
            "a size line at the limit is read" => ok("hello"), chunked(format!("5;{}\r\nhello\r\n0\r\n\r\n", "a".repeat(253)));
            "a size line one byte above the limit is refused" => refused(400).but_hyper(AllowsLongExtensions), chunked(format!("5;{}\r\nhello\r\n0\r\n\r\n", "a".repeat(254)));
            "an extension of 10 KiB is refused" => refused(400).but_hyper(AllowsLongExtensions), chunked(format!("5;{}\r\nhello\r\n0\r\n\r\n", "a".repeat(10_240)));
            "LF in an extension is refused" => refused(400), chunked("5;a\nb\r\nhello\r\n0\r\n\r\n");
            "CR in an extension is refused" => refused(400), chunked("5;a\rb\r\nhello\r\n0\r\n\r\n");
            "CRLF in quotes ends the line" => refused(400), chunked("5;a=\"\r\nhello\"\r\nhello\r\n0\r\n\r\n");
            "a NUL in an extension is refused" => refused(400).but_hyper(TakesControlsInExtensions), chunked("5;a\0\r\nhello\r\n0\r\n\r\n");
            "an extension without a semicolon is refused" => refused(400), chunked("5 a=b\r\nhello\r\n0\r\n\r\n");
            "an extension behind a comma is refused" => refused(400), chunked("5,a=b\r\nhello\r\n0\r\n\r\n");
        }
        "RFC 9112 7.1 (line ends)" {
            "LF behind a size is refused" => refused(400), chunked("5\nhello\r\n0\r\n\r\n");
            "CR behind a size is refused" => refused(400), chunked("5\rhello\r\n0\r\n\r\n");
            "CR CR LF behind a size is refused" => refused(400), chunked("5\r\r\nhello\r\n0\r\n\r\n");
            "LF CR behind a size is refused" => refused(400), chunked("5\n\rhello\r\n0\r\n\r\n");
            "LF behind data is refused" => refused(400), chunked("5\r\nhello\n0\r\n\r\n");
            "CR behind data is refused" => refused(400), chunked("5\r\nhello\r0\r\n\r\n");
            "nothing behind data is refused" => refused(400), chunked("5\r\nhello0\r\n\r\n");
            "two bytes other than CRLF behind data are refused" => refused(400), chunked("5\r\nhelloXX0\r\n\r\n");
            "a space behind data is refused" => refused(400), chunked("5\r\nhello \r\n0\r\n\r\n");
            "LF behind the last size is refused" => refused(400), chunked("5\r\nhello\r\n0\n\r\n");
            "LF for the last line is refused" => refused(400).but_hyper(TakesBareLf), chunked("5\r\nhello\r\n0\r\n\n");
            "LF for both last lines is refused" => refused(400), chunked("5\r\nhello\r\n0\n\n");
            "CR for the last line is refused" => refused(400), chunked("5\r\nhello\r\n0\r\n\rX\n");
            "chunks whose lines end with LF are refused" => refused(400), chunked("5\nhello\n0\n\n");
            "an empty line before the first size is refused" => refused(400), chunked("\r\n5\r\nhello\r\n0\r\n\r\n");
            "an empty line between two chunks is refused" => refused(400), chunked("5\r\nhello\r\n\r\n0\r\n\r\n");
            "an empty size is refused" => refused(400), chunked("\r\nhello\r\n0\r\n\r\n");
            "a size of an extension alone is refused" => refused(400), chunked(";a=b\r\nhello\r\n0\r\n\r\n");
        }
        "RFC 9112 7.1 (sizes)" {
            "data longer than its size is refused" => refused(400), chunked("3\r\nhello\r\n0\r\n\r\n");
            "data shorter than its size is refused" => refused(400), chunked("7\r\nhello\r\n0\r\n\r\n");
            "a size beyond 64 bits is refused" => refused(400), chunked("10000000000000005\r\nhello\r\n0\r\n\r\n");
            "a size of zeros beyond sixteen digits is refused" => refused(400).but_hyper(CountsNoZerosOfASize), chunked("00000000000000005\r\nhello\r\n0\r\n\r\n");
            "a size of 200 digits is refused" => refused(400), chunked(format!("{}\r\nhello\r\n0\r\n\r\n", "f".repeat(200)));
            "a size of digits without an end is refused" => refused(400), chunked("5".repeat(10_000));
            "the largest size of all is no body that fits" => unfinished(400), chunked("ffffffffffffffff\r\nhello");
            "a size that is negative in 64 bits is no body that fits" => unfinished(400), chunked("fffffffffffffffb\r\nhello");
        }
        "RFC 9112 8" {
            "chunks that are broken off before a size are refused" => unfinished(400), chunked("5\r\nhello\r\n");
            "chunks that are broken off in a size line are refused" => unfinished(400), chunked("5");
            "chunks that are broken off in data are refused" => unfinished(400), chunked("5\r\nhel");
            "chunks that are broken off behind data are refused" => unfinished(400), chunked("5\r\nhello");
            "chunks that are broken off before the last line are refused" => unfinished(400), chunked("5\r\nhello\r\n0\r\n");
            "chunks that never begin are refused" => unfinished(400), chunked("");
        }
        "RFC 9112 9.3" {
            "chunks of a client that asks for the end are read" => ends(200).body("hello"),
                super::bytes::post("Connection: close\r\nTransfer-Encoding: chunked", "5\r\nhello\r\n0\r\n\r\n");
        }
    };
    let wrong = [
        "+5", "-5", "0x5", "0X5", "5h", "five", " 5", "\t5", "5 ", "5\t", "  5", "5.0", "5 5", "5_0",
        "\u{B}5", "5\u{B}", "\u{A0}5", "5\u{A0}", "５", "\"5\"", "'5'", "(5)", "5:", "5=", "5,5", "5#",
        "5//", "5--", "\\5", "%35", "-0", "+0", "0x", "0xg", "g", "0g", "_5", "5\0", "\u{0}5", "5\u{1}",
    ];
    cases.extend(family(
        "RFC 9112 7.1",
        "a size that is not all hexadecimal digits is refused",
        wrong.map(|size| {
            let name = format!("`{}` is no chunk size", size.escape_debug());
            let spaced = matches!(size, "5 " | "5\t");
            let expected = refused(400).but_hyper_if(spaced, TakesSpacesBehindASize);
            (name, expected, chunked(format!("{size}\r\nhello\r\n0\r\n\r\n")))
        }),
    ));
    cases.extend(family(
        "RFC 9112 7.1",
        "a byte before a size is refused",
        (0..=255).filter(|byte: &u8| !byte.is_ascii_hexdigit()).map(|byte| {
            let name = format!("{} before a chunk size is refused", byte_name(byte));
            let expected = refused(400);
            (name, expected, chunked([&[byte][..], b"5\r\nhello\r\n0\r\n\r\n"].concat()))
        }),
    ));
    cases.extend(family(
        "RFC 9112 7.1",
        "a byte behind a size is refused",
        (0..=255).filter(|byte: &u8| !byte.is_ascii_hexdigit() && !b"\n;".contains(byte)).map(|byte| {
            let name = format!("{} behind a chunk size is refused", byte_name(byte));
            let space = b"\t ".contains(&byte);
            (
                name,
                refused(400).but_hyper_if(space, TakesSpacesBehindASize),
                chunked([b"5", &[byte][..], b"\r\nhello\r\n0\r\n\r\n"].concat()),
            )
        }),
    ));
    cases.extend(family(
        "RFC 9112 7.1.1",
        "a control character in an extension is refused",
        (0..0x20).chain([0x7F]).filter(|byte| !b"\t".contains(byte)).map(|byte| {
            let name = format!("{} in a chunk extension is refused", byte_name(byte));
            let line_end = b"\r\n".contains(&byte);
            (
                name,
                refused(400).but_hyper_if(!line_end, TakesControlsInExtensions),
                chunked([b"5;a", &[byte][..], b"b\r\nhello\r\n0\r\n\r\n"].concat()),
            )
        }),
    ));
    cases
}
