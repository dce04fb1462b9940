//! CRLF, and everything that somebody takes for it.

use super::{
    bytes::{fields, line},
    case::{Case, family, ok, refused, rows, silence},
    hyper::Reason::TakesBareLf,
};

pub(super) fn cases() -> Vec<Case> {
    let mut cases = rows! {
        "RFC 9112 2.2 (empty lines)" {
            "an empty line before the request is passed over" => ok("hello"), "\r\nGET /hello HTTP/1.1\r\nHost: test\r\n\r\n";
            "many empty lines before the request are passed over" => ok("hello"),
                format!("{}GET /hello HTTP/1.1\r\nHost: test\r\n\r\n", "\r\n".repeat(10));
            "an empty line between two requests is passed over" => ok("[]").after(200),
                "GET /hello HTTP/1.1\r\nHost: test\r\n\r\n\r\nGET /field HTTP/1.1\r\nHost: test\r\n\r\n";
            "an empty line behind a body is passed over" => ok("[]").after(200),
                "POST /whole HTTP/1.1\r\nHost: test\r\nContent-Length: 2\r\n\r\nok\r\nGET /field HTTP/1.1\r\nHost: test\r\n\r\n";
            "empty lines alone are no request" => silence(), "\r\n\r\n";
            "a line feed before the request is refused" => refused(400).but_hyper(TakesBareLf), "\nGET /hello HTTP/1.1\r\nHost: test\r\n\r\n";
            "a carriage return before the request is refused" => refused(400), "\rGET /hello HTTP/1.1\r\nHost: test\r\n\r\n";
            "a line with a space before the request is refused" => refused(400), " \r\nGET /hello HTTP/1.1\r\nHost: test\r\n\r\n";
        }
        "RFC 9112 2.2 (bare LF)" {
            "lines that end with LF are refused" => refused(400).but_hyper(TakesBareLf), "GET /hello HTTP/1.1\nHost: test\n\n";
            "a request line that ends with LF is refused" => refused(400).but_hyper(TakesBareLf), "GET /hello HTTP/1.1\nHost: test\r\n\r\n";
            "a field that ends with LF is refused" => refused(400).but_hyper(TakesBareLf), "GET /hello HTTP/1.1\r\nHost: test\nA: b\r\n\r\n";
            "an empty line of LF is refused" => refused(400).but_hyper(TakesBareLf), "GET /hello HTTP/1.1\r\nHost: test\r\n\n";
            "a last field that ends with LF is refused" => refused(400).but_hyper(TakesBareLf), "GET /hello HTTP/1.1\r\nHost: test\n\r\n";
            "a head without fields whose lines end with LF is refused" => refused(400).but_hyper(TakesBareLf), "GET /hello HTTP/1.0\n\n";
            "LF in the method is refused" => refused(400), line("GE\nT /hello HTTP/1.1");
            "LF for the first space is refused" => refused(400), line("GET\n/hello HTTP/1.1");
            "LF in the target is refused" => refused(400), line("GET /hel\nlo HTTP/1.1");
            "LF for the second space is refused" => refused(400), line("GET /hello\nHTTP/1.1");
            "LF in the version is refused" => refused(400), line("GET /hello HTTP/1\n.1");
            "LF in a field name is refused" => refused(400), fields("A\nB: c");
            "LF in a field value that hides a field is refused" => refused(400).but_hyper(TakesBareLf), fields("A: b\nContent-Length: 5");
            "LF before CRLF is refused" => refused(400).but_hyper(TakesBareLf), fields("A: b\n");
        }
        "RFC 9112 2.2 (bare CR)" {
            "lines that end with CR are refused" => refused(400), "GET /hello HTTP/1.1\rHost: test\r\r\r\n\r\n";
            "CR in the target is refused" => refused(400), line("GET /hel\rlo HTTP/1.1");
            "CR in the version is refused" => refused(400), line("GET /hello HTTP/1.1\r");
            "two CR at the end of the request line are refused" => refused(400), "GET /hello HTTP/1.1\r\r\nHost: test\r\n\r\n";
            "CR in a field name is refused" => refused(400), fields("A\rB: c");
            "CR before the colon is refused" => refused(400), fields("A\r: c");
            "CR behind the colon is refused" => refused(400), fields("A:\rc");
            "CR in a field value is refused" => refused(400), fields("A: b\rc");
            "CR in a field value that hides a field is refused" => refused(400), fields("A: b\rContent-Length: 5");
            "CR at the end of a field value is refused" => refused(400), fields("A: b\r");
            "CR for the empty line is refused" => refused(400), "GET /hello HTTP/1.1\r\nHost: test\r\n\rX";
            "CR CR LF for the empty line is refused" => refused(400), "GET /hello HTTP/1.1\r\nHost: test\r\n\r\r\n";
            "LF CR for CRLF is refused" => refused(400), "GET /hello HTTP/1.1\n\rHost: test\n\r\n\r";
        }
        "RFC 9112 5.2 (obs-fold)" {
            "a field folded with a space is refused" => refused(400), fields("A: b\r\n c");
            "a field folded with a tab is refused" => refused(400), fields("A: b\r\n\tc");
            "a field folded twice is refused" => refused(400), fields("A: b\r\n c\r\n d");
            "a field folded to an empty line is refused" => refused(400), fields("A: b\r\n ");
            "a field folded before its value is refused" => refused(400), fields("A:\r\n b");
            "a folded Transfer-Encoding is refused" => refused(400), fields("Transfer-Encoding:\r\n chunked");
            "a folded Content-Length is refused" => refused(400), fields("Content-Length: 5\r\n 0");
            "a folded Host is refused" => refused(400), "GET /hello HTTP/1.1\r\nHost: te\r\n st\r\n\r\n";
            "a fold in the request line is refused" => refused(400), line("GET /hello\r\n HTTP/1.1");
        }
        "RFC 9112 2.2 (space before the first field)" {
            "a space before the first field is refused" => refused(400), "GET /hello HTTP/1.1\r\n Host: test\r\n\r\n";
            "a tab before the first field is refused" => refused(400), "GET /hello HTTP/1.1\r\n\tHost: test\r\n\r\n";
            "a line of a space before the first field is refused" => refused(400), "GET /hello HTTP/1.1\r\n \r\nHost: test\r\n\r\n";
            "a line of a space before the end of the head is refused" => refused(400), "GET /hello HTTP/1.1\r\nHost: test\r\n \r\n\r\n";
        }
    };
    let lookalikes = ["\u{B}", "\u{C}", "\u{85}", "\u{2028}", "\u{2029}", "\u{10D}\u{10A}", "\u{560A}"];
    cases.extend(family(
        "RFC 9112 2.2",
        "what looks like a line end somewhere else ends no line",
        lookalikes.map(|end| {
            let name = format!("{} ends no request line", end.escape_unicode());
            (name, refused(400), line(format!("GET /hello HTTP/1.1{end}A: b")))
        }),
    ));
    cases
}
