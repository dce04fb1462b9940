use crate::wire::*;
use polyserve_core::{CloseReason, Reply, Want};

/// A request with these fields instead of the usual ones.
fn with(fields: &str) -> String {
    format!("GET / HTTP/1.1\r\n{fields}\r\n")
}

fn get(target: &str) -> String {
    format!("GET {target} HTTP/1.1\r\nHost: a\r\n\r\n")
}

/// Refused with `status`, closed after it, and no handler called, also when it comes byte by byte, and whether
/// or not the handler would have looked at the fields.
fn refused(row: &str, request: impl AsRef<[u8]>, status: u16) {
    let request = request.as_ref();
    let journal = Journal::default();
    for (size, headers) in [(request.len(), true), (request.len(), false), (1, true), (1, false)] {
        let called = journal.clone();
        let answer = move |_| {
            called.note("called");
            Reply::from(())
        };
        let mut peer = Peer::new(Reads { headers, answer });
        for bytes in request.chunks(size) {
            peer.queue(bytes);
        }
        peer.run();
        let text = peer.received();
        assert!(text.starts_with(&format!("HTTP/1.1 {status} ")), "{row} in pieces of {size}: {text}");
        assert!(text.contains("\r\nConnection: close\r\n"), "{row}: {text}");
        assert_eq!(text.matches("Content-Length: ").count(), 1, "{row}: {text}");
        assert!(peer.half_closed, "{row}");
        assert!(matches!(peer.close(), Want::Close(CloseReason::BadRequest(_))), "{row}");
        assert_eq!(journal.take(), [] as [&str; 0], "{row}");
    }
}

