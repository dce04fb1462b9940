//! What the servers of these tests share.

use std::io::{Read, Write};
use std::net::TcpStream;

/// Answers one request after the other with what `answer` makes, which is told whether the connection is to be closed
/// after it, until it is.
pub(crate) fn answer_each(mut stream: TcpStream, mut answer: impl FnMut(bool) -> Vec<u8>) {
    let mut head = Vec::new();
    let mut byte = [0];
    while stream.read(&mut byte).is_ok_and(|read| read == 1) {
        head.push(byte[0]);
        if !head.ends_with(b"\r\n\r\n") {
            continue;
        }
        let close = String::from_utf8_lossy(&head).contains("connection: close");
        head.clear();
        if stream.write_all(&answer(close)).is_err() || close {
            return;
        }
    }
}
