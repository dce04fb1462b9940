use super::*;

/// A response as sent, and what must be read from it.
struct Case {
    wire: &'static [u8],
    head_request: bool,
    status: u16,
    body: &'static [u8],
    closes: bool,
    /// Whether only the end of the connection ends it.
    until_close: bool,
}

const CASES: &[Case] = &[
    Case {
        wire: b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-A: 1\r\n\r\nhello",
        head_request: false,
        status: 200,
        body: b"hello",
        closes: false,
        until_close: false,
    },
    Case {
        wire: b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, Chunked\r\n\r\n\
                3\r\nabc\r\n00a;x=\"y\"\r\n0123456789\r\n0\r\nT: 1\r\nU: 2\r\n\r\n",
        head_request: false,
        status: 200,
        body: b"abc0123456789",
        closes: false,
        until_close: false,
    },
    Case {
        wire: b"HTTP/1.0 404 Not Found\r\nServer: x\r\n\r\ngone",
        head_request: false,
        status: 404,
        body: b"gone",
        closes: true,
        until_close: true,
    },
    Case {
        wire: b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: x, Close\r\n\r\n",
        head_request: true,
        status: 200,
        body: b"",
        closes: true,
        until_close: false,
    },
    Case {
        wire: b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n\
                HTTP/1.1 204 No Content\r\nContent-Length: 7\r\n\r\n",
        head_request: false,
        status: 204,
        body: b"",
        closes: false,
        until_close: false,
    },
    Case {
        wire: b"HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\nETag: \"a\"\r\n\r\n",
        head_request: false,
        status: 304,
        body: b"",
        closes: false,
        until_close: false,
    },
    Case {
        wire: b"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 0\r\n\r\n",
        head_request: false,
        status: 200,
        body: b"",
        closes: false,
        until_close: false,
    },
];

fn check(case: &Case, reader: &mut ResponseReader, last: Progress) {
    if case.until_close {
        assert_eq!(last, Progress::Partial);
        reader.end().unwrap();
    } else {
        assert_eq!(last, Progress::Done { unused: 0 });
    }
    assert_eq!(reader.status(), case.status);
    assert_eq!(reader.closes(), case.closes);
    assert_eq!(reader.body_bytes(), case.body.len() as u64);
    assert_eq!(reader.take_kept().body, case.body.into());
}

#[test]
fn every_response_reads_the_same_however_it_is_split() {
    for case in CASES {
        let mut reader = ResponseReader::keeping(case.head_request);
        for split in 0..=case.wire.len() {
            let (first, second) = case.wire.split_at(split);
            reader.reset();
            let mut last = reader.push(first).unwrap();
            if !second.is_empty() {
                last = reader.push(second).unwrap();
            }
            check(case, &mut reader, last);
        }
        reader.reset();
        let mut last = Progress::Partial;
        for byte in case.wire.chunks(1) {
            last = reader.push(byte).unwrap();
        }
        check(case, &mut reader, last);
    }
}

#[test]
fn bytes_after_the_end_are_reported_and_not_taken() {
    let mut reader = ResponseReader::counting(false);
    let wire = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1";
    assert_eq!(reader.push(wire), Ok(Progress::Done { unused: 8 }));
    let wire = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\nyz";
    reader.reset();
    assert_eq!(reader.push(wire), Ok(Progress::Done { unused: 2 }));
}

#[test]
fn headers_are_kept_of_the_final_response_only() {
    let mut reader = ResponseReader::keeping(false);
    reader.push(b"HTTP/1.1 103 Early Hints\r\nA: 1\r\n\r\nHTTP/1.1 204 No Content\r\nB: 2\r\n\r\n").unwrap();
    assert_eq!(reader.take_kept().headers, [("b".to_owned(), b"2".to_vec())]);
}

#[test]
fn what_is_no_response_is_malformed() {
    for wire in [
        &b"SSH-2.0-OpenSSH_9.9\r\n\r\n"[..],
        b"HTTP/2.0 200 OK\r\n\r\n",
        b"HTTP/1.1 2x0 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nBad Name: 1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: +5\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nxy",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n11111111111111111\r\n",
    ] {
        let whole = ResponseReader::counting(false).push(wire);
        assert!(whole.is_err(), "{}", String::from_utf8_lossy(wire));
        let mut reader = ResponseReader::counting(false);
        let bytewise = wire.chunks(1).find_map(|byte| reader.push(byte).err());
        assert!(bytewise.is_some(), "{}", String::from_utf8_lossy(wire));
    }
}

#[test]
fn an_endless_head_stops_at_its_limit() {
    let mut reader = ResponseReader::counting(false);
    assert_eq!(reader.push(b"HTTP/1.1 200 OK\r\nX: "), Ok(Progress::Partial));
    let piece = [b'a'; 1000];
    let outcome = (0..100).find_map(|_| reader.push(&piece).err());
    assert_eq!(outcome, Some("the response head is longer than 64 KiB"));
}

#[test]
fn a_close_that_comes_early_says_what_it_cut_off() {
    for (wire, error) in [
        (&b"HTTP/1.1 200 OK\r\n"[..], "inside the response head"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell", "before Content-Length"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n", "before the last chunk"),
    ] {
        let mut reader = ResponseReader::counting(false);
        reader.push(wire).unwrap();
        assert!(reader.end().unwrap_err().contains(error));
    }
}

#[test]
fn a_head_is_untouched_until_its_first_byte() {
    let mut reader = ResponseReader::counting(false);
    assert!(reader.is_untouched());
    reader.push(b"H").unwrap();
    assert!(!reader.is_untouched());
    reader.reset();
    assert!(reader.is_untouched());
}
