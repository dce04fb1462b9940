//! Answers into bytes.

use super::{
    date,
    framing::{AnswerBody, is_connection_field},
};
use crate::ContentType;
use http::{HeaderMap, StatusCode, header};
use std::{io::Write, time::Instant};

/// Whether, and how, the answer's head says what becomes of the connection (RFC 9112 section 9.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ConnectionField {
    /// HTTP/1.1 goes on: the default, so nothing is said.
    Unsaid,
    /// HTTP/1.0 goes on: it must be said.
    KeepAlive,
    /// It ends after this answer.
    Close,
}

/// The only interim answer that is sent (RFC 9110 section 15.2.1).
pub(crate) const CONTINUE: &[u8] = b"HTTP/1.1 100 Continue\r\n\r\n";

/// Appends the head of an answer.
///
/// Field names are written in their customary capitals (`Content-Type`): names are case-insensitive, but
/// old clients, ab among them, look for that spelling.
pub(crate) fn head(
    out: &mut Vec<u8>,
    status: StatusCode,
    headers: &HeaderMap,
    body: AnswerBody,
    connection: ConnectionField,
    now: Instant,
) {
    if status == StatusCode::OK {
        out.extend_from_slice(b"HTTP/1.1 200 OK\r\n");
    } else {
        out.extend_from_slice(b"HTTP/1.1 ");
        out.extend_from_slice(status.as_str().as_bytes());
        out.push(b' ');
        out.extend_from_slice(status.canonical_reason().unwrap_or_default().as_bytes());
        out.extend_from_slice(b"\r\n");
    }
    let mut dated = false;
    for (name, value) in headers {
        if *name == header::CONTENT_TYPE {
            // The one that nearly every answer has.
            out.extend_from_slice(b"Content-Type: ");
        } else if is_connection_field(name) {
            continue;
        } else {
            dated |= *name == header::DATE;
            field_name(out, name.as_str());
            out.extend_from_slice(b": ");
        }
        out.extend_from_slice(value.as_bytes());
        out.extend_from_slice(b"\r\n");
    }
    match body {
        AnswerBody::Exact(length) => {
            out.extend_from_slice(b"Content-Length: ");
            decimal(out, length);
            out.extend_from_slice(b"\r\n");
        }
        AnswerBody::Chunked => out.extend_from_slice(b"Transfer-Encoding: chunked\r\n"),
        AnswerBody::None | AnswerBody::UntilClose => {}
    }
    match connection {
        ConnectionField::Unsaid => {}
        ConnectionField::KeepAlive => out.extend_from_slice(b"Connection: keep-alive\r\n"),
        ConnectionField::Close => out.extend_from_slice(b"Connection: close\r\n"),
    }
    if dated {
        out.extend_from_slice(b"\r\n");
    } else {
        // The end of the line before is part of it.
        out.truncate(out.len() - 2);
        date::write_end(out, now);
    }
}

/// Appends the head of an answer that is a body with its content type: what [`head`] would, were it a response.
#[inline]
pub(crate) fn full_head(
    out: &mut Vec<u8>,
    content_type: ContentType,
    length: u64,
    connection: ConnectionField,
    now: Instant,
) {
    out.extend_from_slice(content_type.first_lines().as_bytes());
    decimal(out, length);
    match connection {
        ConnectionField::Unsaid => {}
        ConnectionField::KeepAlive => out.extend_from_slice(b"\r\nConnection: keep-alive"),
        ConnectionField::Close => out.extend_from_slice(b"\r\nConnection: close"),
    }
    date::write_end(out, now);
}

/// Appends the line before a chunk's data; the data needs a CRLF behind it.
pub(crate) fn chunk_size(out: &mut Vec<u8>, length: usize) {
    write!(out, "{length:x}\r\n").expect("a Vec takes every write");
}

/// Appends the end of a chunked body.
pub(crate) fn last_chunk(out: &mut Vec<u8>, trailers: Option<&HeaderMap>) {
    out.extend_from_slice(b"0\r\n");
    for (name, value) in trailers.into_iter().flatten() {
        // Framing and routing fields are never trailers (RFC 9110 section 6.5.1).
        if is_connection_field(name) || *name == header::HOST {
            continue;
        }
        field_name(out, name.as_str());
        out.extend_from_slice(b": ");
        out.extend_from_slice(value.as_bytes());
        out.extend_from_slice(b"\r\n");
    }
    out.extend_from_slice(b"\r\n");
}

/// `content-type` as `Content-Type`.
fn field_name(out: &mut Vec<u8>, name: &str) {
    let start = out.len();
    out.extend_from_slice(name.as_bytes());
    let mut before = b'-';
    for byte in &mut out[start..] {
        if before == b'-' {
            byte.make_ascii_uppercase();
        }
        before = *byte;
    }
}

#[inline]
fn decimal(out: &mut Vec<u8>, number: u64) {
    out.extend_from_slice(itoa::Buffer::new().format(number).as_bytes());
}

#[cfg(test)]
mod tests;
