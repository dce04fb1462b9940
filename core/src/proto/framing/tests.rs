use super::*;

fn values<'r>(fields: &[(&'r str, &'r str)], name: &str) -> impl Iterator<Item = &'r [u8]> {
    fields.iter().filter(move |field| field.0 == name).map(|field| field.1.as_bytes())
}

/// What the row is about, the version, the fields, and what is expected.
type HeadRow<'r> = (&'r str, Version, &'r [(&'r str, &'r str)], bool);

const V10: Version = Version::HTTP_10;
const V11: Version = Version::HTTP_11;

#[test]
fn the_request_body_length_is_decided_as_rfc_9112_section_6_3_says() {
    use BodyLength::{Chunked, Exact, None};
    let te = "transfer-encoding";
    let cl = "content-length";
    // (section, version, fields, expected; Err is the status)
    type Row<'r> = (&'r str, Version, &'r [(&'r str, &'r str)], Result<BodyLength, u16>);
    let rows: &[Row<'_>] = &[
        ("6.3 (7): neither field, no body", V11, &[], Ok(None)),
        ("6.2: a length", V11, &[(cl, "5")], Ok(Exact(5))),
        ("6.2: zero", V11, &[(cl, "0")], Ok(None)),
        ("6.2: leading zeros", V11, &[(cl, "0005")], Ok(Exact(5))),
        ("6.2: the largest", V11, &[(cl, "18446744073709551615")], Ok(Exact(u64::MAX))),
        ("6.2: overflow", V11, &[(cl, "18446744073709551616")], Err(400)),
        ("9110 8.6: signed", V11, &[(cl, "+5")], Err(400)),
        ("9110 8.6: negative", V11, &[(cl, "-5")], Err(400)),
        ("9110 8.6: spaced", V11, &[(cl, "5 5")], Err(400)),
        ("9110 8.6: hexadecimal", V11, &[(cl, "0x5")], Err(400)),
        ("9110 8.6: empty", V11, &[(cl, "")], Err(400)),
        ("6.3 (5): a list, even of equals", V11, &[(cl, "5, 5")], Err(400)),
        ("6.3 (5): two fields, even of equals", V11, &[(cl, "5"), (cl, "5")], Err(400)),
        ("6.1: chunked", V11, &[(te, "chunked")], Ok(Chunked)),
        ("6.1: names of codings have no case", V11, &[(te, "Chunked")], Ok(Chunked)),
        ("6.3 (3): both fields", V11, &[(te, "chunked"), (cl, "5")], Err(400)),
        ("6.1: in HTTP/1.0", V10, &[(te, "chunked")], Err(400)),
        ("6.1: chunked twice", V11, &[(te, "chunked, chunked")], Err(400)),
        ("6.1: chunked in two fields", V11, &[(te, "chunked"), (te, "chunked")], Err(400)),
        ("6.1: another coding, final chunked", V11, &[(te, "gzip, chunked")], Err(501)),
        ("6.3 (4): final coding is not chunked", V11, &[(te, "chunked, gzip")], Err(400)),
        ("6.3 (4): identity", V11, &[(te, "identity")], Err(400)),
        ("6.1: a vertical tab is no space", V11, &[(te, "xchunked")], Err(400)),
        ("6.1: with a parameter", V11, &[(te, "chunked;q=1")], Err(400)),
        ("6.1: empty", V11, &[(te, "")], Err(400)),
    ];
    for (row, version, fields, expected) in rows {
        let got = request_body(*version, values(fields, te), values(fields, cl))
            .map_err(|error| error.status().as_u16());
        assert_eq!(got, *expected, "{row}");
    }
}

#[test]
fn a_connection_persists_as_rfc_9112_section_9_3_says() {
    let connection = "connection";
    let rows: &[HeadRow<'_>] = &[
        ("1.1 by default", V11, &[], true),
        ("1.0 by default", V10, &[], false),
        ("1.1 close", V11, &[(connection, "close")], false),
        ("1.1 Close", V11, &[(connection, "Close")], false),
        ("1.0 keep-alive", V10, &[(connection, "Keep-Alive")], true),
        ("a token list", V11, &[(connection, "upgrade , close")], false),
        ("two fields", V11, &[(connection, "keep-alive"), (connection, "close")], false),
        ("close wins", V10, &[(connection, "close, keep-alive")], false),
        ("a token is whole", V11, &[(connection, "closed")], true),
    ];
    for (row, version, fields, expected) in rows {
        assert_eq!(persists(*version, values(fields, connection)), *expected, "{row}");
    }
}

