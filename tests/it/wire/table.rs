//! The cases. Every request ends with the client's half-close, so every connection comes to an end.

/// The status of a case that gets no answer.
pub(super) const NOTHING: u16 = 0;

/// What a client sends, and what it gets.
pub(super) struct Case {
    pub(super) name: &'static str,
    pub(super) request: fn() -> Vec<u8>,
    /// Of the first answer.
    pub(super) status: u16,
    /// Whether there is but one way to answer it. How a mistake is refused is each implementation's choice.
    pub(super) well_formed: bool,
}

/// Writes the table: a literal is sent as it is, anything else is an expression that makes the bytes.
macro_rules! cases {
    ($well_formed:literal: $($name:literal => $status:tt, $request:expr;)+) => {
        &[$(Case {
            name: $name,
            request: || Vec::from($request),
            status: $status,
            well_formed: $well_formed,
        }),+]
    };
}

pub(super) static CASES: std::sync::LazyLock<Vec<&'static Case>> =
    std::sync::LazyLock::new(|| WELL_FORMED.iter().chain(REFUSED).collect());

#[rustfmt::skip]
const WELL_FORMED: &[Case] = cases! { true:
    "a plain GET" => 200, "GET /hello HTTP/1.1\r\nHost: test\r\n\r\n";
    "a GET whose client asks for the end" => 200, "GET /hello HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n";
    "a handler that sleeps" => 200, "GET /sleepy HTTP/1.1\r\nHost: test\r\n\r\n";
    "a handler that blocks" => 200, "GET /block HTTP/1.1\r\nHost: test\r\n\r\n";
    "HEAD" => 200, "HEAD /hello HTTP/1.1\r\nHost: test\r\n\r\n";
    "HEAD of a stream" => 200, "HEAD /parts HTTP/1.1\r\nHost: test\r\n\r\n";
    "HEAD of nothing" => 404, "HEAD /absent HTTP/1.1\r\nHost: test\r\n\r\n";
    "a path that nobody claims" => 404, "GET /absent HTTP/1.1\r\nHost: test\r\n\r\n";
    "a method that the path does not have" => 405, "DELETE /hello HTTP/1.1\r\nHost: test\r\n\r\n";
    "a method that nobody knows" => 405, "BREW /hello HTTP/1.1\r\nHost: test\r\n\r\n";
    "OPTIONS of a path" => 204, "OPTIONS /hello HTTP/1.1\r\nHost: test\r\n\r\n";
    "OPTIONS of the server" => 204, "OPTIONS * HTTP/1.1\r\nHost: test\r\n\r\n";
    "the absolute form of a target" => 200, "GET http://test/hello HTTP/1.1\r\nHost: test\r\n\r\n";
    "an empty line before the request" => 200, "\r\nGET /hello HTTP/1.1\r\nHost: test\r\n\r\n";
    "field names in any case" => 200, "POST /whole HTTP/1.1\r\nhOST: test\r\ncontent-LENGTH: 2\r\n\r\nok";
    "a path argument" => 200, "GET /number/7 HTTP/1.1\r\nHost: test\r\n\r\n";
    "a path argument behind percents" => 200, "GET /number/%37 HTTP/1.1\r\nHost: test\r\n\r\n";
    "a path argument of another type" => 400, "GET /number/seven HTTP/1.1\r\nHost: test\r\n\r\n";
    "a query" => 200, "GET /search?q=a+b%26c HTTP/1.1\r\nHost: test\r\n\r\n";
    "a query without its field" => 400, "GET /search?p=a HTTP/1.1\r\nHost: test\r\n\r\n";
    "JSON" => 200, json("application/json", "[1,2,3]");
    "JSON of another shape" => 422, json("application/json", "{\"a\":1}");
    "JSON that is none" => 400, json("application/json", "[1,");
    "JSON that is said to be text" => 415, json("text/plain", "[1,2,3]");
    "a body with its length" => 200, "POST /whole HTTP/1.1\r\nHost: test\r\nContent-Length: 5\r\n\r\nhello";
    "a body of no length" => 200, "POST /whole HTTP/1.1\r\nHost: test\r\nContent-Length: 0\r\n\r\n";
    "a chunked body" => 200, chunked("/whole", "5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n");
    "a chunked body with extensions" => 200, chunked("/whole", "5;a=b\r\nhello\r\n0;c\r\n\r\n");
    "a chunked body with trailers" => 200, chunked("/whole", "5\r\nhello\r\n0\r\nA: b\r\n\r\n");
    "an empty chunked body" => 200, chunked("/whole", "0\r\n\r\n");
    "an echo of known length" => 200, "POST /echo HTTP/1.1\r\nHost: test\r\nContent-Length: 5\r\n\r\nhello";
    "a body that nobody reads" => 200, "POST /ignore HTTP/1.1\r\nHost: test\r\nContent-Length: 5\r\n\r\nhello";
    "an answer without a body" => 204, "GET /nothing HTTP/1.1\r\nHost: test\r\n\r\n";
    "an answer that stands for another" => 304, "GET /unchanged HTTP/1.1\r\nHost: test\r\n\r\n";
    "a stream" => 200, "GET /parts HTTP/1.1\r\nHost: test\r\n\r\n";
    "HTTP/1.0" => 200, "GET /hello HTTP/1.0\r\n\r\n";
    "HTTP/1.0 that goes on" => 200, "GET /hello HTTP/1.0\r\nConnection: keep-alive\r\n\r\nGET /sleepy HTTP/1.0\r\n\r\n";
    "a stream for HTTP/1.0" => 200, "GET /parts HTTP/1.0\r\n\r\n";
    "a handler that panics" => 500, "GET /panic HTTP/1.1\r\nHost: test\r\n\r\n";
    "two requests in one write" => 200, "GET /hello HTTP/1.1\r\nHost: test\r\n\r\nGET /nothing HTTP/1.1\r\nHost: test\r\n\r\n";
    "no request at all" => NOTHING, "";
};

