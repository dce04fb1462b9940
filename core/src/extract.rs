//! What a handler may take as arguments.

mod body;
mod connect_info;
mod cookies;
mod form;
mod head;
mod json;
mod lend;
mod misfit;
mod option;
pub(crate) mod path;
mod rejection;
mod typed_header;

use crate::{IntoResponse, Meta, Request, Start};
use std::{
    fmt,
    pin::Pin,
    task::{Context, Poll},
};

pub use connect_info::ConnectInfo;
pub use cookies::Cookies;
pub use form::Form;
pub use head::Query;
pub use json::Json;
pub use lend::Lend;
pub use path::{Path, PathArgument, PathParams, path_argument};
pub use rejection::{Position, Rejection};
pub use typed_header::TypedHeader;

/// An argument of a handler, made of the request.
///
/// Arguments may stand in any order: each takes what it needs and leaves the rest. Only one argument of a
/// handler may take the body, which the macro checks.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be an argument of a handler",
    label = "this cannot be made of a request",
    note = "arguments of the head are `Path<T>`, `Query<T>`, `TypedHeader<H>`, `Cookies`, `ConnectInfo`, `State<T>`, `HeaderMap`, `Method`, `Uri` and `Version`",
    note = "arguments of the body are `Json<T>`, `Form<T>`, `Bytes`, `String`, `Body` and `Request`, one of them for a handler; of each there is `Option<E>` and `Result<E, E::Rejection>`",
    note = "an argument that is named in the path, as in `#[handler(GET, \"/hello/{{name}}\")]`, is parsed with `FromStr`",
    note = "for a type of your own, implement `FromRequest`"
)]
pub trait FromRequest: Sized + Send {
    /// What is answered when the request does not hold such a value.
    type Rejection: IntoResponse + Send;

    /// Whether it is made of the body, which can be read only once.
    const TAKES_BODY: bool = false;

    /// Whether it looks at the request's header fields. A handler none of whose arguments does is spared their
    /// collection ([`Handler::reads_headers`](crate::Handler::reads_headers)).
    const READS_HEADERS: bool = true;

    /// Called once before the first request: reports what `handler` needs so that it can have this argument.
    fn check(_start: &mut Start, _handler: &Meta) {}

    /// As [`check`](FromRequest::check), for a handler that takes an `Option` or a `Result` of it. By default the
    /// same; something that may be missing for good, without a mistake, needs nothing.
    fn check_fallible(start: &mut Start, handler: &Meta) {
        Self::check(start, handler);
    }

    /// Whether the request holds nothing of the kind, which is what makes an `Option<Self>` `None`. By default
    /// nothing is ever absent: it is there or it is rejected.
    fn is_absent(_request: &Request) -> bool {
        false
    }

    /// Makes the value, at once or when the body has arrived.
    fn from_request(request: &mut Request) -> Extract<Self, Self::Rejection>;
}

/// An argument, or the promise of one. It is itself a future.
pub enum Extract<T, R> {
    /// Made of the head, or of a body that was already there.
    Ready(Result<T, R>),
    /// Waits for the body.
    Pending(Pin<Box<dyn Future<Output = Result<T, R>> + Send>>),
}

impl<T, R> Extract<T, R> {
    /// Whether awaiting it takes no time.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        matches!(self, Extract::Ready(_))
    }
}

impl<T: Send + 'static, R: Send + 'static> Extract<T, R> {
    /// Goes on with the value, now or later.
    #[must_use]
    pub fn and_then<U: 'static>(
        self,
        next: impl FnOnce(T) -> Result<U, R> + Send + 'static,
    ) -> Extract<U, R> {
        match self {
            Extract::Ready(value) => Extract::Ready(value.and_then(next)),
            Extract::Pending(value) => Extract::Pending(Box::pin(async { value.await.and_then(next) })),
        }
    }
}

impl<T, R> From<Result<T, R>> for Extract<T, R> {
    fn from(result: Result<T, R>) -> Extract<T, R> {
        Extract::Ready(result)
    }
}

impl<T, R> IntoFuture for Extract<T, R> {
    type Output = Result<T, R>;
    type IntoFuture = Extracting<T, R>;

    fn into_future(self) -> Extracting<T, R> {
        Extracting(Some(self))
    }
}

/// The future of an [`Extract`].
pub struct Extracting<T, R>(Option<Extract<T, R>>);

/// Nothing in it is pinned in place: a ready value moves out, a pending one is boxed.
impl<T, R> Unpin for Extracting<T, R> {}

impl<T, R> Future for Extracting<T, R> {
    type Output = Result<T, R>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<T, R>> {
        match self.0.take() {
            Some(Extract::Ready(value)) => Poll::Ready(value),
            Some(Extract::Pending(mut future)) => {
                let polled = future.as_mut().poll(cx);
                self.0 = Some(Extract::Pending(future));
                polled
            }
            None => panic!("an argument was polled after it was ready"),
        }
    }
}

impl<T, R> fmt::Debug for Extract<T, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.is_ready() { "Extract::Ready(..)" } else { "Extract::Pending(..)" })
    }
}

impl<T, R> fmt::Debug for Extracting<T, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Extracting(..)")
    }
}
