//! The line in which a server says where it listens.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, ToSocketAddrs};

/// The address of the first `http://HOST:PORT` in the line. A wildcard host becomes this machine's loopback.
pub(super) fn in_line(line: &str) -> Option<SocketAddr> {
    let (_, rest) = line.split_once("http://")?;
    let end = rest
        .find(|c: char| c.is_whitespace() || matches!(c, '/' | '?' | '#' | '"' | '\'' | '`' | ',' | ')'))
        .unwrap_or(rest.len());
    let authority = &rest[..end];
    let mut addr = authority.to_socket_addrs().ok()?.next()?;
    if addr.ip().is_unspecified() {
        addr.set_ip(match addr {
            SocketAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
            SocketAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
        });
    }
    (addr.port() != 0).then_some(addr)
}

#[cfg(test)]
mod tests {
    use super::in_line;

    #[test]
    fn the_address_is_found_wherever_it_stands_in_the_line() {
        for (line, expected) in [
            ("listening on http://127.0.0.1:8000\n", "127.0.0.1:8000"),
            ("hello: Listening on http://127.0.0.1:8000/ (Ctrl-C stops)", "127.0.0.1:8000"),
            ("listening on http://[::1]:80", "[::1]:80"),
            ("listening on http://0.0.0.0:9999\r\n", "127.0.0.1:9999"),
            ("(http://[::]:1)", "[::1]:1"),
        ] {
            assert_eq!(in_line(line), Some(expected.parse().unwrap()), "{line}");
        }
    }

    #[test]
    fn other_lines_hold_no_address() {
        for line in [
            "",
            "listening",
            "listening on 127.0.0.1:8000",
            "see https://127.0.0.1:8000",
            "http://127.0.0.1",
            "http://127.0.0.1:0",
            "http://127.0.0.1:99999",
            "http://:",
        ] {
            assert_eq!(in_line(line), None, "{line}");
        }
    }
}
