//! `Expect: 100-continue`, and expectations that nobody can meet.

use super::{
    bytes::{fields, post},
    case::{Case, ends, goes_on, ok, refused, rows, unfinished},
    hyper::Reason::{AsksAnyway, IgnoresExpectations},
};

pub(super) fn cases() -> Vec<Case> {
    let mut cases = rows! {
        "RFC 9110 10.1.1 and 5.6.1" {
            "an expectation twice in a list is met" => ok("[]"), fields("Expect: 100-continue, 100-continue");
            "an expectation with an empty element is met" => ok("[]"), fields("Expect: 100-continue,");
            "an empty expectation is met" => ok("[]"), fields("Expect:");
        }
        "RFC 9110 10.1.1" {
            "a client that sends its body at once is not asked for it" => ok("hello").but_hyper(AsksAnyway), post("Expect: 100-continue\r\nContent-Length: 5", "hello");
            "an expectation in another case is met" => ok("hello").but_hyper(AsksAnyway), post("Expect: 100-CONTINUE\r\nContent-Length: 5", "hello");
            "an expectation without a body is met" => ok("[]"), fields("Expect: 100-continue");
            "an expectation with a length of zero is met" => ok(""), post("Expect: 100-continue\r\nContent-Length: 0", "");
            "an expectation twice is met" => ok("hello").but_hyper(AsksAnyway), post("Expect: 100-continue\r\nExpect: 100-continue\r\nContent-Length: 5", "hello");
            "an unknown expectation is not met" => refused(417).but_hyper(IgnoresExpectations), fields("Expect: rain");
            "an unknown expectation before the body is not met" => refused(417).but_hyper(IgnoresExpectations), post("Expect: rain\r\nContent-Length: 5", "hello");
            "an unknown expectation beside a known one is not met" => refused(417).but_hyper(IgnoresExpectations), fields("Expect: 100-continue, rain");
            "an unknown expectation in a field of its own is not met" => refused(417).but_hyper(IgnoresExpectations), fields("Expect: 100-continue\r\nExpect: rain");
            "a known expectation with a parameter is not met" => refused(417).but_hyper(IgnoresExpectations), fields("Expect: 100-continue;a=b");
            "200-ok is not expected" => refused(417).but_hyper(IgnoresExpectations), fields("Expect: 200-ok");
            "100 alone is not expected" => refused(417).but_hyper(IgnoresExpectations), fields("Expect: 100");
            "100-continued is not expected" => refused(417).but_hyper(IgnoresExpectations), fields("Expect: 100-continued");
            "100 continue is not expected" => refused(417).but_hyper(IgnoresExpectations), fields("Expect: 100 continue");
            "an expectation of HTTP/1.0 is passed over" => ends(200).body("hello"),
                "POST /whole HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\nhello";
            "an unknown expectation of HTTP/1.0 is passed over" => ends(200).body("hello"), "GET /hello HTTP/1.0\r\nExpect: rain\r\n\r\n";
            "an expectation under an ambiguous length is refused for the length" => refused(400).but_hyper(AsksAnyway),
                post("Expect: 100-continue\r\nContent-Length: 5\r\nTransfer-Encoding: chunked", "0\r\n\r\n");
            "an expectation before a bad chunk is refused" => refused(400).but_hyper(AsksAnyway), post("Expect: 100-continue\r\nTransfer-Encoding: chunked", "x\r\n");
            "an expectation before a body that is too large is not met" => ends(413), post("Expect: 100-continue\r\nContent-Length: 9000000", "");
            "a body that a client expects to be asked for, and that never comes, is refused" => unfinished(400).after(100),
                post("Expect: 100-continue\r\nContent-Length: 5", "");
            "an expectation whose path nobody has ends the connection" => unfinished(404).with("connection", "close"), "POST /absent HTTP/1.1\r\nHost: test\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n";
            "an expectation whose body nobody reads ends the connection" => unfinished(200).body("ignored").with("connection", "close"),
                "POST /ignore HTTP/1.1\r\nHost: test\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n";
            "an expectation under a method that the path does not have ends the connection" => unfinished(405).with("connection", "close"),
                "POST /hello HTTP/1.1\r\nHost: test\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n";
            "an expectation of nothing but chunks that come at once is met" => ok("hello").but_hyper(AsksAnyway), post("Expect: 100-continue\r\nTransfer-Encoding: chunked", "5\r\nhello\r\n0\r\n\r\n");
            "an expectation of a HEAD without a body is met" => goes_on(200).answering_head(), "HEAD /hello HTTP/1.1\r\nHost: test\r\nExpect: 100-continue\r\n\r\n";
        }
    };
    let asked = |name: &str, outcome, lines: &str, body: &str| {
        Case::new("RFC 9110 10.1.1 and 15.2.1", name, outcome, post(lines, "")).continued_with(body)
    };
    let length = "Expect: 100-continue\r\nContent-Length: 5";
    let chunks = "Expect: 100-continue\r\nTransfer-Encoding: chunked";
    cases.extend([
        asked("a client that waits is asked for its body", ok("hello").after(100), length, "hello"),
        asked(
            "a client that waits is asked for its chunks",
            ok("hello").after(100),
            chunks,
            "5\r\nhello\r\n0\r\n\r\n",
        ),
        asked("a bad chunk of a client that waited is refused", refused(400).after(100), chunks, "x\r\n\r\n"),
        asked(
            "a body of a client that waited and asked for the end is the last",
            ends(200).body("hello").after(100),
            "Connection: close\r\nExpect: 100-continue\r\nContent-Length: 5",
            "hello",
        ),
        asked(
            "a client that waits is asked once",
            ok("hello").after(100),
            "Expect: 100-continue\r\nExpect: 100-continue\r\nContent-Length: 5",
            "hello",
        ),
    ]);
    cases
}
