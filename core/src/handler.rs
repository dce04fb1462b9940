//! What answers a request.

mod ext;
mod rejections;

use crate::{IntoResponse, RawRequest, Rejection, Request, Response, Route, Start, respond::ContentType};
use bytes::Bytes;
use pin_project_lite::pin_project;
use std::{
    fmt,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

pub use ext::HandlerExt;
pub use rejections::WithRejections;

/// Answers requests. `#[handler]` writes the implementation around a plain function.
///
/// Every runtime hosts it behind `Arc<dyn Handler>`, calls it from whichever thread the request arrived
/// on, and catches its panics.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a handler",
    label = "not a handler",
    note = "annotate the function with `#[handler]` and pass it by name, without calling it: `serve(addr, hello)`",
    note = "several handlers are one with `routes![a, b]`; a closure is one with `handler_fn(|request| ..)`"
)]
pub trait Handler: Send + Sync + 'static {
    /// Answers at once, or with a future that does later.
    fn call(&self, request: Request) -> Reply;

    /// As [`call`](Handler::call), before a [`Request`] was made. By default it is made now; a handler that reads
    /// nothing of it, as a `#[handler]` without arguments, or that hands it on to such a one, does without.
    fn call_raw(&self, request: RawRequest<'_>) -> Reply {
        request.hand_over(self.reads_headers(), |request| self.call(request))
    }

    /// The handler that this one is put around, if it is: the methods below are the inner one's by default.
    fn inner(&self) -> Option<&dyn Handler> {
        None
    }

    /// What the macro knows about the function; `None` for a handler written by hand.
    fn meta(&self) -> Option<&'static Meta> {
        self.inner()?.meta()
    }

    /// Whether it looks at the header fields of its requests. If not, they are checked as all are, and not collected:
    /// [`Request::headers`](http::Request::headers) may be empty. `#[handler]` knows by the arguments; by default
    /// it does, and a handler around another must not rely on that one's word if it looks at them itself. Of several
    /// handlers behind a router each is asked for itself.
    fn reads_headers(&self) -> bool {
        true
    }

    /// Called once before the first request: what can never work is reported to `start`, such as two routes
    /// that claim the same path or a state that nobody provides.
    fn check(&self, start: &mut Start) {
        if let Some(inner) = self.inner() {
            inner.check(start);
        }
    }

    /// The routes behind it, for route lists. By default its own, or none that is known.
    fn routes(&self) -> Vec<Route> {
        self.inner().map_or_else(|| vec![Route::of(self.meta())], Handler::routes)
    }

    /// Answers a request that is not for the handler: it was malformed, too large or too late, or the handler
    /// panicked. By default the rejection's own answer, in plain text.
    fn reject(&self, rejection: Rejection) -> Response {
        match self.inner() {
            Some(inner) => inner.reject(rejection),
            None => rejection.into_response(),
        }
    }
}

/// An answer, or the promise of one. It is itself a future, and [`Reply::map`] goes on with the answer in whichever
/// form it has.
pub enum Reply {
    /// The answer of a plain function: no allocation, no waker.
    Ready(Response),
    /// The same while it is nothing but a body, with 200 and its content type, as text, bytes and JSON are: the
    /// [`Response`] of it is made when somebody asks for one.
    Full(ContentType, Bytes),
    /// The answer of a function that waits; it may be one that waits again.
    Pending(Pin<Box<dyn Future<Output = Reply> + Send>>),
}

impl Reply {
    /// A reply that `future` makes.
    pub fn later(future: impl Future<Output = Reply> + Send + 'static) -> Reply {
        Reply::Pending(Box::pin(future))
    }

    /// A reply whose response `future` makes.
    pub fn pending(future: impl Future<Output = Response> + Send + 'static) -> Reply {
        Reply::pending_answer(future)
    }

    /// A reply whose answer `future` makes.
    pub(crate) fn pending_answer(future: impl Future<Output: IntoResponse> + Send + 'static) -> Reply {
        Reply::later(Answers { future })
    }

    /// The response, if the handler has answered.
    ///
    /// # Errors
    /// The reply as it was, if it is still to be awaited.
    #[expect(clippy::result_large_err, reason = "an answer is as large, and neither is an error")]
    pub fn into_ready(self) -> Result<Response, Reply> {
        match self {
            Reply::Ready(response) => Ok(response),
            Reply::Full(content_type, body) => Ok(content_type.response(body)),
            Reply::Pending(_) => Err(self),
        }
    }

