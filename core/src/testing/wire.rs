//! The socket: bytes on their way, in both directions, with as much room as a kernel would give.

use bytes::Bytes;
use std::{
    collections::VecDeque,
    io::{self, ErrorKind, Read, Write},
};

/// With so many bytes of an answer on their way, somebody has to read before there are more: a stream that never ends
/// comes to rest here. What is written before is taken as a whole, so that no chunk is cut in two.
const ROOM: usize = 64 * 1024;

/// What client and server have sent and the other has not read.
#[derive(Debug, Default)]
pub(super) struct Wire {
    to_server: VecDeque<u8>,
    to_client: Vec<u8>,
    /// The client sends nothing any more.
    pub(super) client_ended: bool,
    /// The client has gone: it takes nothing any more, either.
    pub(super) client_gone: bool,
    /// The server sends nothing any more.
    pub(super) server_ended: bool,
    /// The server's end is a reset: nothing that it ends is whole.
    pub(super) reset: bool,
}

impl Wire {
    pub(super) fn send(&mut self, bytes: &[u8]) {
        self.to_server.extend(bytes);
    }

    /// Everything that the server has sent since the last look.
    pub(super) fn receive(&mut self) -> Bytes {
        std::mem::take(&mut self.to_client).into()
    }

    pub(super) fn has_news_for_client(&self) -> bool {
        !self.to_client.is_empty()
    }

    pub(super) fn is_readable(&self) -> bool {
        !self.to_server.is_empty() || self.client_ended
    }

    pub(super) fn has_room(&self) -> bool {
        self.client_gone || self.to_client.len() < ROOM
    }
}

/// The server reads.
impl Read for Wire {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.to_server.is_empty() && !self.client_ended {
            return Err(ErrorKind::WouldBlock.into());
        }
        self.to_server.read(buffer)
    }
}

/// The server writes.
impl Write for Wire {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.client_gone {
            return Err(ErrorKind::BrokenPipe.into());
        }
        self.to_client.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
