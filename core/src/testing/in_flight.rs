//! A request that was sent, and what has come back so far.

use super::{
    BrokenOff, Response,
    answer::{AnswerReader, Found, says_close},
    client::Shared,
    world::World,
};
use crate::CloseReason;
use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use std::fmt;

/// A request in flight: its body can still be sent, its answer is read as it comes.
///
/// Dropped before its answer has been read, it closes its connection, as a client does that leaves.
///
/// ```
/// use polyserve_core::{Body, Reply, handler_fn, testing::Client, time::sleep};
/// use std::time::Duration;
///
/// let client = Client::new(handler_fn(|_request| {
///     Reply::from(Body::stream(|mut out| async move {
///         out.send("one").await;
///         sleep(Duration::from_secs(60)).await;
///         out.send("two").await;
///         Ok(())
///     }))
/// }));
/// let mut request = client.get("/").start();
/// assert_eq!(request.next_chunk().unwrap(), "one");
/// assert_eq!(client.elapsed(), Duration::ZERO);
/// assert_eq!(request.next_chunk().unwrap(), "two");
/// assert_eq!(client.elapsed(), Duration::from_secs(60));
/// assert_eq!(request.next_chunk(), None);
/// ```
pub struct InFlight {
    world: Shared,
    connection: usize,
    /// Method and target, for messages.
    request: String,
    upload: Upload,
    reader: AnswerReader,
    /// The connection was kept for another request, or left.
    released: bool,
}

/// What is still to be sent of the body.
#[derive(Debug)]
pub(super) enum Upload {
    Sent,
    Whole(Bytes),
    Chunks,
    Pieces,
}

impl InFlight {
    #[track_caller]
    pub(super) fn new(
        world: Shared,
        request: String,
        to_head: bool,
        head: Vec<u8>,
        upload: Upload,
        expects: bool,
    ) -> InFlight {
        let connection = {
            let mut world = world.borrow_mut();
            let connection = world.connect_or_reuse();
            world.at(connection).wire.send(&head);
            connection
        };
        let mut this = InFlight {
            world,
            connection,
            request,
            upload,
            reader: AnswerReader::new(to_head),
            released: false,
        };
        if !expects {
            this.send_whole();
        }
        this.world.borrow_mut().settle();
        this
    }

    /// Sends a piece of the body; the handler runs as far as it can, and no time passes.
    ///
    /// # Panics
    /// When the request was not made with [`body_in_pieces`](super::RequestBuilder::body_in_pieces), or its body is
    /// over.
    #[track_caller]
    pub fn write(&mut self, piece: impl AsRef<[u8]>) {
        let piece = piece.as_ref();
        match self.upload {
            // An empty chunk would be the last.
            Upload::Chunks if piece.is_empty() => {}
            Upload::Chunks => {
                self.push(&[format!("{:x}\r\n", piece.len()).as_bytes(), piece, b"\r\n"].concat());
            }
            Upload::Pieces => self.push(piece),
            Upload::Sent | Upload::Whole(_) => {
                panic!("the body of {} is over, or was not begun with `body_in_pieces()`", self.request)
            }
        }
    }

    /// Ends the body.
    #[track_caller]
    pub fn finish(&mut self) {
        self.finish_with(&HeaderMap::new());
    }

