//! Server-sent events: news for a page that stays open (WHATWG HTML, section 9.2 "Server-sent events").

mod event;
mod keep_alive;

use crate::{Body, IntoResponse, Response, body::BodySink};
use futures_core::Stream;
use http::{HeaderValue, header};
use keep_alive::KeepAlive;
use std::{
    convert::Infallible,
    fmt,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

pub use event::Event;

/// A comment this often keeps proxies from giving a silent stream up: the 15 seconds that WHATWG HTML advises
/// (section 9.2.7).
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// An answer that goes on: a stream of events, as a browser's `EventSource` reads it.
///
/// It is sent as `text/event-stream` that nobody stores. While there is no event for 15 seconds, a comment is
/// sent, which the client ignores. The stream ends when the function or the stream behind it does, and the browser
/// connects again after a few seconds; it tells the last event's [`id`](Event::id) in `Last-Event-ID`, which is in
/// the request's [`HeaderMap`](http::HeaderMap). To tell it that there is nothing more, answer 204.
///
/// A graceful stop waits for a stream as for any answer, and drops it after the grace period. nginx, as a proxy
/// in front, gathers what it should pass on unless it is told: `([("x-accel-buffering", "no")], sse)`.
///
/// ```
/// use polyserve_core::{sse::{Event, Sse}, time::sleep};
/// use std::time::Duration;
///
/// let ticks = Sse::stream(|mut events| async move {
///     for tick in 0.. {
///         events.send(Event::data(tick.to_string()).id(tick.to_string())).await;
///         sleep(Duration::from_secs(1)).await;
///     }
/// });
/// # drop(ticks);
/// ```
pub struct Sse {
    events: Body,
    keep_alive: Option<Duration>,
}

impl Sse {
    /// Events that an async function sends. Each [`Events::send`] waits until the event before it is on its way,
    /// so that a slow client slows the function down; it is dropped when the client is found to have left.
    #[must_use]
    pub fn stream<F, W>(write: W) -> Sse
    where
        W: FnOnce(Events) -> F,
        F: Future<Output = ()> + Send + 'static,
    {
        let write = |sink| {
            let written = write(Events(sink));
            async move {
                written.await;
                Ok(())
            }
        };
        Sse { events: Body::stream(write), keep_alive: Some(KEEP_ALIVE) }
    }

    /// Events of a stream. One that can fail ends instead, or sends an event about it: to the client, a stream
    /// that breaks off and one that ends are the same.
    ///
    /// ```
    /// use polyserve_core::sse::{Event, Sse};
    ///
    /// # drop(
    /// Sse::new(futures_util::stream::iter([Event::data("one"), Event::data("two")]))
    /// # );
    /// ```
    #[must_use]
    pub fn new(events: impl Stream<Item = Event> + Send + 'static) -> Sse {
        Sse { events: Body::from_stream(Written(Box::pin(events))), keep_alive: Some(KEEP_ALIVE) }
    }

    /// How long the stream may be silent before a comment is sent: at least a millisecond. Default: 15 seconds.
    #[must_use]
    pub fn keep_alive(self, after: Duration) -> Sse {
        Sse { keep_alive: Some(after.max(Duration::from_millis(1))), ..self }
    }

    /// Sends nothing but events. A client that has left silently is then not noticed until the next one.
    #[must_use]
    pub fn without_keep_alive(self) -> Sse {
        Sse { keep_alive: None, ..self }
    }
}

impl IntoResponse for Sse {
    fn into_response(self) -> Response {
        let body = match self.keep_alive {
            Some(after) => Body::new(KeepAlive::new(self.events, after)),
            None => self.events,
        };
        let mut response = Response::new(body);
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        response
    }
}

/// Where the function behind [`Sse::stream`] sends its events.
#[derive(Debug)]
pub struct Events(BodySink);

impl Events {
    /// Sends one event, and waits until the one before it is on its way.
    pub async fn send(&mut self, event: Event) {
        self.0.send(event.to_string()).await;
    }
}

/// A stream of events as a stream of their bytes.
struct Written<S>(Pin<Box<S>>);

impl<S: Stream<Item = Event>> Stream for Written<S> {
    type Item = Result<String, Infallible>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.as_mut().poll_next(cx).map(|event| event.map(|event| Ok(event.to_string())))
    }
}

impl fmt::Debug for Sse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sse").field("keep_alive", &self.keep_alive).finish_non_exhaustive()
    }
}