#[test]
fn the_host_is_checked_as_rfc_9112_section_3_2_says() {
    let host = "host";
    let rows: &[HeadRow<'_>] = &[
        ("missing in 1.1", V11, &[], false),
        ("missing in 1.0", V10, &[], true),
        ("empty", V11, &[(host, "")], true),
        ("a name", V11, &[(host, "example.com")], true),
        ("with a port", V11, &[(host, "example.com:8000")], true),
        ("an IPv6 literal", V11, &[(host, "[::1]:8000")], true),
        ("twice", V11, &[(host, "a"), (host, "a")], false),
        ("twice in 1.0", V10, &[(host, "a"), (host, "a")], false),
        ("a list", V11, &[(host, "a, b")], false),
        ("with a path", V11, &[(host, "a/b")], false),
        ("with userinfo", V11, &[(host, "me@a")], false),
        ("with a space", V11, &[(host, "a b")], false),
        ("a port that is no number", V11, &[(host, "a:x")], false),
        ("two ports", V11, &[(host, "a:1:2")], false),
        ("a port without a host", V11, &[(host, ":80")], false),
        ("an open bracket", V11, &[(host, "[::1")], false),
        ("a broken percent-encoding", V11, &[(host, "a%zz")], false),
        ("an empty port", V11, &[(host, "a:")], true),
    ];
    for (row, version, fields, expected) in rows {
        assert_eq!(check_host(*version, values(fields, host)).is_ok(), *expected, "{row}");
    }
}

#[test]
fn the_target_has_one_of_the_four_forms_of_rfc_9112_section_3_2() {
    let rows: &[(&str, &str, Option<u16>)] = &[
        ("GET", "/", None),
        ("GET", "/a?b=c", None),
        ("GET", "//a", None),
        ("GET", "http://example.com/a", None),
        ("GET", "http://example.com", None),
        ("OPTIONS", "*", None),
        ("GET", "*", Some(400)),
        ("GET", "example.com:80", Some(400)),
        ("GET", "a", Some(400)),
        ("GET", "/a#b", Some(400)),
        ("GET", "ftp://example.com/", Some(400)),
        ("CONNECT", "example.com:80", Some(501)),
    ];
    for (method, target, expected) in rows {
        let method = Method::from_bytes(method.as_bytes()).expect("a method");
        let uri = target.parse::<Uri>().expect("a URI");
        let got = check_target(&method, target, &uri).err().map(|error| error.status().as_u16());
        assert_eq!(got, *expected, "{method} {target}");
    }
}

#[test]
fn only_100_continue_is_expected() {
    let rows: &[(Version, &str, Result<bool, u16>)] = &[
        (V11, "100-continue", Ok(true)),
        (V11, "100-Continue", Ok(true)),
        (V11, "200-ok", Err(417)),
        (V10, "100-continue", Ok(false)),
    ];
    for (version, value, expected) in rows {
        let got = expects_continue(*version, std::iter::once(value.as_bytes()));
        assert_eq!(got.map_err(|error| error.status().as_u16()), *expected, "{version:?} {value}");
    }
}

#[test]
fn an_answer_is_framed_as_rfc_9112_section_6_says() {
    let ok = StatusCode::OK;
    let rows = [
        ("a known length", V11, ok, Some(5), AnswerBody::Exact(5)),
        ("an empty body says so", V11, ok, Some(0), AnswerBody::Exact(0)),
        ("a stream", V11, ok, None, AnswerBody::Chunked),
        ("6.1: never chunked to 1.0", V10, ok, None, AnswerBody::UntilClose),
        ("204 has no body", V11, StatusCode::NO_CONTENT, Some(5), AnswerBody::None),
        ("205 has an empty body", V11, StatusCode::RESET_CONTENT, Some(5), AnswerBody::Exact(0)),
        ("205 of a stream, too", V11, StatusCode::RESET_CONTENT, None, AnswerBody::Exact(0)),
        ("304 has no body", V11, StatusCode::NOT_MODIFIED, None, AnswerBody::None),
    ];
    for (row, version, status, exact, expected) in rows {
        assert_eq!(answer_body(version, status, exact), expected, "{row}");
    }
}
