//! The body of an answer, polled inside its host.

use super::{Hosted, task};
use bytes::Bytes;
use http_body::{Body as HttpBody, Frame, SizeHint};
use polyserve_core::{App, Body, BodyError, Meta};
use std::{
    fmt,
    net::SocketAddr,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

/// The body of a handler's answer, to be polled by a tokio task.
pub struct HostedBody {
    hosted: Hosted<Body>,
    app: Arc<App>,
    /// Whose answer it is, for the log.
    called: Option<&'static Meta>,
}

impl HostedBody {
    /// The body of an answer that the handler `called` has made for `app`, or the host itself.
    #[must_use]
    pub fn new(
        body: Body,
        app: Arc<App>,
        peer: Option<SocketAddr>,
        called: Option<&'static Meta>,
    ) -> HostedBody {
        HostedBody { hosted: Hosted::new(body, task(&app, peer)), app, called }
    }
}

impl HttpBody for HostedBody {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        let HostedBody { hosted, app, called } = self.get_mut();
        let polled = catch_unwind(AssertUnwindSafe(|| {
            hosted.poll_with(cx, |body, cx| (app.poll(called, || Pin::new(body).poll_frame(cx)), None))
        }));
        polled.unwrap_or_else(|panic| {
            app.report_panic(&*panic);
            Poll::Ready(Some(Err(BodyError::source("the handler panicked"))))
        })
    }

    fn is_end_stream(&self) -> bool {
        self.hosted.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.hosted.inner.size_hint()
    }
}

impl fmt::Debug for HostedBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("HostedBody").field(&self.hosted.inner).finish()
    }
}
