//! What the RFCs ask for and polyserve does not do yet. Each row says what should come back, and why it does not. When
//! it does, a test asks for the row to be moved into the table.

use super::{
    bytes::{coded, fields, host, line, target},
    case::{Case, goes_on, ok, refused, rows},
};

/// Cases that are not answered as they should be.
pub(super) struct Deviation {
    pub(super) reason: &'static str,
    pub(super) cases: Vec<Case>,
}

pub(super) fn all() -> Vec<Deviation> {
    vec![
        Deviation {
            reason: "MUST NOT: a head that cannot be read is refused with a body, even if its method is HEAD",
            cases: rows! {
                "RFC 9110 9.3.2" {
                    "HEAD of the server is refused with a head alone" => refused(400).answering_head(), line("HEAD * HTTP/1.1");
                    "HEAD without Host is refused with a head alone" => refused(400).answering_head(), "HEAD /hello HTTP/1.1\r\n\r\n";
                    "HEAD with an invalid field is refused with a head alone" => refused(400).answering_head(), "HEAD /hello HTTP/1.1\r\nHost: test\r\nA : b\r\n\r\n";
                    "HEAD with another version is refused with a head alone" => refused(505).answering_head(), line("HEAD /hello HTTP/2.0");
                    "HEAD with a target that is too long is refused with a head alone" => refused(414).answering_head(), line(format!("HEAD /{} HTTP/1.1", "a".repeat(9000)));
                }
            },
        },
        Deviation {
            reason: "MUST: brackets in Host are not looked into, and a name with an escape is refused",
            cases: rows! {
                "RFC 9112 3.2 and RFC 3986 3.2.2" {
                    "`[]` is no Host" => refused(400), host("[]");
                    "`[]:80` is no Host" => refused(400), host("[]:80");
                    "`[test]` is no Host" => refused(400), host("[test]");
                    "`[::g]` is no Host" => refused(400), host("[::g]");
                    "`[1.2.3.4]` is no Host" => refused(400), host("[1.2.3.4]");
                    "`[::1%eth0]` is no Host" => refused(400), host("[::1%eth0]");
                    "`te%20st` is a Host" => ok("hello"), host("te%20st");
                }
            },
        },
        Deviation {
            reason: "MUST (no host), SHOULD (the others): the authority of a URI as a target is not checked as Host is",
            cases: rows! {
                "RFC 9110 4.2.1" {
                    "a URI with a port and no host is refused" => refused(400), target("http://:80/hello");
                    "a URI whose port is no number is refused" => refused(400), target("http://test:port/hello");
                }
                "RFC 9110 4.2.4" {
                    "a URI with user information is refused" => refused(400), target("http://me@test/hello");
                }
            },
        },
        Deviation {
            reason: "SHOULD: a target that no URI has is refused only where the URI type refuses it",
            cases: rows! {
                "RFC 9112 3.2 and RFC 3986 2.1" {
                    "an escape of other digits is refused" => refused(400), target("/absent%zz");
                    "an escape of one digit is refused" => refused(400), target("/absent%2");
                    "a percent sign alone is refused" => refused(400), target("/absent%");
                    "quotes in a path are refused" => refused(400), target("/absent\"a");
                    "UTF-8 in a path is refused" => refused(400), target("/absentä");
                }
            },
        },
        Deviation {
            reason: "SHOULD: a higher minor version is refused",
            cases: rows! {
                "RFC 9110 2.5" {
                    "HTTP/1.2 is spoken as HTTP/1.1" => ok("hello"), line("GET /hello HTTP/1.2");
                    "HTTP/1.9 is spoken as HTTP/1.1" => ok("hello"), line("GET /hello HTTP/1.9");
                }
            },
        },
        Deviation {
            reason: "SHOULD: a method that no handler of the server knows is not told apart from one that this path does not have",
            cases: rows! {
                "RFC 9110 9.1" {
                    "an unknown method is not implemented" => goes_on(501), line("BREW /hello HTTP/1.1");
                }
            },
        },
        Deviation {
            reason: "SHOULD: a coding with parameters below chunked is taken for an invalid one",
            cases: rows! {
                "RFC 9112 6.1" {
                    "a coding with a parameter under chunked is not known" => refused(501), coded("gzip;q=1, chunked");
                }
            },
        },
        Deviation {
            reason: "Expect is read as one expectation, not as a list",
            cases: rows! {
                "RFC 9110 10.1.1 and 5.6.1" {
                    "an expectation twice in a list is met" => ok("[]"), fields("Expect: 100-continue, 100-continue");
                    "an expectation with an empty element is met" => ok("[]"), fields("Expect: 100-continue,");
                    "an empty expectation is met" => ok("[]"), fields("Expect:");
                }
            },
        },
    ]
}
