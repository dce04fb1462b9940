//! Who a request is for: `uri-host [ ":" port ]` of RFC 3986 section 3.2, in `Host` and in a URI as target.

use core::net::Ipv6Addr;
use std::cell::RefCell;

/// Octets of a DNS name at the most (RFC 1035 section 2.3.4); what is longer is not remembered.
const LONGEST_NAME: usize = 255;

thread_local! {
    /// What was found to be a host last on this thread: nearly all requests to a server name the same.
    static USUAL: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// [`is_host_and_port`], without a look at each byte of one that is the same as the last.
pub(super) fn is_usual_or_host_and_port(text: &[u8]) -> bool {
    USUAL.with_borrow_mut(|usual| {
        if !usual.is_empty() && usual.as_slice() == text {
            return true;
        }
        let valid = is_host_and_port(text);
        if valid && text.len() <= LONGEST_NAME {
            text.clone_into(usual);
        }
        valid
    })
}

/// Whether `text` is a host, not an empty one, and an optional port; never user information (RFC 9110 section
/// 4.2.4).
pub(super) fn is_host_and_port(text: &[u8]) -> bool {
    // Most are a name or an IPv4 address without escapes.
    let plain = text.iter().take_while(|byte| is_name_byte(byte) && **byte != b'%').count();
    match &text[plain..] {
        [] => return plain > 0,
        [b':', digits @ ..] if plain > 0 => return digits.iter().all(u8::is_ascii_digit),
        _ => {}
    }
    let end = if text.starts_with(b"[") {
        text.iter().position(|byte| *byte == b']').map(|at| at + 1)
    } else {
        text.iter().position(|byte| *byte == b':')
    };
    let (host, port) = text.split_at(end.unwrap_or(text.len()));
    let port_is_valid = match port {
        [] => true,
        [colon, digits @ ..] => *colon == b':' && digits.iter().all(u8::is_ascii_digit),
    };
    port_is_valid
        && match host {
            [b'[', literal @ .., b']'] => is_ip_literal(literal),
            name => {
                let unescaped = name.iter().all(|byte| is_name_byte(byte) && *byte != b'%');
                !name.is_empty() && (unescaped || escapes_are_whole(name) && name.iter().all(is_name_byte))
            }
        }
}

/// An IPv6 address, or one of a version that is yet to come.
fn is_ip_literal(literal: &[u8]) -> bool {
    if let [b'v' | b'V', future @ ..] = literal {
        let dot = future.iter().position(|byte| *byte == b'.').unwrap_or(0);
        let (version, address) = (&future[..dot], future.get(dot + 1..).unwrap_or_default());
        return !version.is_empty()
            && version.iter().all(u8::is_ascii_hexdigit)
            && !address.is_empty()
            && address.iter().all(|byte| *byte == b':' || *byte != b'%' && is_name_byte(byte));
    }
    str::from_utf8(literal).is_ok_and(|text| text.parse::<Ipv6Addr>().is_ok())
}

/// `reg-name`: unreserved, sub-delims, and the percent sign of an escape.
fn is_name_byte(byte: &u8) -> bool {
    NAME_BYTES[usize::from(*byte)]
}

/// A table: every request's `Host` is looked at byte by byte.
const NAME_BYTES: [bool; 256] = alphanumeric_or(b"-._~!$&'()*+,;=%");

/// Of each byte, whether it is a letter, a digit or one of `others`.
pub(super) const fn alphanumeric_or(others: &[u8]) -> [bool; 256] {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < table.len() {
        table[byte] = (byte as u8).is_ascii_alphanumeric();
        byte += 1;
    }
    let mut at = 0;
    while at < others.len() {
        table[others[at] as usize] = true;
        at += 1;
    }
    table
}

/// Every percent sign begins two hexadecimal digits.
pub(super) fn escapes_are_whole(text: &[u8]) -> bool {
    memchr::memchr_iter(b'%', text).all(|at| match text.get(at + 1..at + 3) {
        Some(digits) => digits.iter().all(u8::is_ascii_hexdigit),
        None => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_what_rfc_3986_section_3_2_2_says() {
        let hosts: &[&str] = &[
            "test",
            "test:",
            "test:80",
            "te%20st",
            "a_b-c.d~",
            "127.0.0.1:1",
            "[::1]",
            "[::1]:80",
            "[::ffff:1.2.3.4]",
            "[v1.a:b]",
            "[vF.a]:80",
            "!$&'()*+,;=",
        ];
        for host in hosts {
            assert!(is_host_and_port(host.as_bytes()), "{host}");
        }
        let others: &[&str] = &[
            "",
            ":80",
            "a:b",
            "a:1:2",
            "me@a",
            "a b",
            "a/b",
            "te%2",
            "te%zz",
            "%",
            "[]",
            "[]:80",
            "[test]",
            "[::g]",
            "[1.2.3.4]",
            "[::1%eth0]",
            "[::1",
            "[::1]80",
            "::1",
            "[v.a]",
            "[v1.]",
            "[v1]",
            "tést",
            "a\"b",
        ];
        for other in others {
            assert!(!is_host_and_port(other.as_bytes()), "{other}");
        }
    }
}
