//! Exactly one, and it is a host.

use super::{
    bytes::{byte_name, host},
    case::{Case, ends, family, ok, refused, rows},
    hyper::Reason::LeavesHostToItsUser,
};

pub(super) fn cases() -> Vec<Case> {
    let mut cases = rows! {
        "RFC 9112 3.2 and RFC 3986 3.2.2" {
            "`[]` is no Host" => refused(400).but_hyper(LeavesHostToItsUser), host("[]");
            "`[]:80` is no Host" => refused(400).but_hyper(LeavesHostToItsUser), host("[]:80");
            "`[test]` is no Host" => refused(400).but_hyper(LeavesHostToItsUser), host("[test]");
            "`[::g]` is no Host" => refused(400).but_hyper(LeavesHostToItsUser), host("[::g]");
            "`[1.2.3.4]` is no Host" => refused(400).but_hyper(LeavesHostToItsUser), host("[1.2.3.4]");
            "`[::1%eth0]` is no Host" => refused(400).but_hyper(LeavesHostToItsUser), host("[::1%eth0]");
            "`te%20st` is a Host" => ok("hello"), host("te%20st");
        }
        "RFC 9112 3.2" {
            "no Host is refused" => refused(400).but_hyper(LeavesHostToItsUser), "GET /hello HTTP/1.1\r\n\r\n";
            "no Host among other fields is refused" => refused(400).but_hyper(LeavesHostToItsUser), "GET /hello HTTP/1.1\r\nA: b\r\nC: d\r\n\r\n";
            "no Host behind OPTIONS of the server is refused" => refused(400).but_hyper(LeavesHostToItsUser), "OPTIONS * HTTP/1.1\r\n\r\n";
            "two Hosts are refused" => refused(400).but_hyper(LeavesHostToItsUser), "GET /hello HTTP/1.1\r\nHost: test\r\nHost: other\r\n\r\n";
            "the same Host twice is refused" => refused(400).but_hyper(LeavesHostToItsUser), "GET /hello HTTP/1.1\r\nHost: test\r\nHost: test\r\n\r\n";
            "two Hosts in another case are refused" => refused(400).but_hyper(LeavesHostToItsUser), "GET /hello HTTP/1.1\r\nHost: test\r\nhOST: test\r\n\r\n";
            "two Hosts with a field between them are refused" => refused(400).but_hyper(LeavesHostToItsUser), "GET /hello HTTP/1.1\r\nHost: test\r\nA: b\r\nHost: test\r\n\r\n";
            "an empty second Host is refused" => refused(400).but_hyper(LeavesHostToItsUser), "GET /hello HTTP/1.1\r\nHost: test\r\nHost:\r\n\r\n";
            "two empty Hosts are refused" => refused(400).but_hyper(LeavesHostToItsUser), "GET /hello HTTP/1.1\r\nHost:\r\nHost:\r\n\r\n";
            "two Hosts in HTTP/1.0 are refused" => refused(400).but_hyper(LeavesHostToItsUser), "GET /hello HTTP/1.0\r\nHost: test\r\nHost: test\r\n\r\n";
            "an invalid Host in HTTP/1.0 is refused" => refused(400).but_hyper(LeavesHostToItsUser), "GET /hello HTTP/1.0\r\nHost: a b\r\n\r\n";
            "no Host in HTTP/1.0 is answered" => ends(200), "GET /hello HTTP/1.0\r\n\r\n";
            "X-Forwarded-Host is no Host" => refused(400).but_hyper(LeavesHostToItsUser), "GET /hello HTTP/1.1\r\nX-Forwarded-Host: test\r\n\r\n";
            "Host as the last field is answered" => ok("hello"), "GET /hello HTTP/1.1\r\nA: b\r\nHost: test\r\n\r\n";
        }
        "RFC 9110 7.2" {
            "an empty Host is answered" => ok("hello"), host("");
        }
    };
    let valid = [
        "test",
        "TEST",
        "test.example",
        "test.example.",
        "te-st",
        "te_st",
        "test:80",
        "test:",
        "test:0",
        "test:65535",
        "127.0.0.1",
        "127.0.0.1:80",
        "[::1]",
        "[::1]:80",
        "[::1]:",
        "[2001:db8::1]:80",
        "xn--tst-qla.example",
        "a.b.c.d.e.f",
        "1",
        "te!st",
        "te~st",
        "te$st",
        "te&st",
        "te'st",
        "te(st)",
        "te*st",
        "te+st",
        "te,st",
        "te;st",
        "te=st",
    ];
    cases.extend(family(
        "RFC 9110 7.2 and RFC 3986 3.2.2",
        "a host with or without a port is answered",
        valid.map(|value| (format!("`{value}` is a Host"), ok("hello"), host(value))),
    ));
    let invalid = [
        "te st",
        "test, other",
        "test other",
        "test:80 other",
        "me@test",
        "me:secret@test",
        "@test",
        "test@",
        "test/",
        "test/hello",
        "/test",
        "//test",
        "http://test",
        "http://test/",
        "test?q",
        "?test",
        "test#here",
        "#",
        "test:port",
        "test:8o",
        "test:-80",
        "test:+80",
        "test:80:80",
        "test: 80",
        "test :80",
        ":80",
        ":",
        "::1",
        "::1:80",
        "[::1",
        "::1]",
        "[::1]80",
        "[::1]:x",
        "[::1]x",
        "[::1]:80:80",
        "[::1][::1]",
        "x[::1]",
        "test%",
        "test%2",
        "test%zz",
        "te\\st",
        "te^st",
        "te`st",
        "te{st}",
        "te|st",
        "te\"st",
        "<test>",
        "te[st",
        "te]st",
        "tést",
    ];
    cases.extend(family(
        "RFC 9112 3.2 and RFC 3986 3.2.2",
        "what is no host with or without a port is refused",
        invalid.map(|value| {
            (format!("`{value}` is no Host"), refused(400).but_hyper(LeavesHostToItsUser), host(value))
        }),
    ));
    cases.extend(family(
        "RFC 9112 3.2",
        "a control character or a byte above ASCII in Host is refused",
        (0..=0x20).chain(0x7F..=0xFF).filter(|byte| *byte != b'\n').map(|byte| {
            let name = format!("{} in Host is refused", byte_name(byte));
            let taken = byte >= 0x80 || b"\t ".contains(&byte);
            let expected = refused(400).but_hyper_if(taken, LeavesHostToItsUser);
            (name, expected, host([b"te", &[byte][..], b"st"].concat()))
        }),
    ));
    cases
}