    /// Goes on with the response, now or when it is there.
    ///
    /// ```
    /// # use polyserve_core::Reply;
    /// let reply = Reply::from("hello").map(|response| ([("x-served-by", "polyserve")], response));
    /// assert!(matches!(reply, Reply::Ready(response) if response.headers()["x-served-by"] == "polyserve"));
    /// ```
    #[must_use]
    pub fn map<T: IntoResponse>(self, next: impl FnOnce(Response) -> T + Send + 'static) -> Reply {
        match self.into_ready() {
            Ok(response) => Reply::from(next(response)),
            Err(pending) => Reply::pending_answer(async { next(pending.await) }),
        }
    }
}

impl Future for Reply {
    type Output = Response;

    /// # Panics
    /// When it is polled again after it was ready, as futures may.
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Response> {
        loop {
            match &mut *self {
                Reply::Ready(response) => return Poll::Ready(std::mem::take(response)),
                Reply::Full(content_type, body) => {
                    return Poll::Ready(content_type.response(std::mem::take(body)));
                }
                Reply::Pending(future) => *self = ready!(future.as_mut().poll(cx)),
            }
        }
    }
}

pin_project! {
    /// A future's output as a reply. An `async` block around it would have room for the future twice.
    struct Answers<F> {
        #[pin]
        future: F,
    }
}

impl<F: Future<Output: IntoResponse>> Future for Answers<F> {
    type Output = Reply;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Reply> {
        self.project().future.poll(cx).map(Reply::from)
    }
}

impl<T: IntoResponse> From<T> for Reply {
    fn from(answer: T) -> Reply {
        answer.into_reply()
    }
}

impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reply::Ready(response) => f.debug_tuple("Ready").field(response).finish(),
            Reply::Full(content_type, body) => f.debug_tuple("Full").field(content_type).field(body).finish(),
            Reply::Pending(_) => f.write_str("Pending(..)"),
        }
    }
}

/// What `#[handler]` knows about a function: for logs, route lists and error messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Meta {
    /// The function's name.
    pub name: &'static str,
    /// The module it is defined in.
    pub module: &'static str,
    /// The source file, as the compiler names it.
    pub file: &'static str,
    /// The line of the attribute.
    pub line: u32,
    /// The method of its route, such as `GET`; `None` when it has no route.
    pub method: Option<&'static str>,
    /// The path of its route, such as `/hello/{name}`; `None` when it has no route.
    pub path: Option<&'static str>,
    /// The names of its arguments, as written.
    pub arguments: &'static [&'static str],
    /// Whether it is an `async fn`.
    pub is_async: bool,
    /// Whether it says that it holds its thread: `#[handler(blocking)]`.
    pub blocking: bool,
}

impl Meta {
    /// A plain `fn` without a route or arguments; set the rest on the value.
    #[must_use]
    pub const fn new(name: &'static str, module: &'static str, file: &'static str, line: u32) -> Meta {
        Meta {
            name,
            module,
            file,
            line,
            method: None,
            path: None,
            arguments: &[],
            is_async: false,
            blocking: false,
        }
    }
}

/// As a log line names a handler: `hello (src/main.rs:6)`.
impl fmt::Display for Meta {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}:{})", self.name, self.file, self.line)
    }
}

/// Makes a handler of a closure.
///
/// ```
/// use polyserve_core::{Handler, Reply, handler_fn};
///
/// let teapot = handler_fn(|_request| Reply::from(http::StatusCode::IM_A_TEAPOT));
/// # let _: &dyn Handler = &teapot;
/// ```
pub fn handler_fn<F>(answer: F) -> impl Handler
where
    F: Fn(Request) -> Reply + Send + Sync + 'static,
{
    HandlerFn(answer)
}

struct HandlerFn<F>(F);

impl<F> Handler for HandlerFn<F>
where
    F: Fn(Request) -> Reply + Send + Sync + 'static,
{
    fn call(&self, request: Request) -> Reply {
        (self.0)(request)
    }
}

/// What points to a handler is one. It is no `inner`: of a `?Sized` handler there is no `&dyn Handler`.
macro_rules! pointers {
    ($($pointer:ident)+) => {$(
        #[diagnostic::do_not_recommend]
        impl<H: Handler + ?Sized> Handler for $pointer<H> {
            fn call(&self, request: Request) -> Reply {
                (**self).call(request)
            }

            fn call_raw(&self, request: RawRequest<'_>) -> Reply {
                (**self).call_raw(request)
            }

            fn meta(&self) -> Option<&'static Meta> {
                (**self).meta()
            }

            fn reads_headers(&self) -> bool {
                (**self).reads_headers()
            }

            fn check(&self, start: &mut Start) {
                (**self).check(start);
            }

            fn routes(&self) -> Vec<Route> {
                (**self).routes()
            }

            fn reject(&self, rejection: Rejection) -> Response {
                (**self).reject(rejection)
            }
        }
    )+};
}
pointers!(Box Arc);
