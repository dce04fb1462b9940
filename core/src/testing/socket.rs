//! The client's end of one connection, byte by byte.

use super::client::Shared;
use crate::CloseReason;
use bytes::Bytes;
use std::fmt;

/// The client's end of one connection, for tests of bytes: requests in pieces, pipelines, what is no request at all.
/// [`Client::connect`](super::Client::connect) makes one.
///
/// ```
/// use polyserve_core::{CloseReason, Reply, handler_fn, testing::Client};
/// use std::time::Duration;
///
/// let client = Client::new(handler_fn(|_request| Reply::from("hello")));
/// let socket = client.connect();
/// socket.write("GET / HTT");
/// assert_eq!(socket.read(), "");
/// client.advance(Duration::from_secs(6)); // `Timeouts::head` is 5 s
/// assert!(socket.read().starts_with(b"HTTP/1.1 408 Request Timeout\r\n"));
/// assert!(socket.is_closed());
/// socket.close_write(); // it waits for that, for a moment
/// assert_eq!(socket.close_reason(), Some(CloseReason::HeadTimeout));
/// ```
pub struct Socket {
    world: Shared,
    connection: usize,
}

impl Socket {
    pub(super) fn new(world: Shared) -> Socket {
        let connection = world.borrow_mut().connect();
        Socket { world, connection }
    }

    /// Sends bytes; the server does what it can with them, and no time passes.
    #[track_caller]
    pub fn write(&self, bytes: impl AsRef<[u8]>) {
        let mut world = self.world.borrow_mut();
        world.at(self.connection).wire.send(bytes.as_ref());
        world.settle();
    }

    /// Everything that the server has sent since the last look. No time passes.
    #[track_caller]
    pub fn read(&self) -> Bytes {
        let mut world = self.world.borrow_mut();
        world.settle();
        world.at(self.connection).wire.receive()
    }

    /// At least one more byte, while as much time passes as it takes; nothing when the server has closed its side.
    ///
    /// # Panics
    /// When a handler waits for anything but time for longer than the client's
    /// [patience](super::Client::patience).
    #[track_caller]
    pub fn read_some(&self) -> Bytes {
        self.world.borrow_mut().until(&"more bytes", |world| {
            let conversation = world.at(self.connection);
            let bytes = conversation.wire.receive();
            (!bytes.is_empty() || conversation.is_over()).then_some(bytes)
        })
    }

    /// Everything until the server closes its side, which may take an idle timeout.
    ///
    /// # Panics
    /// As [`read_some`](Socket::read_some).
    #[track_caller]
    pub fn read_to_end(&self) -> Bytes {
        let mut all = Vec::new();
        self.world.borrow_mut().until(&"the end of the connection", |world| {
            let conversation = world.at(self.connection);
            all.extend_from_slice(&conversation.wire.receive());
            conversation.is_over().then_some(())
        });
        all.into()
    }

    /// Sends nothing more; answers can still be read.
    #[track_caller]
    pub fn close_write(&self) {
        let mut world = self.world.borrow_mut();
        world.at(self.connection).wire.client_ended = true;
        world.settle();
    }

    /// Whether the server has closed its side by now. No time passes.
    #[must_use]
    #[track_caller]
    pub fn is_closed(&self) -> bool {
        let mut world = self.world.borrow_mut();
        world.settle();
        world.at(self.connection).is_over()
    }

    /// Why the server has dropped the connection; `None` while it still reads what the client may send. No time
    /// passes.
    #[must_use]
    #[track_caller]
    pub fn close_reason(&self) -> Option<CloseReason> {
        let mut world = self.world.borrow_mut();
        world.settle();
        world.at(self.connection).closed()
    }
}

/// The client leaves: whatever is on its way is lost.
impl Drop for Socket {
    fn drop(&mut self) {
        // The world is in use when a test fails in the middle of it.
        if let Ok(mut world) = self.world.try_borrow_mut() {
            world.leave(self.connection);
        }
    }
}

impl fmt::Debug for Socket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Socket").field("connection", &self.connection).finish_non_exhaustive()
    }
}
