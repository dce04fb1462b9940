//! Message bodies: empty, whole, or streamed, in both directions.

mod error;
pub(crate) mod incoming;
#[cfg(all(test, polyserve_loom))]
mod models;
mod written;

use bytes::Bytes;
use futures_core::Stream;
use http_body::{Body as HttpBody, Frame, SizeHint};
use std::{
    error::Error,
    fmt,
    pin::Pin,
    sync::{Mutex, PoisonError},
    task::{Context, Poll, Waker},
};

pub use error::BodyError;
use incoming::Incoming;
pub use written::BodySink;

/// The bound on what [`Body::bytes`] collects when no host has set one: 8 MiB.
///
/// nginx refuses above 1 MiB (`client_max_body_size`), axum above 2 MB, actix-web above 256 kB.
pub const DEFAULT_COLLECT_LIMIT: u64 = 8 * 1024 * 1024;

/// The body of a request or a response.
///
/// It implements [`http_body::Body`], so it is read frame by frame with back-pressure: a frame of a
/// request body is asked of the client only when somebody polls for it.
pub struct Body {
    kind: Kind,
    collect_limit: u64,
}

enum Kind {
    Empty,
    Full(Bytes),
    Incoming(Incoming),
    /// The mutex is never contended: it makes the body `Sync`, so that a handler may hold a borrowed
    /// request across an `.await`.
    Stream(Mutex<BoxedStream>),
}

type BoxedStream = Pin<Box<dyn HttpBody<Data = Bytes, Error = BodyError> + Send>>;

impl Body {
    /// A body without bytes.
    #[must_use]
    pub fn empty() -> Body {
        Body::of(Kind::Empty)
    }

    /// A body that is wholly in memory.
    #[must_use]
    pub fn full(bytes: impl Into<Bytes>) -> Body {
        let bytes = bytes.into();
        Body::of(if bytes.is_empty() { Kind::Empty } else { Kind::Full(bytes) })
    }

    /// Wraps any [`http_body::Body`]. A body that knows its exact length is sent with
    /// `Content-Length`, any other is sent chunked (RFC 9112 section 7.1).
    #[must_use]
    pub fn new<B>(body: B) -> Body
    where
        B: HttpBody<Data = Bytes> + Send + 'static,
        B::Error: Into<Box<dyn Error + Send + Sync>>,
    {
        Body::of(Kind::Stream(Mutex::new(Box::pin(written::Boxing(Box::pin(body))))))
    }

    /// A body that an async function writes, piece by piece, while it is being sent.
    ///
    /// Each [`BodySink::send`] waits until the piece before it is on its way to the client, so a slow
    /// reader slows the function down instead of filling memory. An `Err` ends the answer early: the
    /// client sees a broken connection, never a body that looks complete. (A client of HTTP/1.0 cannot see
    /// the difference: there, the connection's end is the body's.)
    ///
    /// ```
    /// use polyserve_core::{Body, time::sleep};
    /// use std::time::Duration;
    ///
    /// let body = Body::stream(|mut out| async move {
    ///     for part in ["one\n", "two\n"] {
    ///         out.send(part).await;
    ///         sleep(Duration::from_millis(100)).await;
    ///     }
    ///     Ok(())
    /// });
    /// # drop(body);
    /// ```
    #[must_use]
    pub fn stream<F, W>(write: W) -> Body
    where
        W: FnOnce(BodySink) -> F,
        F: Future<Output = Result<(), Box<dyn Error + Send + Sync>>> + Send + 'static,
    {
        Body::of(Kind::Stream(Mutex::new(Box::pin(written::Written::new(write)))))
    }

    /// A body made of a stream of pieces, as [`Stream`] of the futures crates. Empty pieces are skipped.
    ///
    /// An `Err` ends the answer early, as in [`Body::stream`].
    ///
    /// ```
    /// use polyserve_core::Body;
    /// use std::io;
    ///
    /// let pieces = futures_util::stream::iter(["one", "two"].map(Ok::<_, io::Error>));
    /// # drop(
    /// Body::from_stream(pieces)
    /// # );
    /// ```
    #[must_use]
    pub fn from_stream<S, T, E>(stream: S) -> Body
    where
        S: Stream<Item = Result<T, E>> + Send + 'static,
        T: Into<Bytes>,
        E: Into<Box<dyn Error + Send + Sync>>,
    {
        Body::of(Kind::Stream(Mutex::new(Box::pin(written::Pieces::new(stream)))))
    }

    pub(crate) fn incoming(incoming: Incoming) -> Body {
        Body::of(Kind::Incoming(incoming))
    }

    fn of(kind: Kind) -> Body {
        Body { kind, collect_limit: DEFAULT_COLLECT_LIMIT }
    }

