use super::*;

/// Decodes `input` given in two parts, split at `at`.
fn decode(input: &[u8], at: usize) -> Result<(Vec<u8>, HeaderMap, usize), RequestError> {
    let mut decoder = Chunked::new(&crate::Limits::default());
    let (mut data, mut trailers) = (Vec::new(), HeaderMap::new());
    let mut pending = Bytes::copy_from_slice(&input[..at]);
    let mut more = Some(&input[at..]);
    loop {
        match decoder.next(&mut pending)? {
            Piece::Data(piece) => data.extend_from_slice(&piece),
            Piece::Trailers(map) => trailers = map,
            Piece::End => return Ok((data, trailers, pending.len() + more.map_or(0, <[u8]>::len))),
            Piece::Incomplete => match more.take() {
                Some(rest) => pending = [&pending[..], rest].concat().into(),
                None => return Ok((data, trailers, usize::MAX)),
            },
        }
    }
}

#[test]
fn a_body_is_the_same_however_it_is_split() {
    let input = b"5\r\nhello\r\nA;name=\"value\"\r\n, 10 bytes\r\n0\r\nX-Sum: 15\r\n\r\nGET";
    for at in 0..input.len() {
        let (data, trailers, left) = decode(input, at).unwrap();
        assert_eq!(data, b"hello, 10 bytes", "split at {at}");
        assert_eq!(trailers["x-sum"], "15");
        assert_eq!(left, 3, "the next request is left alone");
    }
}

#[test]
fn what_is_not_chunked_coding_is_refused() {
    let long_line = format!("1{}\r\nx\r\n0\r\n\r\n", " ".repeat(300));
    let long_extension = format!("1;{}\r\nx\r\n0\r\n\r\n", "x".repeat(300));
    let rows: &[(&str, &[u8])] = &[
        ("no digits", b"\r\nx"),
        ("a sign", b"+1\r\nx\r\n0\r\n\r\n"),
        ("a prefix", b"0x1\r\nx\r\n0\r\n\r\n"),
        ("not hexadecimal", b"g\r\n"),
        ("seventeen digits", b"00000000000000001\r\nx\r\n"),
        ("overflow", b"fffffffffffffffff\r\nx"),
        ("a bare LF", b"1\nx\r\n0\r\n\r\n"),
        ("a bare CR", b"1\rx\r\n"),
        ("space without an extension", b"1 \r\nx\r\n0\r\n\r\n"),
        ("data longer than announced", b"1\r\nxy\r\n0\r\n\r\n"),
        ("a control character in an extension", b"1;a=\x01\r\nx\r\n0\r\n\r\n"),
        ("a line without an end", long_line.as_bytes()),
        ("a long extension", long_extension.as_bytes()),
        ("a trailer without a colon", b"0\r\nnothing\r\n\r\n"),
        ("a folded trailer", b"0\r\nA: b\r\n c\r\n\r\n"),
        ("a form feed is no whitespace", b"1\x0c;a\r\nx\r\n0\r\n\r\n"),
        ("a form feed in a trailer", b"0\r\nA:\x0cb\r\n\r\n"),
        ("trailers that end with bare LFs", b"0\r\nA: b\n\nGET"),
        ("an empty line that ends with LF", b"0\r\nA: b\r\n\n"),
    ];
    for (row, input) in rows {
        assert_eq!(decode(input, input.len()).unwrap_err(), RequestError::Chunk, "{row}");
    }
}

#[test]
fn a_trailer_section_is_bounded_like_a_head() {
    let crate::Limits { head, headers, .. } = crate::Limits::default();
    let fields = |count| format!("0\r\n{}\r\n", "A: b\r\n".repeat(count));
    let of_bytes = |length: usize| format!("0\r\nA: {}\r\n\r\n", "b".repeat(length - "A: \r\n\r\n".len()));
    let endless = format!("0\r\n{}", "A: b\r\n".repeat(head));
    for (input, expected) in [
        (fields(headers), None),
        (fields(headers + 1), Some(RequestError::TooManyHeaders(headers))),
        (of_bytes(head), None),
        (of_bytes(head + 1), Some(RequestError::HeadTooLarge(head))),
        (endless, Some(RequestError::HeadTooLarge(head))),
    ] {
        assert_eq!(decode(input.as_bytes(), input.len()).err(), expected, "{} bytes", input.len());
    }
}
