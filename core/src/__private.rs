//! What the expansion of `#[handler]` names; no part of the public interface.

pub use crate::{RawRequest, Rejection, Request, Response};
pub use crate::{
    extract::{Extract, FromRequest, Lend, path_argument},
    handler::{Handler, Meta, Reply},
    offload,
    respond::IntoResponse,
    router::Router,
    start::Start,
};
pub use std::{boxed::Box, concat, future::Future, option::Option, primitive::bool, result::Result};

use crate::extract::PathArgument;
use std::{
    marker::PhantomData,
    pin::pin,
    task::{Context, Poll, Waker},
};

/// Runs a future that never waits, without a box: a plain `fn` whose arguments are all there.
pub fn at_once(future: impl Future<Output = Reply>) -> Reply {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(reply) => reply,
        Poll::Pending => unreachable!("a plain function whose arguments are ready does not wait"),
    }
}

/// How many of a handler's arguments take the body.
#[must_use]
pub const fn count(takes: &[bool]) -> usize {
    let mut count = 0;
    let mut at = 0;
    while at < takes.len() {
        count += takes[at] as usize;
        at += 1;
    }
    count
}

/// Whether `T` could be read from a path: `<InPath<T>>::POSSIBLE`, with [`NotInPath`] in scope.
#[derive(Debug)]
pub struct InPath<T>(PhantomData<T>);

impl<T: PathArgument> InPath<T> {
    /// An associated constant goes before that of a trait.
    pub const POSSIBLE: bool = true;
}

/// What holds for every other type.
pub trait NotInPath {
    /// See [`InPath`].
    const POSSIBLE: bool = false;
}

impl<T> NotInPath for InPath<T> {}