    /// Sets how many bytes [`Body::bytes`] collects before it gives up.
    #[must_use]
    pub fn with_collect_limit(mut self, bytes: u64) -> Body {
        self.collect_limit = bytes;
        self
    }

    /// The whole body, if it is already in memory; otherwise the body is left as it is.
    pub(crate) fn take_whole(&mut self) -> Option<Bytes> {
        match std::mem::replace(&mut self.kind, Kind::Empty) {
            Kind::Empty => Some(Bytes::new()),
            Kind::Full(bytes) => Some(bytes),
            streamed => {
                self.kind = streamed;
                None
            }
        }
    }

    /// As [`Body::take_whole`], within the limit of what is collected.
    pub(crate) fn take_buffered(&mut self) -> Option<Result<Bytes, BodyError>> {
        let limit = self.collect_limit;
        self.take_whole().map(|bytes| {
            if bytes.len() as u64 > limit { Err(BodyError::too_large(limit)) } else { Ok(bytes) }
        })
    }

    /// Collects the body into one [`Bytes`].
    ///
    /// # Errors
    /// When the body is longer than the limit in force ([`DEFAULT_COLLECT_LIMIT`] unless the host set
    /// another), when the client breaks off, sends malformed chunks or stalls, or when the stream
    /// behind the body fails.
    pub async fn bytes(mut self) -> Result<Bytes, BodyError> {
        if let Some(whole) = self.take_buffered() {
            return whole;
        }
        let limit = self.collect_limit;
        // A declared length is refused before a byte of it is asked for.
        if self.size_hint().lower() > limit {
            return Err(BodyError::too_large(limit));
        }
        // A body of one piece is handed on as it came; only a second piece makes a copy.
        let mut only = Bytes::new();
        let mut copied = Vec::new();
        while let Some(frame) = std::future::poll_fn(|cx| Pin::new(&mut self).poll_frame(cx)).await {
            let Ok(data) = frame?.into_data() else { continue };
            if (only.len() + copied.len() + data.len()) as u64 > limit {
                return Err(BodyError::too_large(limit));
            }
            if only.is_empty() && copied.is_empty() {
                only = data;
            } else {
                copied.extend_from_slice(&std::mem::take(&mut only));
                copied.extend_from_slice(&data);
            }
        }
        Ok(if copied.is_empty() { only } else { copied.into() })
    }
}

impl HttpBody for Body {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        match &mut self.kind {
            Kind::Empty => Poll::Ready(None),
            Kind::Full(bytes) => {
                let bytes = std::mem::take(bytes);
                self.kind = Kind::Empty;
                Poll::Ready(Some(Ok(Frame::data(bytes))))
            }
            Kind::Incoming(incoming) => incoming.poll_frame(cx),
            Kind::Stream(stream) => {
                stream.get_mut().unwrap_or_else(PoisonError::into_inner).as_mut().poll_frame(cx)
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.kind {
            Kind::Empty => true,
            Kind::Full(_) => false,
            Kind::Incoming(incoming) => incoming.is_end_stream(),
            Kind::Stream(stream) => with(stream, HttpBody::is_end_stream),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.kind {
            Kind::Empty => SizeHint::with_exact(0),
            Kind::Full(bytes) => SizeHint::with_exact(bytes.len() as u64),
            Kind::Incoming(incoming) => incoming.size_hint(),
            Kind::Stream(stream) => with(stream, HttpBody::size_hint),
        }
    }
}

fn with<T>(stream: &Mutex<BoxedStream>, read: impl FnOnce(&BoxedStream) -> T) -> T {
    read(&stream.lock().unwrap_or_else(PoisonError::into_inner))
}

/// Wakes one that waits, unless it is polled next anyway. Not to be called under a lock: a waker is foreign
/// code, and may drop the very task that holds the other end of the body.
fn wake(waiting: Option<Waker>, current: &Waker) {
    if let Some(waker) = waiting
        && !waker.will_wake(current)
    {
        waker.wake();
    }
}

impl Default for Body {
    fn default() -> Body {
        Body::empty()
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            Kind::Empty => f.write_str("Body(empty)"),
            Kind::Full(bytes) => write!(f, "Body({} bytes)", bytes.len()),
            Kind::Incoming(_) => f.write_str("Body(incoming)"),
            Kind::Stream(_) => f.write_str("Body(stream)"),
        }
    }
}

macro_rules! full_from {
    ($($type:ty),*) => {$(
        impl From<$type> for Body {
            fn from(bytes: $type) -> Body {
                Body::full(bytes)
            }
        }
    )*};
}
full_from!(Bytes, Vec<u8>, String, &'static str, &'static [u8]);
