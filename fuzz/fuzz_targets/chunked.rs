//! Chunked bodies: whatever the chunks, extensions and trailers, the data comes out as it went in, and damage does
//! not read differently in other portions.
#![no_main]

use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;
use polyserve_fuzz::{Journal, collecting, converse, cut};

#[derive(Debug, Arbitrary)]
struct Message {
    chunks: Vec<Chunk>,
    zeros: u8,
    last_extension: Vec<u8>,
    trailers: Vec<(Vec<u8>, Vec<u8>)>,
    packets: Vec<u8>,
    /// A byte of the body that is replaced.
    damage: Option<(u16, u8)>,
}

#[derive(Debug, Arbitrary)]
struct Chunk {
    data: Vec<u8>,
    zeros: u8,
    upper: bool,
    extension: Vec<u8>,
}

/// The decoder's bounds: 16 digits of size, a line of 256 bytes, 8 KiB and 100 fields of trailers.
const DIGITS: usize = 16;
const EXTENSION: usize = 256 - DIGITS - 2;
const TRAILERS: usize = 8 * 1024 - 2;
const TRAILER_FIELDS: usize = 100;
/// The bytes of a field name, as it is read back.
const TOKEN: &[u8] = b"!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz";

/// `chunk-ext`, as loosely as it is read: anything that is no control character, behind a semicolon.
fn extension(bytes: &[u8]) -> Vec<u8> {
    if bytes.is_empty() {
        return Vec::new();
    }
    let text = bytes.iter().copied().filter(|byte| matches!(byte, b'\t' | b' '..=b'~' | 0x80..));
    b" ;".iter().copied().chain(text).take(EXTENSION).collect()
}

fn size(length: usize, zeros: u8, upper: bool) -> String {
    let digits = if upper { format!("{length:X}") } else { format!("{length:x}") };
    let zeros = usize::from(zeros) % (DIGITS + 1 - digits.len());
    "0".repeat(zeros) + &digits
}

/// A valid name and value made of any bytes; the value as it is after trimming.
fn trailer(name: &[u8], value: &[u8]) -> (String, Vec<u8>) {
    let name = name.iter().take(40).map(|byte| char::from(TOKEN[usize::from(*byte) % TOKEN.len()])).collect();
    let value: Vec<u8> =
        value.iter().copied().filter(|byte| matches!(byte, b'\t' | b' '..=b'~' | 0x80..)).collect();
    (name, value.trim_ascii().to_vec())
}

fuzz_target!(|message: Message| {
    let mut wire = b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec();
    let body = wire.len();
    let mut data = Vec::new();
    for chunk in message.chunks.iter().filter(|chunk| !chunk.data.is_empty()) {
        wire.extend_from_slice(size(chunk.data.len(), chunk.zeros, chunk.upper).as_bytes());
        wire.extend_from_slice(&extension(&chunk.extension));
        wire.extend_from_slice(b"\r\n");
        wire.extend_from_slice(&chunk.data);
        wire.extend_from_slice(b"\r\n");
        data.extend_from_slice(&chunk.data);
    }
    wire.extend_from_slice(size(0, message.zeros, false).as_bytes());
    wire.extend_from_slice(&extension(&message.last_extension));
    wire.extend_from_slice(b"\r\n");
    let mut trailers = http::HeaderMap::new();
    let mut length = 0;
    for (name, value) in message.trailers.iter().take(TRAILER_FIELDS) {
        let (name, value) = trailer(name, value);
        length += name.len() + value.len() + 4;
        if name.is_empty() || length > TRAILERS {
            break;
        }
        wire.extend_from_slice(format!("{name}: ").as_bytes());
        wire.extend_from_slice(&value);
        wire.extend_from_slice(b"\r\n");
        let name = http::HeaderName::from_bytes(name.as_bytes()).expect("a token");
        trailers.append(name, http::HeaderValue::from_bytes(&value).expect("no control character"));
    }
    wire.extend_from_slice(b"\r\n");
    let trailers: Vec<_> =
        trailers.iter().map(|(name, value)| (name.to_string(), value.as_bytes().to_vec())).collect();

    let damaged = message.damage.map(|(at, byte)| {
        let at = body + usize::from(at) % (wire.len() - body);
        std::mem::replace(&mut wire[at], byte) != byte
    });
    wire.extend_from_slice(b"GET /next HTTP/1.1\r\nHost: a\r\n\r\n");

    let journal = Journal::default();
    let whole = converse(collecting(journal.clone()), [&wire[..]]);
    let seen = journal.take();
    let split = converse(collecting(journal.clone()), cut(&wire, &message.packets));
    assert_eq!(journal.take(), seen);
    assert_eq!(split, whole);
    if damaged != Some(true) {
        let [request, next] = &seen[..] else { panic!("not two requests: {seen:?}, {whole:?}") };
        assert_eq!(request.body.escape_ascii().to_string(), data.escape_ascii().to_string());
        assert_eq!(request.trailers, trailers);
        assert_eq!(next.target, "/next");
    }
});
