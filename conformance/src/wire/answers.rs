//! What the answer to a good request looks like: its status, its framing, its handler's words.

use super::{
    bytes::line,
    case::{Case, ends, goes_on, ok, rows},
    hyper::Reason::SendsTheBodyOf205,
};

pub(super) fn cases() -> Vec<Case> {
    rows! {
        "RFC 9112 6.2 and 6.3" {
            "an answer of known length says so" => ok("hello").with("content-length", "5").without("transfer-encoding"), line("GET /hello HTTP/1.1");
            "an answer without a body says so" => ok("").with("content-length", "0"), line("POST /whole HTTP/1.1");
            "a stream is chunked" => ok("onetwo").with("transfer-encoding", "chunked").without("content-length"), line("GET /parts HTTP/1.1");
            "a stream for HTTP/1.0 ends with the connection" => ends(200).body("onetwo").without("transfer-encoding").without("content-length"), line("GET /parts HTTP/1.0");
            "a stream for HTTP/1.0 that asks to go on ends with the connection" => ends(200).body("onetwo").without("transfer-encoding"),
                "GET /parts HTTP/1.0\r\nConnection: keep-alive\r\n\r\n";
            "a handler that sleeps is answered" => ok("slept"), line("GET /sleepy HTTP/1.1");
            "a handler that blocks is answered" => ok("blocked"), line("GET /block HTTP/1.1");
            "a handler that panics is an error, and the last" => ends(500), line("GET /panic HTTP/1.1");
        }
        "RFC 9110 15.3.5" {
            "204 has neither a body nor a length" => goes_on(204).without("content-length").without("transfer-encoding"), line("GET /nothing HTTP/1.1");
            "204 to HEAD has neither a body nor a length" => goes_on(204).answering_head().without("content-length"), line("HEAD /nothing HTTP/1.1");
            "204 to HTTP/1.0 has neither a body nor a length" => ends(204).without("content-length"), line("GET /nothing HTTP/1.0");
        }
        "RFC 9110 15.3.6" {
            "205 has no body, whatever its handler says" => goes_on(205).body("").with("content-length", "0").but_hyper(SendsTheBodyOf205), line("GET /reset HTTP/1.1");
        }
        "RFC 9110 15.4.5" {
            "304 has no body" => goes_on(304).without("transfer-encoding"), line("GET /unchanged HTTP/1.1");
            "304 to HEAD has no body" => goes_on(304).answering_head(), line("HEAD /unchanged HTTP/1.1");
        }
        "RFC 9110 15.5" {
            "a path that nobody has is not found" => goes_on(404), line("GET /absent HTTP/1.1");
            "JSON is answered" => ok("6").with("content-type", "application/json"), json("application/json", "[1,2,3]");
            "JSON with a charset is answered" => ok("6"), json("application/json; charset=utf-8", "[1,2,3]");
            "JSON of another shape is a mistake" => goes_on(422), json("application/json", "{\"a\":1}");
            "JSON that is none is a mistake" => goes_on(400), json("application/json", "[1,");
            "JSON that is said to be text is a mistake" => goes_on(415), json("text/plain", "[1,2,3]");
        }
    }
}

fn json(content_type: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "POST /json HTTP/1.1\r\nHost: test\r\nContent-Type: {content_type}\r\nContent-Length: {length}\r\n\r\n{body}"
    )
}
