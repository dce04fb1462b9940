//! Which methods are known, where, and that their case counts.

use super::{
    bytes::line,
    case::{Case, ends, family, goes_on, ok, refused, rows},
    hyper::Reason::{
        HangsUpOnHttp2, HeadBeforeTarget, IgnoresExpectations, KnowsNo505, LeavesHostToItsUser,
        LeavesTargetsToItsUser, NoTargetLimit, ServesConnect,
    },
};

pub(super) fn cases() -> Vec<Case> {
    let mut cases = rows! {
        "RFC 9110 9.3.2, of a head that is refused" {
            "HEAD of the server is refused with a head alone" => refused(400).answering_head().but_hyper(LeavesTargetsToItsUser), line("HEAD * HTTP/1.1");
            "HEAD without Host is refused with a head alone" => refused(400).answering_head().but_hyper(LeavesHostToItsUser), "HEAD /hello HTTP/1.1\r\n\r\n";
            "HEAD with an invalid field is refused with a head alone" => refused(400).answering_head(), "HEAD /hello HTTP/1.1\r\nHost: test\r\nA : b\r\n\r\n";
            "HEAD with another version is refused with a head alone" => refused(505).answering_head().but_hyper(KnowsNo505), line("HEAD /hello HTTP/2.0");
            "HEAD with a target that is too long is refused with a head alone" => refused(414).answering_head().but_hyper(NoTargetLimit), line(format!("HEAD /{} HTTP/1.1", "a".repeat(9000)));
        }
        "RFC 9110 9.3.1" {
            "GET is answered" => ok("hello"), line("GET /hello HTTP/1.1");
        }
        "RFC 9110 9.3.2" {
            "HEAD gets the head of GET alone" => goes_on(200).answering_head().with("content-length", "5"), line("HEAD /hello HTTP/1.1");
            "HEAD of a stream gets its head alone" => goes_on(200).answering_head(), line("HEAD /parts HTTP/1.1");
            "HEAD of nothing gets a head alone" => goes_on(404).answering_head(), line("HEAD /absent HTTP/1.1");
            "HEAD of a path without GET gets a head alone" => goes_on(405).answering_head().with("allow", "POST, OPTIONS"), line("HEAD /ignore HTTP/1.1");
            "HEAD of a handler that panics gets a head alone" => ends(500).answering_head(), line("HEAD /panic HTTP/1.1");
            "HEAD with an expectation that nobody can meet gets a head alone" => refused(417).answering_head().but_hyper(IgnoresExpectations),
                "HEAD /hello HTTP/1.1\r\nHost: test\r\nExpect: rain\r\n\r\n";
            "HEAD with an ambiguous length gets a head alone" => refused(400).answering_head(),
                "HEAD /hello HTTP/1.1\r\nHost: test\r\nContent-Length: 0, 0\r\n\r\n";
        }
        "RFC 9110 9.3.6" {
            "CONNECT is not served" => refused(501).but_hyper(ServesConnect), "CONNECT test:80 HTTP/1.1\r\nHost: test:80\r\n\r\n";
            "CONNECT of a path is not served" => refused(501).but_hyper(ServesConnect), "CONNECT /hello HTTP/1.1\r\nHost: test\r\n\r\n";
            "CONNECT with a body is not served" => refused(501).but_hyper(ServesConnect), "CONNECT test:80 HTTP/1.1\r\nHost: test:80\r\nContent-Length: 5\r\n\r\nhello";
            "connect is another method than CONNECT, and test:80 no path" => refused(400).but_hyper(LeavesTargetsToItsUser), line("connect test:80 HTTP/1.1");
        }
        "RFC 9110 9.3.7" {
            "OPTIONS of a path tells its methods" => goes_on(204).with("allow", "GET, HEAD, OPTIONS"), line("OPTIONS /hello HTTP/1.1");
            "OPTIONS of a path tells all of its methods" => goes_on(204).with("allow", "POST, GET, PUT, DELETE, HEAD, OPTIONS"), line("OPTIONS /whole HTTP/1.1");
            "OPTIONS of the server is answered" => goes_on(204), line("OPTIONS * HTTP/1.1");
            "OPTIONS of nothing is not found" => goes_on(404), line("OPTIONS /absent HTTP/1.1");
            "OPTIONS with a body is answered" => goes_on(204), "OPTIONS /hello HTTP/1.1\r\nHost: test\r\nContent-Length: 5\r\n\r\nhello";
            "options of the server is refused, for it is another method" => refused(400).but_hyper(LeavesTargetsToItsUser), line("options * HTTP/1.1");
        }
        "RFC 9110 9.3.8" {
            "TRACE is not echoed" => goes_on(405).with("allow", "GET, HEAD, OPTIONS"), line("TRACE /hello HTTP/1.1");
            "TRACE of the server is refused" => refused(400).but_hyper(LeavesTargetsToItsUser), line("TRACE * HTTP/1.1");
        }
        "RFC 9110 15.5.6" {
            "a method that the path does not have is told those that it has" => goes_on(405).with("allow", "GET, HEAD, OPTIONS"), line("DELETE /hello HTTP/1.1");
            "a body under a method that the path does not have is passed over" => goes_on(405),
                "PUT /hello HTTP/1.1\r\nHost: test\r\nContent-Length: 5\r\n\r\nhello";
        }
        "RFC 9110 9.1" {
            "a method in lower case is another method" => goes_on(501), line("get /hello HTTP/1.1");
            "a method in mixed case is another method" => goes_on(501), line("Get /hello HTTP/1.1");
            "head is another method than HEAD, and gets a body" => goes_on(501), line("head /hello HTTP/1.1");
            "a method of one letter is another method" => goes_on(501), line("G /hello HTTP/1.1");
            "GETS is not GET" => goes_on(501), line("GETS /hello HTTP/1.1");
            "a method of 60 letters is another method" => goes_on(501), line(format!("{} /hello HTTP/1.1", "M".repeat(60)));
            "a method of 8 KiB is another method" => goes_on(501), line(format!("{} /hello HTTP/1.1", "M".repeat(8192)));
            "a method that is longer than any target may be is refused" => refused(414).but_hyper(NoTargetLimit), line(format!("{} /hello HTTP/1.1", "M".repeat(9000)));
            "a method that fills the head is refused" => refused(414).but_hyper(HeadBeforeTarget), line(format!("{} /hello HTTP/1.1", "M".repeat(20_000)));
        }
        "RFC 9112 3.2.4" {
            "GET of the server is refused" => refused(400).but_hyper(LeavesTargetsToItsUser), line("GET * HTTP/1.1");
            "POST of the server is refused" => refused(400).but_hyper(LeavesTargetsToItsUser), "POST * HTTP/1.1\r\nHost: test\r\nContent-Length: 5\r\n\r\nhello";
        }
        "RFC 9112 11.2" {
            "the preface of HTTP/2 is refused" => refused(505).but_hyper(HangsUpOnHttp2), "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
            "the preface of HTTP/2 as HTTP/1.1 is refused" => refused(400).but_hyper(LeavesTargetsToItsUser), line("PRI * HTTP/1.1");
        }
    };
    let known = ["POST", "PUT", "DELETE", "PATCH", "TRACE"];
    cases.extend(family(
        "RFC 9110 15.5.6",
        "a method that the path does not have is not allowed, and the connection goes on",
        known.map(|method| {
            let expected = goes_on(405).with("allow", "GET, HEAD, OPTIONS");
            (
                format!("{method} where there is only GET is not allowed"),
                expected,
                line(format!("{method} /hello HTTP/1.1")),
            )
        }),
    ));
    let others = [
        "PROPFIND",
        "PROPPATCH",
        "MKCOL",
        "COPY",
        "MOVE",
        "LOCK",
        "UNLOCK",
        "SEARCH",
        "REPORT",
        "QUERY",
        "PURGE",
        "LINK",
        "BREW",
    ];
    cases.extend(family(
        "RFC 9110 9.1 and 15.6.2",
        "a method that nothing on the server knows is not implemented, and the connection goes on",
        others.map(|method| {
            let name = format!("{method} where nobody knows it is not implemented");
            (name, goes_on(501), line(format!("{method} /hello HTTP/1.1")))
        }),
    ));
    cases
}
