//! The four forms of a target, and which bytes it may have.

use super::{
    bytes::{byte_name, target},
    case::{Case, family, goes_on, ok, refused, rows},
    hyper::Reason::{DropsFragments, LeavesHostToItsUser, LeavesTargetsToItsUser},
};

pub(super) fn cases() -> Vec<Case> {
    let mut cases = rows! {
        "RFC 9112 3.2 and RFC 3986 2.1" {
            "an escape of other digits is refused" => refused(400).but_hyper(LeavesTargetsToItsUser), target("/absent%zz");
            "an escape of one digit is refused" => refused(400).but_hyper(LeavesTargetsToItsUser), target("/absent%2");
            "a percent sign alone is refused" => refused(400).but_hyper(LeavesTargetsToItsUser), target("/absent%");
            "quotes in a path are refused" => refused(400).but_hyper(LeavesTargetsToItsUser), target("/absent\"a");
            "UTF-8 in a path is refused" => refused(400).but_hyper(LeavesTargetsToItsUser), target("/absentä");
        }
        "RFC 9110 4.2.1 and 4.2.4" {
            "a URI with a port and no host is refused" => refused(400).but_hyper(LeavesTargetsToItsUser), target("http://:80/hello");
            "a URI whose port is no number is refused" => refused(400).but_hyper(LeavesTargetsToItsUser), target("http://test:port/hello");
            "a URI with user information is refused" => refused(400).but_hyper(LeavesTargetsToItsUser), target("http://me@test/hello");
        }
        "RFC 9112 3.2.1" {
            "a path is answered" => ok("hello"), target("/hello");
            "an empty query is answered" => ok("hello"), target("/hello?");
            "a query is no part of the path" => ok("hello"), target("/hello?/absent");
            "a question mark in a query is a part of it" => ok("a?b"), target("/search?q=a?b");
            "a query with escapes is decoded" => ok("a b&c"), target("/search?q=a+b%26c");
            "a query without its field is a mistake, and the connection goes on" => goes_on(400), target("/search?p=a");
            "a path argument is answered" => ok("7"), target("/number/7");
            "a path argument behind escapes is decoded" => ok("7"), target("/number/%37");
            "a path argument of another type is a mistake, and the connection goes on" => goes_on(400), target("/number/seven");
            "an escaped slash does not divide a path" => goes_on(400), target("/number/7%2F8");
            "an escape that is no UTF-8 is a mistake in an argument" => goes_on(400), target("/number/%FF");
            "an escaped NUL is a byte of an argument like others" => goes_on(400), target("/number/%00");
            "the case of a path counts" => goes_on(404), target("/HELLO");
            "a slash at the end makes another path" => goes_on(404), target("/hello/");
            "the root is a path" => goes_on(404), target("/");
            "two slashes begin a path and no authority" => goes_on(404), target("//hello");
            "two slashes and a host begin a path and no authority" => goes_on(404), target("//test/hello");
            "three slashes begin a path" => goes_on(404), target("///hello");
            "two slashes inside are a path" => goes_on(404), target("/number//7");
            "dots are not resolved" => goes_on(404), target("/number/../hello");
            "escaped dots are not resolved" => goes_on(404), target("/number/%2e%2e/hello");
            "a dot at the start is not resolved" => goes_on(404), target("/./hello");
            "dots above the root are a path" => goes_on(404), target("/../../etc/passwd");
            "parameters of a segment are a part of it" => goes_on(404), target("/hello;v=1");
            "a colon in a path is a part of it" => goes_on(404), target("/hello:80");
            "an at sign in a path is a part of it" => goes_on(404), target("/me@test");
            "a URL in a path is a path" => ok("http://other/hello of /target/http://other/hello"), target("/target/http://other/hello");
            "a URL in a query is a query" => ok("a of /target/a?http://other/hello"), target("/target/a?http://other/hello");
            "a name without a slash is refused" => refused(400).but_hyper(LeavesTargetsToItsUser), target("hello");
            "a query without a path is refused" => refused(400), target("?q=a");
            "a relative path is refused" => refused(400), target("./hello");
            "a backslash for the slash is refused" => refused(400), target("\\hello");
            "an escaped slash for the slash is refused" => refused(400), target("%2Fhello");
        }
        "RFC 9112 3.2.2" {
            "an http URI is answered" => ok("hello"), target("http://test/hello");
            "an https URI is answered" => ok("hello"), target("https://test/hello");
            "a scheme in capitals is answered" => ok("hello"), target("HTTP://test/hello");
            "a URI with a port is answered" => ok("hello"), target("http://test:8000/hello");
            "a URI with an IPv6 address is answered" => ok("hello"), target("http://[::1]:8000/hello");
            "a URI with a query is answered" => ok("a"), target("http://test/search?q=a");
            "a URI without a path is that of the root" => goes_on(404), target("http://test");
            "a URI without a path, but a query, is that of the root" => goes_on(404), target("http://test?q=a");
            "a URI goes before another Host" => ok("a of http://test/target/a"),
                "GET http://test/target/a HTTP/1.1\r\nHost: other\r\n\r\n";
            "a URI goes before an empty Host" => ok("a of http://test/target/a"),
                "GET http://test/target/a HTTP/1.1\r\nHost:\r\n\r\n";
            "a URI needs a Host beside it" => refused(400).but_hyper(LeavesHostToItsUser), "GET http://test/hello HTTP/1.1\r\n\r\n";
            "a URI needs no Host in HTTP/1.0" => ok("hello"), "GET http://test/hello HTTP/1.0\r\nConnection: keep-alive\r\n\r\n";
            "a URI with an invalid Host beside it is refused" => refused(400).but_hyper(LeavesHostToItsUser), "GET http://test/hello HTTP/1.1\r\nHost: a b\r\n\r\n";
            "a URI of another scheme is refused" => refused(400).but_hyper(LeavesTargetsToItsUser), target("ftp://test/hello");
            "a file URI is refused" => refused(400), target("file:///hello");
            "a URI of an unknown scheme is refused" => refused(400).but_hyper(LeavesTargetsToItsUser), target("gopher://test/hello");
            "a javascript URI is refused" => refused(400).but_hyper(LeavesTargetsToItsUser), target("javascript:alert(1)");
            "a mail address is refused" => refused(400).but_hyper(LeavesTargetsToItsUser), target("mailto:me@test");
            "a scheme alone is refused" => refused(400).but_hyper(LeavesTargetsToItsUser), target("http:");
            "a scheme with slashes alone is refused" => refused(400), target("http://");
            "a URI with one slash is refused" => refused(400), target("http:/hello");
            "a URI without a host is refused" => refused(400), target("http:///hello");
            "an escaped URI is refused" => refused(400), target("http%3A%2F%2Ftest/hello");
        }
        "RFC 9112 3.2.3" {
            "an authority is for CONNECT only" => refused(400).but_hyper(LeavesTargetsToItsUser), target("test:80");
            "an authority without a port is for CONNECT only" => refused(400).but_hyper(LeavesTargetsToItsUser), target("test.example");
            "an IPv6 authority is for CONNECT only" => refused(400).but_hyper(LeavesTargetsToItsUser), target("[::1]:80");
        }
        "RFC 9112 3.2.4" {
            "two asterisks are refused" => refused(400).but_hyper(LeavesTargetsToItsUser), target("**");
            "an asterisk with a path is refused" => refused(400), target("*/hello");
            "an asterisk as a path is a path" => goes_on(404), target("/*");
            "OPTIONS of an asterisk with a query is refused" => refused(400), "OPTIONS *?a HTTP/1.1\r\nHost: test\r\n\r\n";
        }
        "RFC 9110 7.1" {
            "a fragment is refused" => refused(400).but_hyper(DropsFragments), target("/hello#here");
            "an empty fragment is refused" => refused(400).but_hyper(DropsFragments), target("/hello#");
            "a fragment behind a query is refused" => refused(400).but_hyper(DropsFragments), target("/hello?q#here");
            "a fragment of a URI is refused" => refused(400).but_hyper(DropsFragments), target("http://test/hello#here");
            "a fragment alone is refused" => refused(400), target("#here");
            "an escaped fragment is a part of the path" => goes_on(404), target("/hello%23here");
        }
    };
    cases.extend(family(
        "RFC 9112 3.2 and RFC 3986 3.3",
        "a byte that a path may have is taken",
        (0..=255).filter(|byte| is_pchar(*byte)).map(|byte| {
            let name = format!("{} in a path is taken", byte_name(byte));
            (name, goes_on(404), target([b"/absent", &[byte][..], b"a"].concat()))
        }),
    ));
    cases.extend(family(
        "RFC 9112 3.2 and RFC 3986 2",
        "a control character in a path is refused",
        (0..=0x20).chain([0x7F]).filter(|byte| *byte != b'\n').map(|byte| {
            let name = format!("{} in a path is refused", byte_name(byte));
            (name, refused(400), target([b"/absent", &[byte][..], b"a"].concat()))
        }),
    ));
    cases.extend(family(
        "RFC 9112 3.2 and RFC 3986 2",
        "a control character in a query is refused",
        (0..=0x20).chain([0x7F]).filter(|byte| *byte != b'\n').map(|byte| {
            let name = format!("{} in a query is refused", byte_name(byte));
            (name, refused(400), target([b"/hello?", &[byte][..], b"a"].concat()))
        }),
    ));
    cases.extend(family(
        "RFC 9112 3.2 and the URL standard",
        "a byte that no URI has, but that browsers send in a query, is taken",
        b"[]\\^`{|}".iter().map(|byte| {
            let name = format!("{} in a query is taken", byte_name(*byte));
            (name, ok("hello"), target([b"/hello?", &[*byte][..], b"a"].concat()))
        }),
    ));
    cases.extend(family(
        "RFC 9112 3.2 and RFC 3986 2",
        "a byte that neither a URI has nor a browser sends is refused",
        b"<>".iter().map(|byte| {
            let name = format!("{} in a path is refused", byte_name(*byte));
            (name, refused(400), target([b"/absent", &[*byte][..], b"a"].concat()))
        }),
    ));
    cases
}

/// `pchar / "/" / "?"`, without the start of an escape.
fn is_pchar(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@/?".contains(&byte)
}
