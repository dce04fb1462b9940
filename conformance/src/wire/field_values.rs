//! What a value may have inside, and what belongs to it.

use super::{
    bytes::{byte_name, fields},
    case::{Case, family, goes_on, ok, refused, rows},
};

pub(super) fn cases() -> Vec<Case> {
    let mut cases = rows! {
        "RFC 9112 5.1" {
            "an empty value is a value" => ok("[]"), fields("A:");
            "a value of spaces is empty" => ok("[]"), fields("A:    ");
            "a value right behind the colon is taken" => ok("[b]"), fields("A:b");
            "spaces around a value do not belong to it" => ok("[b]"), fields("A:   b   ");
            "tabs around a value do not belong to it" => ok("[b]"), fields("A:\t\tb\t\t");
            "spaces and tabs around a value do not belong to it" => ok("[b]"), fields("A: \t b \t ");
            "spaces inside a value belong to it" => ok("[b  c]"), fields("A: b  c");
            "a tab inside a value belongs to it" => ok("[b\tc]"), fields("A: b\tc");
            "a colon inside a value belongs to it" => ok("[b: c]"), fields("A: b: c");
            "a colon at the start of a value belongs to it" => ok("[:b]"), fields("A::b");
            "quotes inside a value belong to it" => ok("[\"b\"]"), fields("A: \"b\"");
            "an open quote is a value like others" => ok("[\"b]"), fields("A: \"b");
            "UTF-8 in a value is taken" => ok("[ä€]"), fields("A: ä€");
        }
        "RFC 9110 5.5" {
            "bytes that are no UTF-8 in a value are taken" => goes_on(200), fields(b"A: \xFF\xFE");
            "a NUL in a value is refused" => refused(400), fields("A: \0");
            "a NUL at the end of a value is refused" => refused(400), fields("A: b\0");
            "a NUL in a Content-Length is refused" => refused(400), fields("Content-Length: 5\0");
            "a NUL in a Transfer-Encoding is refused" => refused(400), fields("Transfer-Encoding: chunked\0");
        }
    };
    cases.extend(family(
        "RFC 9110 5.5",
        "a visible byte, a space or a tab in a value is taken",
        [b'\t'].into_iter().chain(0x20..=0x7E).map(|byte| {
            let name = format!("{} in a value is taken", byte_name(byte));
            (name, goes_on(200), fields([b"A: b", &[byte][..], b"c"].concat()))
        }),
    ));
    cases.extend(family(
        "RFC 9110 5.5 (obs-text)",
        "a byte above ASCII in a value is taken",
        (0x80..=0xFF).map(|byte| {
            let name = format!("{} in a value is taken", byte_name(byte));
            (name, goes_on(200), fields([b"A: b", &[byte][..], b"c"].concat()))
        }),
    ));
    cases.extend(family(
        "RFC 9110 5.5",
        "a control character in a value is refused",
        controls().map(|byte| {
            let name = format!("{} in a value is refused", byte_name(byte));
            (name, refused(400), fields([b"A: b", &[byte][..], b"c"].concat()))
        }),
    ));
    cases.extend(family(
        "RFC 9110 5.6.3",
        "a control character is no space before a value",
        controls().map(|byte| {
            let name = format!("{} before a value is refused", byte_name(byte));
            (name, refused(400), fields([b"A:", &[byte][..], b"c"].concat()))
        }),
    ));
    cases
}

/// Tab and LF apart: the one is taken, the other has rows of its own.
fn controls() -> impl Iterator<Item = u8> {
    (0..0x20).chain([0x7F]).filter(|byte| !b"\t\n".contains(byte))
}
