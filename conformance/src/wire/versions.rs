//! `HTTP/` and two digits with a point between them.

use super::{
    bytes::line,
    case::{Case, ends, family, ok, refused, rows},
    hyper::Reason::{KnowsNo505, KnowsNoHigherMinor},
};

pub(super) fn cases() -> Vec<Case> {
    let mut cases = rows! {
        "RFC 9110 2.5" {
            "HTTP/1.2 is spoken as HTTP/1.1" => ok("hello").but_hyper(KnowsNoHigherMinor), line("GET /hello HTTP/1.2");
            "HTTP/1.9 is spoken as HTTP/1.1" => ok("hello").but_hyper(KnowsNoHigherMinor), line("GET /hello HTTP/1.9");
        }
        "RFC 9112 2.3" {
            "HTTP/1.1 goes on" => ok("hello"), line("GET /hello HTTP/1.1");
            "HTTP/1.0 ends" => ends(200).body("hello"), line("GET /hello HTTP/1.0");
            "HTTP/1.0 needs no Host" => ends(200).body("hello"), "GET /hello HTTP/1.0\r\n\r\n";
        }
        "RFC 9112 2.3 (HTTP/0.9)" {
            "no version is refused" => refused(400), "GET /hello\r\n\r\n";
            "no version, but a space for it, is refused" => refused(400), "GET /hello \r\n\r\n";
        }
    };
    let others = ["0.0", "0.9", "2.0", "2.1", "3.0", "9.9"];
    cases.extend(family(
        "RFC 9110 2.5 and 15.6.6",
        "another major version is not spoken",
        others.map(|version| {
            let expected = refused(505).but_hyper(KnowsNo505);
            (format!("HTTP/{version} is not spoken"), expected, line(format!("GET /hello HTTP/{version}")))
        }),
    ));
    let wrong = [
        "http/1.1",
        "Http/1.1",
        "hTTP/1.1",
        "HTTQ/1.1",
        "HTTPS/1.1",
        "SHTTP/1.1",
        "HTTP1.1",
        "HTTP 1.1",
        "HTTP/1",
        "HTTP/1.",
        "HTTP/.1",
        "HTTP/",
        "HTTP",
        "HTTP/11",
        "HTTP/1,1",
        "HTTP/1-1",
        "HTTP/1:1",
        "HTTP/1.1.1",
        "HTTP/1.10",
        "HTTP/1.11",
        "HTTP/01.1",
        "HTTP/1.01",
        "HTTP/10.1",
        "HTTP/1.1a",
        "HTTP/1.1;",
        "HTTP/+1.1",
        "HTTP/-1.1",
        "HTTP/1.+1",
        "HTTP/1.-1",
        "HTTP/0x1.1",
        "HTTP/1.x",
        "HTTP/x.1",
        "HTTP/ 1.1",
        "HTTP/1. 1",
        "HTTP/1 .1",
        "HTTP /1.1",
        "HTTP\\1.1",
        "HTTP//1.1",
        "/HTTP/1.1",
        "HTTP/1.1/",
        "HTTP/１.１",
        "HTTP/1.1\0",
        "\0HTTP/1.1",
        "HTTP/1.1\u{B}",
        "HTTP/1.1\u{7F}",
        "ICY/1.1",
        "RTSP/1.0",
        "SIP/2.0",
        "1.1",
        "-",
    ];
    cases.extend(family(
        "RFC 9112 2.3",
        "what is not a version of HTTP is refused",
        wrong.map(|version| {
            let name = format!("`{}` for a version is refused", version.escape_debug());
            (name, refused(400), line(format!("GET /hello {version}")))
        }),
    ));
    cases
}
