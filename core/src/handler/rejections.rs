//! One place per app that shapes what it refuses.

use super::{Handler, Reply};
use crate::{IntoResponse, RawRequest, Rejection, Request, Response};
use http::{HeaderName, StatusCode, header};
use std::{fmt, sync::Arc};

type Shape = dyn Fn(&Rejection) -> Response + Send + Sync;

/// A handler whose rejections are shaped: [`with_rejections`](crate::HandlerExt::with_rejections) makes one.
#[derive(Clone)]
pub struct WithRejections<H> {
    handler: H,
    shape: Arc<Shape>,
}

impl<H> WithRejections<H> {
    pub(super) fn new<F, R>(handler: H, shape: F) -> WithRejections<H>
    where
        F: Fn(&Rejection) -> R + Send + Sync + 'static,
        R: IntoResponse,
    {
        WithRejections { handler, shape: Arc::new(move |rejection| shape(rejection).into_response()) }
    }

    fn shaped(&self, reply: Reply) -> Reply {
        match reply {
            Reply::Ready(response) => Reply::Ready(shaped(response, &*self.shape)),
            // No rejection is 200.
            Reply::Full(..) => reply,
            Reply::Pending(_) => {
                let shape = self.shape.clone();
                reply.map(move |response| shaped(response, &*shape))
            }
        }
    }
}

impl<H: Handler> Handler for WithRejections<H> {
    fn call(&self, request: Request) -> Reply {
        self.shaped(self.handler.call(request))
    }

    fn call_raw(&self, request: RawRequest<'_>) -> Reply {
        self.shaped(self.handler.call_raw(request))
    }

    fn inner(&self) -> Option<&dyn Handler> {
        Some(&self.handler)
    }

    fn reads_headers(&self) -> bool {
        self.handler.reads_headers()
    }

    fn reject(&self, rejection: Rejection) -> Response {
        shaped(self.handler.reject(rejection), &*self.shape)
    }
}

impl<H: fmt::Debug> fmt::Debug for WithRejections<H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WithRejections").field("handler", &self.handler).finish_non_exhaustive()
    }
}

/// What describes the text that is replaced (RFC 9110 section 8), and so goes with it.
const OF_THE_TEXT: [HeaderName; 10] = [
    header::CONTENT_TYPE,
    header::CONTENT_LENGTH,
    header::CONTENT_ENCODING,
    header::CONTENT_LANGUAGE,
    header::CONTENT_LOCATION,
    header::CONTENT_RANGE,
    header::ETAG,
    header::LAST_MODIFIED,
    header::TRANSFER_ENCODING,
    header::TRAILER,
];

/// The response as it is, or in the app's shape if it is a rejection.
fn shaped(mut plain: Response, shape: &Shape) -> Response {
    let Some(rejection) = plain.extensions_mut().remove::<Rejection>() else { return plain };
    // A handler may have returned it with another status than its own.
    let rejection = rejection.with_status(plain.status());
    let mut shaped = shape(&rejection);
    if shaped.status() == StatusCode::OK {
        *shaped.status_mut() = rejection.status();
    }
    let (plain, _text) = plain.into_parts();
    for name in plain.headers.keys().filter(|name| !OF_THE_TEXT.contains(name)) {
        if !shaped.headers().contains_key(name) {
            for value in plain.headers.get_all(name) {
                shaped.headers_mut().append(name, value.clone());
            }
        }
    }
    // Middleware outside may have left something for itself.
    let own = std::mem::replace(shaped.extensions_mut(), plain.extensions);
    shaped.extensions_mut().extend(own);
    shaped
}