#[test]
fn what_is_not_a_request_is_refused_and_the_connection_closed() {
    let rows: &[(&str, String, u16)] = &[
        ("a TLS hello", "\x16\x03\x01\x02\x00\x01\x00\x01\r\n\r\n".into(), 400),
        ("another protocol", "EHLO example.com\r\n\r\n".into(), 400),
        ("HTTP/0.9", "GET /\r\n\r\n".into(), 400),
        ("HTTP/2 with prior knowledge", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".into(), 505),
        ("a later version", "GET / HTTP/3.0\r\nHost: a\r\n\r\n".into(), 505),
        ("no version", "GET / HTTQ/1.1\r\nHost: a\r\n\r\n".into(), 400),
        ("a lower-case version", "GET / http/1.1\r\nHost: a\r\n\r\n".into(), 400),
        ("a bare LF", "GET / HTTP/1.1\nHost: a\n\n".into(), 400),
        ("one bare LF", "GET / HTTP/1.1\r\nHost: a\n\r\n".into(), 400),
        ("an empty line that is a bare LF", "\nGET / HTTP/1.1\r\nHost: a\r\n\r\n".into(), 400),
        ("a head that ends with LF LF", "GET / HTTP/1.1\r\nHost: a\r\n\n".into(), 400),
        ("a bare CR in a value", with("Host: a\r\nX: a\rb\r\n"), 400),
        ("a NUL in a value", with("Host: a\r\nX: a\0b\r\n"), 400),
        ("two spaces", "GET  / HTTP/1.1\r\nHost: a\r\n\r\n".into(), 400),
        ("a tab for a space", "GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n".into(), 400),
        ("a word too many", "GET / / HTTP/1.1\r\nHost: a\r\n\r\n".into(), 400),
        ("a space behind the version", "GET / HTTP/1.1 \r\nHost: a\r\n\r\n".into(), 400),
        ("a method that is no token", "G(T / HTTP/1.1\r\nHost: a\r\n\r\n".into(), 400),
        ("a space before the colon", with("Host : a\r\n"), 400),
        ("a folded line", with("Host: a\r\nX: a\r\n b\r\n"), 400),
        ("a space before the first field", with(" Host: a\r\n"), 400),
        ("a field without a colon", with("Host: a\r\nnothing\r\n"), 400),
        ("a field without a name", with("Host: a\r\n: x\r\n"), 400),
        ("a field name that is no token", with("Host: a\r\nX@Y: x\r\n"), 400),
        ("no Host", with(""), 400),
        ("two Hosts", with("Host: a\r\nHost: a\r\n"), 400),
        ("a Host with a path", with("Host: a/b\r\n"), 400),
        ("a control character in the target", get("/a\x01b"), 400),
        ("a relative target", get("a"), 400),
        ("a fragment", get("/a#b"), 400),
        ("a star that is not OPTIONS", get("*"), 400),
        ("another scheme", get("ftp://a/"), 400),
        ("CONNECT", "CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n".into(), 501),
        ("a length that is signed", with("Host: a\r\nContent-Length: +5\r\n"), 400),
        ("two lengths", with("Host: a\r\nContent-Length: 5\r\nContent-Length: 5\r\n"), 400),
        ("a list of lengths", with("Host: a\r\nContent-Length: 5, 5\r\n"), 400),
        ("a length too large for 64 bits", with("Host: a\r\nContent-Length: 99999999999999999999\r\n"), 400),
        ("both kinds of length", with("Host: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n"), 400),
        ("an unknown coding", with("Host: a\r\nTransfer-Encoding: gzip, chunked\r\n"), 501),
        ("a coding that hides", with("Host: a\r\nTransfer-Encoding: \x0bchunked\r\n"), 400),
        ("chunked that is not final", with("Host: a\r\nTransfer-Encoding: chunked, gzip\r\n"), 400),
        ("chunked in HTTP/1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n".into(), 400),
        ("another expectation", with("Host: a\r\nContent-Length: 5\r\nExpect: gold\r\n"), 417),
    ];
    for (row, request, status) in rows {
        refused(row, request, *status);
    }
}

#[test]
fn an_empty_line_before_it_changes_no_verdict() {
    refused("a version that is not spoken", "\r\n\r\nGET / HTTP/2.0\r\n\r\n", 505);
    refused("a line that is too long", format!("\r\nGET /{} HTTP/1.1\r\n", "x".repeat(9000)), 414);
}

#[test]
fn what_is_odd_but_valid_is_answered() {
    let rows = [
        ("no spaces around the value", with("Host:a\r\n")),
        ("tabs around the value", with("Host:\ta\t\r\n")),
        ("an empty Host", with("Host:\r\n")),
        ("an empty value", with("Host: a\r\nX:\r\n")),
        ("bytes above ASCII in a value", with("Host: a\r\nX: \u{e4}\r\n")),
        ("an unknown method", "BREW /pot HTTP/1.1\r\nHost: a\r\n\r\n".into()),
        ("a lower-case method is another method", "get / HTTP/1.1\r\nHost: a\r\n\r\n".into()),
        ("absolute form", get("http://example.com/a?b")),
        ("absolute form without a path", get("http://example.com")),
        ("two slashes", get("//a//b")),
        ("OPTIONS *", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n".into()),
        ("HTTP/1.0 without Host", "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n".into()),
        ("a zero length", with("Host: a\r\nContent-Length: 0\r\n")),
    ];
    for (row, request) in rows {
        let (text, end) = converse(plain("x"), request.as_bytes());
        assert!(text.starts_with("HTTP/1.1 200 "), "{row}: {text}");
        assert_eq!(end, Want::Close(CloseReason::PeerClosed), "{row}");
    }
}

#[test]
fn the_error_is_told_behind_the_answers_before_it() {
    let mut peer = Peer::new(plain("x"));
    peer.send(format!("{GET}{GET}nonsense\r\n\r\n{GET}"));
    assert_eq!(peer.statuses(), [200, 200, 400]);
}

/// The largest head that passes, and one byte more.
fn head_of(length: usize) -> String {
    let frame = "GET / HTTP/1.1\r\nHost: a\r\nX: \r\n\r\n".len();
    with(&format!("Host: a\r\nX: {}\r\n", "x".repeat(length - frame)))
}

#[test]
fn a_head_may_be_as_long_as_the_limit() {
    assert!(converse(plain("x"), head_of(16 * 1024)).0.starts_with("HTTP/1.1 200"));
    refused("one byte more", head_of(16 * 1024 + 1), 431);
    refused("without an end", &head_of(20_000)[..19_000], 431);
}

#[test]
fn a_target_may_be_as_long_as_the_limit() {
    let target = |length: usize| get(&format!("/{}", "x".repeat(length - 1)));
    assert!(converse(plain("x"), target(8192)).0.starts_with("HTTP/1.1 200"));
    refused("one byte more", target(8193), 414);
    refused("without an end", &target(12_000)[..11_000], 414);
    refused("a method without an end", "A".repeat(20_000), 414);
}

#[test]
fn a_version_is_judged_when_its_line_is_here() {
    let request = "GET / HTTP/2.0\r\nHost: a\r\n\r\n";
    for at in 1..request.len() {
        let mut peer = Peer::new(plain("x"));
        peer.send(&request[..at]);
        peer.send(&request[at..]);
        assert_eq!(peer.statuses(), [505], "split at {at}");
    }
}

#[test]
fn a_long_method_makes_a_line_too_long_however_it_comes() {
    let request = |method: usize, target: usize| {
        format!("{} /{} HTTP/1.1\r\nHost: a\r\n\r\n", "M".repeat(method), "x".repeat(target - 1))
    };
    refused("a method in the way of the target", request(100, 8190), 414);
    let longest = request(53, 8192);
    for size in [1, longest.len()] {
        let mut peer = Peer::new(plain("x"));
        for bytes in longest.as_bytes().chunks(size) {
            peer.queue(bytes);
        }
        peer.run();
        assert_eq!(peer.statuses(), [200], "in pieces of {size}");
    }
}

#[test]
fn a_request_line_that_fills_the_whole_head_is_414_even_when_the_target_may_be_longer() {
    let mut peer = Peer::with(plain("x"), |app| app.limits.head = 1000);
    peer.send(format!("GET /{}", "x".repeat(999)));
    assert_eq!(peer.statuses(), [414]);
}

#[test]
fn there_may_be_as_many_fields_as_the_limit() {
    let fields = |count: usize| with(&format!("Host: a\r\n{}", "X: y\r\n".repeat(count - 1)));
    assert!(converse(plain("x"), fields(100)).0.starts_with("HTTP/1.1 200"));
    refused("one more", fields(101), 431);
    let mut peer = Peer::with(plain("x"), |app| app.limits.headers = 500);
    peer.send(fields(500));
    peer.send(fields(501));
    assert_eq!(peer.statuses(), [200, 431]);
}

#[test]
fn no_limit_is_so_high_that_a_peer_can_cause_a_panic() {
    let mut peer = Peer::with(plain("x"), |app| {
        app.limits.headers = usize::MAX;
        app.limits.head = usize::MAX;
        app.limits.target = usize::MAX;
    });
    peer.send(with(&format!(
        "Host: a\r\n{}",
        (0..40_000).map(|n| format!("X{n}: y\r\n")).collect::<String>()
    )));
    assert_eq!(peer.statuses(), [431]);
}

#[test]
fn the_refusal_of_a_head_request_has_no_body() {
    let mut peer = Peer::new(plain("x"));
    peer.send("HEAD / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n");
    assert!(peer.received().ends_with("\r\n\r\n"));
}
