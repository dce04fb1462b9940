use crate::wire::*;
use bytes::Bytes;
use http::{HeaderName, HeaderValue, StatusCode};
use http_body_util::{BodyExt, Full};
use polyserve_core::{Body, Handler, IntoResponse, Reply, Request, Response, Want, handler_fn, time::sleep};
use proptest::{
    collection::vec,
    prelude::*,
    sample::select,
    test_runner::{Config, FileFailurePersistence},
};
use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

fn config(cases: u32) -> Config {
    Config {
        cases,
        // Written only when a case fails; then it is to be committed, and is tried first from then on.
        failure_persistence: Some(Box::new(FileFailurePersistence::Direct(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/tests/it/properties.regressions"
        )))),
        ..Config::default()
    }
}

type Fields = Vec<(String, Vec<u8>)>;

/// Fields of no meaning to the connection. Their values hold every byte that is allowed inside; spaces at the
/// ends do not belong to a value.
fn fields() -> impl Strategy<Value = Fields> {
    let edge = || prop_oneof![b'!'..=b'~', 0x80..=0xFFu8];
    let inner = prop_oneof![Just(b'\t'), b' '..=b'~', 0x80..=0xFFu8];
    let value = prop_oneof![
        1 => Just(Vec::new()),
        4 => (edge(), vec(inner, 0..30), edge()).prop_map(|(first, mut rest, last)| {
            rest.insert(0, first);
            rest.push(last);
            rest
        }),
    ];
    vec(("x-[a-z0-9!#$%&'*+.^_`|~-]{1,12}", value), 0..6)
}

fn sorted(headers: &http::HeaderMap) -> Fields {
    let mut fields: Fields = headers
        .iter()
        .filter(|(name, _)| name.as_str().starts_with("x-"))
        .map(|(name, value)| (name.to_string(), value.as_bytes().to_vec()))
        .collect();
    // A map keeps the order of the values of one name only; so does a stable sort.
    fields.sort_by(|one, another| one.0.cmp(&another.0));
    fields
}

fn sorted_list(mut fields: Fields) -> Fields {
    fields.sort_by(|one, another| one.0.cmp(&another.0));
    fields
}

/// A request as it is sent, and as it must be seen.
#[derive(Debug, Clone)]
struct Asked {
    method: String,
    target: String,
    fields: Fields,
    /// The data, in chunks if it is sent chunked.
    chunks: Vec<Vec<u8>>,
    framing: Framing,
    trailers: Fields,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Framing {
    None,
    Length,
    Chunked,
}

impl Asked {
    fn data(&self) -> Vec<u8> {
        self.chunks.concat()
    }

    fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(format!("{} {} HTTP/1.1\r\nHost: a\r\n", self.method, self.target).as_bytes());
        write_fields(out, &self.fields);
        match self.framing {
            Framing::None => out.extend_from_slice(b"\r\n"),
            Framing::Length => {
                out.extend_from_slice(format!("Content-Length: {}\r\n\r\n", self.data().len()).as_bytes());
                out.extend_from_slice(&self.data());
            }
            Framing::Chunked => {
                out.extend_from_slice(b"Transfer-Encoding: chunked\r\n\r\n");
                for chunk in &self.chunks {
                    out.extend_from_slice(format!("{:X};x=\"y\"\r\n", chunk.len()).as_bytes());
                    out.extend_from_slice(chunk);
                    out.extend_from_slice(b"\r\n");
                }
                out.extend_from_slice(b"0\r\n");
                write_fields(out, &self.trailers);
                out.extend_from_slice(b"\r\n");
            }
        }
    }
}

fn write_fields(out: &mut Vec<u8>, fields: &Fields) {
    for (name, value) in fields {
        out.extend_from_slice(name.as_bytes());
        out.extend_from_slice(b": ");
        out.extend_from_slice(value);
        out.extend_from_slice(b"\r\n");
    }
}