    /// Ends the body with trailers (RFC 9112 section 7.1.2). Only a chunked body can have some.
    #[track_caller]
    pub fn finish_with(&mut self, trailers: &HeaderMap) {
        let chunked = matches!(self.upload, Upload::Chunks);
        assert!(chunked || trailers.is_empty(), "only a chunked body has trailers");
        self.upload = Upload::Sent;
        if chunked {
            let mut end = b"0\r\n".to_vec();
            for (name, value) in trailers {
                end.extend_from_slice(&[name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"].concat());
            }
            end.extend_from_slice(b"\r\n");
            self.push(&end);
        }
    }

    /// Whether the answer has begun by now. No time passes.
    #[track_caller]
    pub fn is_answered(&mut self) -> bool {
        let world = self.world.clone();
        let mut world = world.borrow_mut();
        world.settle();
        while self.reader.head.is_none() {
            // An answer that is none is reported to whoever reads it.
            let Some(Ok(_)) = self.step(&mut world) else { return false };
        }
        true
    }

    /// Whether the server has said `100 Continue` by now. No time passes.
    #[track_caller]
    pub fn is_continued(&mut self) -> bool {
        self.is_answered();
        self.reader.interim.contains(&StatusCode::CONTINUE)
    }

    /// The answer's status; its body may be still to come.
    ///
    /// # Panics
    /// As [`send`](super::RequestBuilder::send).
    #[track_caller]
    pub fn status(&mut self) -> StatusCode {
        self.head().0
    }

    /// The answer's headers; its body may be still to come.
    ///
    /// # Panics
    /// As [`send`](super::RequestBuilder::send).
    #[track_caller]
    pub fn headers(&mut self) -> &HeaderMap {
        &self.head().1
    }

    #[track_caller]
    fn head(&mut self) -> &(StatusCode, HeaderMap) {
        while self.reader.head.is_none() {
            if let Err(error) = self.next("the answer to") {
                panic!("{error}");
            }
        }
        self.reader.head.as_ref().expect("it was waited for")
    }

    /// The next piece of the body: of a chunked one, the next chunk. `None` at its end. As much time passes as that
    /// takes.
    ///
    /// # Panics
    /// As [`send`](super::RequestBuilder::send).
    #[track_caller]
    pub fn next_chunk(&mut self) -> Option<Bytes> {
        match self.try_next_chunk() {
            Ok(chunk) => chunk,
            Err(error) => panic!("{error}"),
        }
    }

    /// As [`next_chunk`](InFlight::next_chunk), where the server may break off.
    ///
    /// # Errors
    /// When the answer is malformed, or ends before its end.
    #[track_caller]
    pub fn try_next_chunk(&mut self) -> Result<Option<Bytes>, BrokenOff> {
        loop {
            match self.next("the next piece of the answer to")? {
                Found::Data(data) => return Ok(Some(data)),
                Found::End => return Ok(None),
                _ => {}
            }
        }
    }

    /// The whole answer, with what was read of it already. As much time passes as that takes. A body that was begun
    /// with [`body_in_pieces`](super::RequestBuilder::body_in_pieces) and not finished stays unfinished.
    ///
    /// # Panics
    /// As [`send`](super::RequestBuilder::send).
    #[must_use]
    #[track_caller]
    pub fn response(self) -> Response {
        match self.try_response() {
            Ok(response) => response,
            Err(error) => panic!("{error}"),
        }
    }

    /// As [`response`](InFlight::response), where the server may break off.
    ///
    /// # Errors
    /// When the answer is malformed, or ends before its end.
    #[track_caller]
    pub fn try_response(mut self) -> Result<Response, BrokenOff> {
        while self.next("the answer to")? != Found::End {}
        let reader = std::mem::replace(&mut self.reader, AnswerReader::new(false));
        let request = std::mem::take(&mut self.request);
        Ok(Response::of(request, reader).expect("the end is behind the head"))
    }

    #[track_caller]
    fn push(&mut self, bytes: &[u8]) {
        let mut world = self.world.borrow_mut();
        world.at(self.connection).wire.send(bytes);
        world.settle();
    }

    fn send_whole(&mut self) {
        if let Upload::Whole(body) = &self.upload {
            self.world.borrow_mut().at(self.connection).wire.send(body);
            self.upload = Upload::Sent;
        }
    }

    /// The next of the answer, which takes as long as it takes.
    #[track_caller]
    fn next(&mut self, what: &str) -> Result<Found, BrokenOff> {
        let what = format!("{what} {}", self.request);
        let world = self.world.clone();
        let found = world.borrow_mut().until(&what, |world| self.step(world))?;
        // A body that was held back follows.
        if found == Found::Interim && self.reader.interim.last() == Some(&StatusCode::CONTINUE) {
            self.send_whole();
        }
        Ok(found)
    }

    /// The next of what is here.
    fn step(&mut self, world: &mut World) -> Option<Result<Found, BrokenOff>> {
        if self.released {
            return Some(Ok(Found::End));
        }
        // What is here already goes first: behind a stream that is ahead of its reader, more is no news.
        let conversation = world.at(self.connection);
        let mut found = self.reader.next(false);
        if found == Ok(Found::Incomplete) {
            self.reader.push(conversation.wire.receive());
            found = self.reader.next(conversation.is_over());
        }
        let (over, closed) = (conversation.is_over(), conversation.closed());
        match found {
            Ok(Found::Incomplete) if over => Some(Err(self.broken_off("it ended before its end", closed))),
            Ok(Found::Incomplete) => None,
            Ok(Found::End) => {
                self.release(world, over);
                let rest = self.reader.take_rest();
                Some(if rest.is_empty() {
                    Ok(Found::End)
                } else {
                    Err(self.broken_off(&format!("{rest:?} came behind its end"), closed))
                })
            }
            Ok(found) => Some(Ok(found)),
            Err(problem) => Some(Err(self.broken_off(&problem, closed))),
        }
    }

    /// The connection is kept for another request, as far as both sides allow it.
    fn release(&mut self, world: &mut World, over: bool) {
        self.released = true;
        let sent = matches!(self.upload, Upload::Sent);
        let last = self.reader.head.as_ref().is_none_or(|(_, headers)| says_close(headers));
        if sent && !last && !over {
            world.keep(self.connection);
        } else {
            world.leave(self.connection);
        }
    }

    fn broken_off(&self, problem: &str, closed: Option<CloseReason>) -> BrokenOff {
        let (request, received) = (self.request.clone(), self.reader.seen.clone());
        BrokenOff { request, problem: problem.into(), received, closed }
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        // The world is in use when a test fails in the middle of it.
        if !self.released
            && let Ok(mut world) = self.world.try_borrow_mut()
        {
            world.leave(self.connection);
        }
    }
}

impl fmt::Debug for InFlight {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InFlight")
            .field("request", &self.request)
            .field("upload", &self.upload)
            .finish_non_exhaustive()
    }
}