#[rustfmt::skip]
const REFUSED: &[Case] = cases! { false:
    "an expectation that nobody can meet" => 417, "GET /hello HTTP/1.1\r\nHost: test\r\nExpect: rain\r\n\r\n";
    "a tunnel" => 501, "CONNECT test:80 HTTP/1.1\r\nHost: test:80\r\n\r\n";
    "HTTP/2.0" => 505, "GET /hello HTTP/2.0\r\nHost: test\r\n\r\n";
    "no version" => 400, "GET /hello\r\n\r\n";
    "another protocol" => 400, "GET /hello HTTQ/1.1\r\nHost: test\r\n\r\n";
    "the start of TLS" => 400, b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03";
    "no Host" => 400, "GET /hello HTTP/1.1\r\n\r\n";
    "two Hosts" => 400, "GET /hello HTTP/1.1\r\nHost: test\r\nHost: test\r\n\r\n";
    "a Host that is none" => 400, "GET /hello HTTP/1.1\r\nHost: me@test\r\n\r\n";
    "lines that end with LF" => 400, "GET /hello HTTP/1.1\nHost: test\n\n";
    "a space before the colon" => 400, "GET /hello HTTP/1.1\r\nHost : test\r\n\r\n";
    "a folded field" => 400, "GET /hello HTTP/1.1\r\nHost: test\r\nA: b\r\n c\r\n\r\n";
    "a NUL in a field" => 400, "GET /hello HTTP/1.1\r\nHost: test\r\nA: \0\r\n\r\n";
    "a target with a fragment" => 400, "GET /hello#here HTTP/1.1\r\nHost: test\r\n\r\n";
    "a target that is no path" => 400, "GET hello HTTP/1.1\r\nHost: test\r\n\r\n";
    "GET of the server" => 400, "GET * HTTP/1.1\r\nHost: test\r\n\r\n";
    "a length with a sign" => 400, length("+5");
    "a negative length" => 400, length("-5");
    "a length that is no number" => 400, length("five");
    "a list of lengths" => 400, length("5, 5");
    "a length beyond all numbers" => 400, length("99999999999999999999");
    "two lengths" => 400, "POST /whole HTTP/1.1\r\nHost: test\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nhello";
    "a length and chunks" => 400, "POST /whole HTTP/1.1\r\nHost: test\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n";
    "an unknown coding" => 501, coded("gzip, chunked");
    "a coding without an end" => 400, coded("gzip");
    "chunked twice" => 400, coded("chunked, chunked");
    "chunks in HTTP/1.0" => 400, "POST /whole HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n";
    "a chunk size that is none" => 400, chunked("/whole", "five\r\nhello\r\n0\r\n\r\n");
    "a chunk size with a sign" => 400, chunked("/whole", "+5\r\nhello\r\n0\r\n\r\n");
    "a chunk that is longer than it says" => 400, chunked("/whole", "3\r\nhello\r\n0\r\n\r\n");
    "a head that is broken off" => NOTHING, "GET /hello HTTP/1.1\r\nHost: te";
    "a body that is broken off" => 400, "POST /whole HTTP/1.1\r\nHost: test\r\nContent-Length: 5\r\n\r\nhel";
    "chunks that are broken off" => 400, chunked("/whole", "5\r\nhello\r\n");
    "a huge head" => 431, format!("GET /hello HTTP/1.1\r\nHost: test\r\nA: {}\r\n\r\n", "a".repeat(20_000));
    "many fields" => 431, format!("GET /hello HTTP/1.1\r\nHost: test\r\n{}\r\n", "A: b\r\n".repeat(100));
    "a long target" => 414, format!("GET /{} HTTP/1.1\r\nHost: test\r\n\r\n", "a".repeat(9000));
    "a mistake behind a good request" => 200, "GET /hello HTTP/1.1\r\nHost: test\r\n\r\nGET /hello HTTP/1.1\r\n\r\n";
};

fn json(content_type: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "POST /json HTTP/1.1\r\nHost: test\r\nContent-Type: {content_type}\r\nContent-Length: {length}\r\n\r\n{body}"
    )
}

fn chunked(path: &str, body: &str) -> String {
    format!("POST {path} HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n{body}")
}

fn length(length: &str) -> String {
    format!("POST /whole HTTP/1.1\r\nHost: test\r\nContent-Length: {length}\r\n\r\nhello")
}

fn coded(coding: &str) -> String {
    format!("POST /whole HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: {coding}\r\n\r\n0\r\n\r\n")
}