fn asked() -> impl Strategy<Value = Asked> {
    let method =
        select(vec!["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "BREW", "get", "M-SEARCH"]);
    let target = "(http://[a-z]{1,8}(:[0-9]{1,4})?)?/([a-zA-Z0-9/._~!$&'()*+,;=:@-]|%[0-9a-fA-F]{2}){0,30}(\\?[a-z0-9=&/?]{0,20})?";
    let framing = select(vec![Framing::None, Framing::Length, Framing::Chunked]);
    let chunks = vec(vec(any::<u8>(), 1..200), 0..5);
    (method, target, fields(), chunks, framing, fields()).prop_map(
        |(method, target, fields, mut chunks, framing, mut trailers)| {
            if framing == Framing::None {
                chunks.clear();
            }
            if framing != Framing::Chunked {
                trailers.clear();
            }
            Asked { method: method.into(), target, fields, chunks, framing, trailers }
        },
    )
}

/// What the handler was called with.
#[derive(Debug, PartialEq)]
struct Seen {
    method: String,
    target: String,
    fields: Fields,
    data: Vec<u8>,
    trailers: Fields,
}

/// Notes each request and answers with its body, after waiting if the path has an even length.
fn noting(seen: Arc<Mutex<Vec<Seen>>>) -> impl Handler {
    asynchronous(move |request: Request| {
        let seen = seen.clone();
        async move {
            let (head, body) = request.into_parts();
            if head.uri.path().len() % 2 == 0 {
                sleep(Duration::ZERO).await;
            }
            let collected = body.collect().await.unwrap();
            let trailers = collected.trailers().map(sorted).unwrap_or_default();
            let data = collected.to_bytes();
            seen.lock().unwrap().push(Seen {
                method: head.method.to_string(),
                target: head.uri.to_string(),
                fields: sorted(&head.headers),
                data: data.to_vec(),
                trailers,
            });
            data.into_response()
        }
    })
}

/// `bytes` in packets of these lengths, again and again.
fn queue(peer: &mut Peer, mut bytes: &[u8], lengths: &[usize]) {
    for length in lengths.iter().cycle() {
        if bytes.is_empty() {
            return;
        }
        let (packet, rest) = bytes.split_at(bytes.len().min(*length));
        peer.queue(packet);
        bytes = rest;
    }
}

/// An answer as a client that shares no code with the server reads it.
#[derive(Debug)]
struct Read {
    status: u16,
    /// In the order of the wire, `Date` and names in capitals included.
    fields: Fields,
    data: Vec<u8>,
    trailers: Fields,
}

impl Read {
    fn field(&self, name: &str) -> Option<&str> {
        let mut values = self.fields.iter().filter(|(other, _)| other.eq_ignore_ascii_case(name));
        let value = values.next().map(|(_, value)| std::str::from_utf8(value).unwrap());
        assert!(values.next().is_none(), "{name} twice: {self:?}");
        value
    }

    fn own_fields(&self) -> Fields {
        own(&self.fields)
    }
}

fn own(fields: &Fields) -> Fields {
    let lower = |(name, value): &(String, Vec<u8>)| (name.to_ascii_lowercase(), value.clone());
    sorted_list(fields.iter().map(lower).filter(|(name, _)| name.starts_with("x-")).collect())
}

/// RFC 9112 section 6.3, from the client's side. `ended`: nothing more will come.
fn read(bytes: &mut &[u8], head_only: bool) -> Read {
    let mut slots = [httparse::EMPTY_HEADER; 50];
    let mut head = httparse::Response::new(&mut slots);
    let length = head.parse(bytes).unwrap().unwrap();
    let fields = head.headers.iter().map(|field| (field.name.to_owned(), field.value.to_vec())).collect();
    let mut answer = Read { status: head.code.unwrap(), fields, data: Vec::new(), trailers: Vec::new() };
    *bytes = &bytes[length..];
    if head_only || matches!(answer.status, 204 | 304) {
        return answer;
    }
    if answer.field("transfer-encoding") == Some("chunked") {
        loop {
            let httparse::Status::Complete((start, size)) = httparse::parse_chunk_size(bytes).unwrap() else {
                panic!("no chunk size in {bytes:?}")
            };
            *bytes = &bytes[start..];
            if size == 0 {
                break;
            }
            let (chunk, rest) = bytes.split_at(size as usize);
            answer.data.extend_from_slice(chunk);
            *bytes = rest.strip_prefix(b"\r\n").unwrap();
        }
        let mut slots = [httparse::EMPTY_HEADER; 50];
        let (length, fields) = httparse::parse_headers(bytes, &mut slots).unwrap().unwrap();
        answer.trailers =
            own(&fields.iter().map(|field| (field.name.to_owned(), field.value.to_vec())).collect());
        *bytes = &bytes[length..];
        return answer;
    }
    let length = answer.field("content-length").map_or(bytes.len(), |length| length.parse().unwrap());
    let (data, rest) = bytes.split_at(length);
    answer.data = data.to_vec();
    *bytes = rest;
    answer
}

proptest! {
    #![proptest_config(config(256))]

    #[test]
    fn requests_are_seen_as_they_were_sent_and_answered_in_their_order(
        requests in vec(asked(), 1..5),
        packets in vec(1..100usize, 1..6),
        per_write in 1..500usize,
    ) {
        let mut bytes = Vec::new();
        requests.iter().for_each(|request| request.write(&mut bytes));
        let seen = Arc::<Mutex<Vec<Seen>>>::default();
        let mut peer = Peer::new(noting(seen.clone()));
        peer.wire.per_write = per_write;
        queue(&mut peer, &bytes, &packets);
        prop_assert_eq!(peer.run(), Want::Read);
        prop_assert!(peer.connection.is_idle());

        let expected: Vec<Seen> = requests
            .iter()
            .map(|request| Seen {
                method: request.method.clone(),
                target: request.target.clone(),
                fields: sorted_list(request.fields.clone()),
                data: request.data(),
                trailers: sorted_list(request.trailers.clone()),
            })
            .collect();
        prop_assert_eq!(&*seen.lock().unwrap(), &expected);

        let mut received = &peer.wire.received[..];
        for request in &requests {
            let answer = read(&mut received, request.method == "HEAD");
            prop_assert_eq!(answer.status, 200);
            prop_assert_eq!(answer.data, if request.method == "HEAD" { Vec::new() } else { request.data() });
        }
        prop_assert!(received.is_empty());
    }
}

/// An answer as a handler makes it.
#[derive(Debug, Clone)]
struct Answer {
    status: u16,
    fields: Fields,
    pieces: Vec<Vec<u8>>,
    body: Kind,
    trailers: Fields,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Kind {
    /// In memory.
    Whole,
    /// A stream that knows its length.
    Measured,
    /// A stream that does not.
    Streamed,
    /// A foreign body that ends with trailers.
    WithTrailers,
}

fn answer() -> impl Strategy<Value = Answer> {
    // 1xx is no answer; 204, 205 and 304 have no content, and are as likely as the rest.
    let status = prop_oneof![3 => 200..=999u16, 1 => select(vec![204u16, 205, 304])];
    let piece = prop_oneof![9 => vec(any::<u8>(), 0..50), 1 => vec(any::<u8>(), 4000..5000)];
    let kind = select(vec![Kind::Whole, Kind::Measured, Kind::Streamed, Kind::WithTrailers]);
    (status, fields(), vec(piece, 0..5), kind, fields()).prop_map(
        |(status, fields, pieces, body, trailers)| Answer { status, fields, pieces, body, trailers },
    )
}

impl Answer {
    fn response(&self) -> Response {
        let pieces = self.pieces.clone();
        let streamed = Body::stream(|mut out| async move {
            for (n, piece) in pieces.into_iter().enumerate() {
                if n % 2 == 1 {
                    sleep(Duration::ZERO).await;
                }
                out.send(piece).await;
            }
            Ok(())
        });
        let mut response = Response::new(match self.body {
            Kind::Whole => Body::from(self.pieces.concat()),
            Kind::Measured => Body::new(Full::new(Bytes::from(self.pieces.concat()))),
            Kind::Streamed => streamed,
            Kind::WithTrailers => {
                let trailers = map(&self.trailers);
                Body::new(streamed.with_trailers(async move { Some(Ok(trailers)) }))
            }
        });
        *response.status_mut() = StatusCode::from_u16(self.status).unwrap();
        *response.headers_mut() = map(&self.fields);
        response
    }

    fn has_content(&self) -> bool {
        !matches!(self.status, 204 | 205 | 304)
    }
}

fn map(fields: &Fields) -> http::HeaderMap {
    let field = |(name, value): &(String, Vec<u8>)| {
        (HeaderName::from_bytes(name.as_bytes()).unwrap(), HeaderValue::from_bytes(value).unwrap())
    };
    let mut map = http::HeaderMap::new();
    for (name, value) in fields.iter().map(field) {
        map.append(name, value);
    }
    map
}

proptest! {
    #![proptest_config(config(400))]

    #[test]
    fn answers_are_read_as_they_were_made(
        answer in answer(),
        method in select(vec!["GET", "HEAD"]),
        version in select(vec!["1.0", "1.1"]),
        keep_alive: bool,
        per_write in 1..3000usize,
    ) {
        let made = answer.clone();
        let handler = handler_fn(move |_| Reply::Ready(made.response()));
        let mut peer = Peer::new(handler);
        peer.wire.per_write = per_write;
        let connection = if keep_alive { "keep-alive" } else { "close" };
        let request = format!("{method} / HTTP/{version}\r\nHost: a\r\nConnection: {connection}\r\n\r\n");
        let want = peer.send(&request);

        let head_only = method == "HEAD";
        let wire = std::mem::take(&mut peer.wire.received);
        let mut received = &wire[..];
        let got = read(&mut received, head_only);
        prop_assert!(received.is_empty(), "{:?} behind {:?}", received, got);
        prop_assert_eq!(got.status, answer.status);
        prop_assert_eq!(got.own_fields(), sorted_list(answer.fields.clone()));
        prop_assert!(got.field("date").is_some());
        let sent = if answer.has_content() && !head_only { answer.pieces.concat() } else { Vec::new() };
        prop_assert_eq!(&got.data, &sent);

        // How its end is told, which HEAD is told as well.
        let unmeasured = matches!(answer.body, Kind::Streamed | Kind::WithTrailers);
        let length = got.field("content-length").map(|length| length.parse::<usize>().unwrap());
        let chunked = got.field("transfer-encoding").is_some();
        let expected = match answer.status {
            204 | 304 => (None, false),
            205 => (Some(0), false),
            _ if unmeasured => (None, version == "1.1"),
            _ => (Some(answer.pieces.concat().len()), false),
        };
        prop_assert_eq!((length, chunked), expected);
        let trailers = chunked && !head_only && answer.body == Kind::WithTrailers;
        prop_assert_eq!(&got.trailers, &if trailers { sorted_list(answer.trailers.clone()) } else { Vec::new() });

        // What it says about the connection is what becomes of it.
        let until_close = answer.has_content() && unmeasured && version == "1.0" && !head_only;
        let goes_on = keep_alive && !until_close;
        match (goes_on, version) {
            (true, "1.1") => prop_assert_eq!(got.field("connection"), None),
            (true, _) => prop_assert_eq!(got.field("connection"), Some("keep-alive")),
            (false, _) => prop_assert_eq!(got.field("connection"), Some("close")),
        }
        prop_assert_eq!(matches!(want, Want::Read), goes_on, "{:?}", want);
        if goes_on {
            peer.send(&request);
            let again = std::mem::take(&mut peer.wire.received);
            prop_assert_eq!(without_dates(&again), without_dates(&wire));
        }
    }
}

/// Lines of a head, most of them right, and many of fields that frame the request.
fn lines() -> impl Strategy<Value = Vec<String>> {
    let names = vec![
        "Host",
        "host",
        "Content-Length",
        "Transfer-Encoding",
        "Connection",
        "Expect",
        "X-A",
        "x_b",
        "a b",
        "",
    ];
    let values = vec![
        "a",
        "a:80",
        "a b",
        "5",
        "05",
        "chunked",
        "close",
        "100-continue",
        "",
        "\u{7f}",
        "é",
        "\tx ",
        "5,5",
    ];
    vec((select(names), select(vec![": ", ":", " :"]), select(values)), 0..5).prop_map(|lines| {
        lines.into_iter().map(|(name, colon, value)| format!("{name}{colon}{value}")).collect()
    })
}

proptest! {
    #![proptest_config(config(2000))]

    #[test]
    fn a_handler_that_reads_no_headers_is_called_for_the_same_requests(lines in lines(), host: bool) {
        let host = if host { "Host: a\r\n" } else { "" };
        let lines: String = lines.iter().map(|line| format!("{line}\r\n")).collect();
        let request = format!("POST / HTTP/1.1\r\n{host}{lines}\r\n5\r\nhello\r\n0\r\n\r\n");
        let answers = [true, false].map(|headers| {
            converse(Reads { headers, answer: |_| Reply::from("hello") }, &request)
        });
        prop_assert_eq!(&answers[0], &answers[1]);
    }
}
