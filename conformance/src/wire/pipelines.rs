//! Many requests in one write: answered in order, up to the first that is refused or asks for the end.

use super::{
    case::{Case, Outcome, ends, family, goes_on, ok, refused, rows},
    hyper::Reason::{
        self, DropsFragments, IgnoresExpectations, KnowsNo505, LeavesHostToItsUser, LeavesTargetsToItsUser,
        LooksAtTheLastCoding, ReadsChunksBesideALength, ServesConnect, TakesBareLf, TakesTheSameLengthTwice,
    },
};

const GET: &str = "GET /hello HTTP/1.1\r\nHost: test\r\n\r\n";
const POST: &str = "POST /whole HTTP/1.1\r\nHost: test\r\nContent-Length: 5\r\n\r\nworld";
const CHUNKED: &str =
    "POST /whole HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nchunk\r\n0\r\n\r\n";

pub(super) fn cases() -> Vec<Case> {
    let mut cases = rows! {
        "RFC 9112 9.3.2" {
            "two requests are answered in order" => goes_on(204).after(200), format!("{GET}GET /nothing HTTP/1.1\r\nHost: test\r\n\r\n");
            "three requests with bodies are answered in order" => ok("chunk").after(200).after(200), format!("{GET}{POST}{CHUNKED}");
            "a handler that sleeps keeps the order" => ok("hello").after(200), format!("GET /sleepy HTTP/1.1\r\nHost: test\r\n\r\n{GET}");
            "a handler that blocks keeps the order" => ok("hello").after(200), format!("GET /block HTTP/1.1\r\nHost: test\r\n\r\n{GET}");
            "a stream keeps the order" => ok("hello").after(200), format!("GET /parts HTTP/1.1\r\nHost: test\r\n\r\n{GET}");
            "a path that nobody has keeps the order" => ok("hello").after(404), format!("GET /absent HTTP/1.1\r\nHost: test\r\n\r\n{GET}");
            "ten requests are answered" => (1..10).fold(ok("hello"), |outcome, _| outcome.after(200)), GET.repeat(10);
        }
        "RFC 9112 9.6" {
            "nothing behind a request that asks for the end is answered" => ends(200).body("hello"),
                format!("GET /hello HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n{POST}{GET}");
            "nothing behind HTTP/1.0 is answered" => ends(200).body("hello"), format!("GET /hello HTTP/1.0\r\n\r\n{GET}");
            "nothing behind a stream for HTTP/1.0 is answered" => ends(200).body("onetwo"), format!("GET /parts HTTP/1.0\r\n\r\n{GET}");
            "nothing behind a handler that panicked is answered" => ends(500), format!("GET /panic HTTP/1.1\r\nHost: test\r\n\r\n{GET}");
            "a body behind a request that asks for the end is passed over" => ends(200).body("ignored"),
                format!("POST /ignore HTTP/1.1\r\nHost: test\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello{GET}");
        }
    };
    let mistakes: [(&str, u16, Option<Reason>, &str); 24] = [
        ("no Host", 400, Some(LeavesHostToItsUser), "GET /hello HTTP/1.1\r\n\r\n"),
        (
            "two Hosts",
            400,
            Some(LeavesHostToItsUser),
            "GET /hello HTTP/1.1\r\nHost: test\r\nHost: test\r\n\r\n",
        ),
        ("an invalid Host", 400, Some(LeavesHostToItsUser), "GET /hello HTTP/1.1\r\nHost: a b\r\n\r\n"),
        ("another version", 505, Some(KnowsNo505), "GET /hello HTTP/2.0\r\nHost: test\r\n\r\n"),
        ("no version", 400, None, "GET /hello\r\n\r\n"),
        ("a version in lower case", 400, None, "GET /hello http/1.1\r\nHost: test\r\n\r\n"),
        ("a tunnel", 501, Some(ServesConnect), "CONNECT test:80 HTTP/1.1\r\nHost: test\r\n\r\n"),
        ("a relative target", 400, Some(LeavesTargetsToItsUser), "GET hello HTTP/1.1\r\nHost: test\r\n\r\n"),
        ("a fragment", 400, Some(DropsFragments), "GET /hello#a HTTP/1.1\r\nHost: test\r\n\r\n"),
        ("an asterisk", 400, Some(LeavesTargetsToItsUser), "GET * HTTP/1.1\r\nHost: test\r\n\r\n"),
        ("lines of LF", 400, Some(TakesBareLf), "GET /hello HTTP/1.1\nHost: test\n\n"),
        ("a space before a colon", 400, None, "GET /hello HTTP/1.1\r\nHost: test\r\nA : b\r\n\r\n"),
        ("a fold", 400, None, "GET /hello HTTP/1.1\r\nHost: test\r\nA: b\r\n c\r\n\r\n"),
        ("a NUL", 400, None, "GET /hello HTTP/1.1\r\nHost: test\r\nA: \0\r\n\r\n"),
        ("a bad method", 400, None, "G@T /hello HTTP/1.1\r\nHost: test\r\n\r\n"),
        ("an invalid length", 400, None, "POST /whole HTTP/1.1\r\nHost: test\r\nContent-Length: x\r\n\r\n"),
        (
            "two lengths",
            400,
            Some(TakesTheSameLengthTwice),
            "POST /whole HTTP/1.1\r\nHost: test\r\nContent-Length: 0\r\nContent-Length: 0\r\n\r\n",
        ),
        (
            "a length and chunks",
            400,
            Some(ReadsChunksBesideALength),
            "POST /whole HTTP/1.1\r\nHost: test\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        ),
        (
            "chunks of HTTP/1.0",
            400,
            None,
            "POST /whole HTTP/1.0\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        ),
        (
            "an unknown coding",
            501,
            Some(LooksAtTheLastCoding),
            "POST /whole HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        ),
        (
            "a coding without an end",
            400,
            None,
            "POST /whole HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: gzip\r\n\r\n0\r\n\r\n",
        ),
        (
            "a bad chunk",
            400,
            None,
            "POST /whole HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n\r\n",
        ),
        (
            "a bad trailer",
            400,
            None,
            "POST /whole HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nA\r\n\r\n",
        ),
        (
            "an unknown expectation",
            417,
            Some(IgnoresExpectations),
            "GET /hello HTTP/1.1\r\nHost: test\r\nExpect: rain\r\n\r\n",
        ),
    ];
    cases.extend(family(
        "RFC 9112 11.2",
        "a mistake behind a good request is refused, and nothing behind it is answered",
        mistakes.map(|(mistake, status, hyper, request)| {
            let name =
                format!("{mistake} behind a good request is refused, and what follows is not answered");
            (name, Outcome { hyper, ..refused(status).after(200) }, format!("{GET}{request}{GET}").into())
        }),
    ));
    cases.extend(family(
        "RFC 9112 11.2",
        "a mistake behind a body is refused, and nothing behind it is answered",
        mistakes.map(|(mistake, status, hyper, request)| {
            let name = format!("{mistake} behind a body is refused, and what follows is not answered");
            (name, Outcome { hyper, ..refused(status).after(200) }, format!("{POST}{request}{POST}").into())
        }),
    ));
    cases
}
