//! Functions around handlers.

use crate::{Handler, IntoResponse, Meta, Reply, Request};
use std::{any::Any, fmt, sync::Arc};

/// A function around a handler: it is given the request and what comes [`Next`], and answers.
///
/// An `async fn(Request, Next)` returns anything that is [`IntoResponse`]. A plain `fn(Request, Next) -> Reply` costs
/// no allocation around a plain handler; it goes on with what the handler answers in [`Reply::map`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a middleware",
    label = "a middleware is a function of a `Request` and `Next` that answers",
    note = "write `async fn {{name}}(request: Request, next: Next) -> impl IntoResponse` and go on with `next.run(request).await`",
    note = "or `fn {{name}}(request: Request, next: Next) -> Reply` and go on with `next.run(request)`"
)]
pub trait Middleware: Send + Sync + 'static {
    /// Answers the request, with the help of what comes next or without it.
    fn answer(&self, request: Request, next: Next) -> Reply;
}

#[diagnostic::do_not_recommend]
impl<F, A> Middleware for F
where
    F: Fn(Request, Next) -> A + Send + Sync + 'static,
    A: Future<Output: IntoResponse> + Send + 'static,
{
    fn answer(&self, request: Request, next: Next) -> Reply {
        let mut answer = Some(self(request, next));
        // A reply is a future as well; taken for what it is, it needs no box.
        match (&mut answer as &mut dyn Any).downcast_mut::<Option<Reply>>().and_then(Option::take) {
            Some(reply) => reply,
            None => match answer {
                Some(answer) => Reply::pending_answer(answer),
                None => unreachable!("the answer was taken, so it is in the arm above"),
            },
        }
    }
}

/// What a middleware stands in front of: the handler, or another middleware around it.
#[derive(Clone)]
pub struct Next(Arc<dyn Handler>);

impl Next {
    /// Hands the request on. The reply is a future: an async middleware awaits it, a plain one returns it, or
    /// what it [maps](Reply::map) it to.
    ///
    /// # Panics
    /// With the handler's own panic, which the server answers with 500.
    pub fn run(&self, request: Request) -> Reply {
        self.0.call(request)
    }

    /// What is known about the handler; `None` where it is a router, which has not looked for it yet.
    #[must_use]
    pub fn meta(&self) -> Option<&'static Meta> {
        self.0.meta()
    }
}

impl fmt::Debug for Next {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Next").field(&self.meta().map(ToString::to_string)).finish()
    }
}

/// A handler with a middleware around it: what [`HandlerExt::wrap`](crate::HandlerExt::wrap) makes.
#[derive(Debug)]
pub struct Wrapped<M> {
    next: Next,
    middleware: M,
}

impl<M> Wrapped<M> {
    pub(crate) fn new(handler: impl Handler, middleware: M) -> Wrapped<M> {
        Wrapped { next: Next(Arc::new(handler)), middleware }
    }
}

#[diagnostic::do_not_recommend]
impl<M: Middleware> Handler for Wrapped<M> {
    fn call(&self, request: Request) -> Reply {
        self.middleware.answer(request, self.next.clone())
    }

    fn inner(&self) -> Option<&dyn Handler> {
        Some(&*self.next.0)
    }
}
