//! The answer to a client whose request head took too long. hyper closes such a connection without a word, so
//! a hold of the socket is kept beside hyper's own.

use http::StatusCode;
use polyserve_async::Client;
use polyserve_core::{App, observer::Event};
use std::{
    fmt::Write as _,
    io,
    net::SocketAddr,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, ready},
};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf},
    net::TcpStream,
    time::timeout,
};

/// A socket with two holders, who never use it at the same time.
#[derive(Clone)]
pub(crate) struct Socket(Arc<Mutex<Inner>>);

struct Inner {
    stream: TcpStream,
    watched: Watched,
    /// The client has sent something since the last answer.
    asking: bool,
}

/// What is told of a socket, up to its end.
struct Watched {
    app: Arc<App>,
    peer: SocketAddr,
}

impl Watched {
    fn note(&self, event: Event) {
        self.app.observe(self.peer, event);
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        self.note(Event::Closed);
    }
}

impl Socket {
    pub(crate) fn new((stream, peer): Client, app: Arc<App>) -> Socket {
        let watched = Watched { app, peer };
        Socket(Arc::new(Mutex::new(Inner { stream, watched, asking: false })))
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Says 408 to a client that has begun a request, once hyper has let go of the socket.
    pub(crate) async fn refuse_late(self, app: &App) {
        let Some(inner) = Arc::into_inner(self.0) else { return };
        let Inner { mut stream, watched: _watched, asking } =
            inner.into_inner().unwrap_or_else(PoisonError::into_inner);
        if !asking {
            return;
        }
        let answer = too_late(app);
        let say = async {
            stream.write_all(&answer).await?;
            stream.shutdown().await?;
            // No reset may overtake the answer (RFC 9112 section 9.6).
            let mut rest = [0; 4096];
            while stream.read(&mut rest).await? > 0 {}
            io::Result::Ok(())
        };
        // Whoever has gone, or does not go, has had its answer.
        if let Ok(Err(error)) = timeout(app.timeouts.linger, say).await {
            log::debug!("a client was too late, and gone: {error}");
        }
    }
}

fn too_late(app: &App) -> Vec<u8> {
    let (head, body) = app.reject(StatusCode::REQUEST_TIMEOUT, "the request head took too long").into_parts();
    let mut text = format!("HTTP/1.1 {}\r\n", head.status);
    let date = httpdate::fmt_http_date(std::time::SystemTime::now());
    // Writing to a string does not fail.
    let _ = write!(text, "Date: {date}\r\nConnection: close\r\nContent-Length: {}\r\n", body.len());
    let mut answer = text.into_bytes();
    for (name, value) in &head.headers {
        answer.extend_from_slice(name.as_str().as_bytes());
        answer.extend_from_slice(b": ");
        answer.extend_from_slice(value.as_bytes());
        answer.extend_from_slice(b"\r\n");
    }
    answer.extend_from_slice(b"\r\n");
    answer.extend_from_slice(&body);
    answer
}

impl AsyncRead for Socket {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let mut inner = self.lock();
        let before = buffer.filled().len();
        ready!(Pin::new(&mut inner.stream).poll_read(cx, buffer))?;
        if buffer.filled().len() > before {
            inner.asking = true;
            inner.watched.note(Event::Read);
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Socket {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let mut inner = self.lock();
        inner.asking = false;
        let written = ready!(Pin::new(&mut inner.stream).poll_write(cx, bytes))?;
        if written > 0 {
            inner.watched.note(Event::Written);
        }
        Poll::Ready(Ok(written))
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let mut inner = self.lock();
        inner.asking = false;
        let written = ready!(Pin::new(&mut inner.stream).poll_write_vectored(cx, slices))?;
        if written > 0 {
            inner.watched.note(Event::Written);
        }
        Poll::Ready(Ok(written))
    }

    fn is_write_vectored(&self) -> bool {
        self.lock().stream.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.lock().stream).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.lock().stream).poll_shutdown(cx)
    }
}
