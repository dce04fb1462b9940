use super::{AnswerReader, Found, State};
use bytes::Bytes;

/// Everything that is found in `bytes`, which come at once or one by one, before they end.
fn read(to_head: bool, bytes: &str, one_by_one: bool) -> Result<AnswerReader, String> {
    let mut reader = AnswerReader::new(to_head);
    let packets: Vec<&[u8]> = bytes.as_bytes().chunks(if one_by_one { 1 } else { bytes.len() }).collect();
    for (at, packet) in packets.iter().enumerate() {
        reader.push(Bytes::copy_from_slice(packet));
        while !matches!(reader.next(at + 1 == packets.len())?, Found::Incomplete | Found::End) {}
    }
    Ok(reader)
}

#[test]
fn an_answer_ends_where_rfc_9112_says() {
    for (to_head, bytes, body) in [
        (false, "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc", Some("abc")),
        (false, "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nabc", None),
        (false, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", Some("")),
        (false, "HTTP/1.1 200 OK\r\n\r\nabc", Some("abc")),
        (
            false,
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n",
            Some("abc"),
        ),
        (false, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n", None),
        (false, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX-Sum: 1\r\n\r\n", Some("")),
        (true, "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n", Some("")),
        (false, "HTTP/1.1 204 No Content\r\n\r\n", Some("")),
        (false, "HTTP/1.1 304 Not Modified\r\nContent-Length: 3\r\n\r\n", Some("")),
        (false, "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na", Some("a")),
        (false, "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n", None),
    ] {
        for one_by_one in [false, true] {
            let reader = read(to_head, bytes, one_by_one).unwrap();
            let got =
                matches!(reader.state, State::Done).then(|| String::from_utf8(reader.body.clone()).unwrap());
            assert_eq!(got.as_deref(), body, "{bytes:?}");
        }
    }
}

#[test]
fn what_a_lenient_client_would_put_right_is_an_error() {
    for bytes in [
        "HTTP/1.0 200 OK\r\n\r\n",
        "HTTP/1.1 2000 OK\r\n\r\n",
        "HTTP/1.1 099 No\r\n\r\n",
        "HTTP/1.1 200 OK\r\nBad Name: 1\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: +3\r\n\r\nabc",
        "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\nabc",
        "HTTP/1.1 200 OK\r\nContent-Length: 3, 3\r\n\r\nabc",
        "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n+1\r\na\r\n0\r\n\r\n",
    ] {
        assert!(read(false, bytes, false).is_err(), "{bytes:?}");
        assert!(read(false, bytes, true).is_err(), "{bytes:?}");
    }
}

#[test]
fn trailers_and_what_comes_behind_are_kept_apart() {
    let mut reader = read(
        false,
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nX-Sum: 1\r\n\r\nmore",
        false,
    )
    .unwrap();
    assert_eq!(reader.trailers["x-sum"], "1");
    assert_eq!(reader.body, b"a");
    assert_eq!(reader.take_rest(), "more");
}
