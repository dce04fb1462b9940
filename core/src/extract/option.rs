//! `Option<E>` and `Result<E, E::Rejection>` of every argument.

use super::{Extract, FromRequest};
use crate::{Meta, Request, Start};
use std::convert::Infallible;

/// `None` where the request holds nothing of the kind ([`FromRequest::is_absent`]). What is there and malformed
/// is rejected all the same: a client that sends something wants it to be understood.
impl<E: FromRequest + 'static> FromRequest for Option<E>
where
    E::Rejection: 'static,
{
    type Rejection = E::Rejection;
    const TAKES_BODY: bool = E::TAKES_BODY;
    const READS_HEADERS: bool = E::READS_HEADERS;

    fn check(start: &mut Start, handler: &Meta) {
        E::check_fallible(start, handler);
    }

    fn from_request(request: &mut Request) -> Extract<Option<E>, E::Rejection> {
        if E::is_absent(request) {
            return Extract::Ready(Ok(None));
        }
        E::from_request(request).and_then(|value| Ok(Some(value)))
    }
}

/// The argument, or why it was rejected: the handler decides what to answer.
impl<E, R> FromRequest for Result<E, R>
where
    E: FromRequest<Rejection = R> + 'static,
    R: Send + 'static,
{
    type Rejection = Infallible;
    const TAKES_BODY: bool = E::TAKES_BODY;
    const READS_HEADERS: bool = E::READS_HEADERS;

    fn check(start: &mut Start, handler: &Meta) {
        E::check_fallible(start, handler);
    }

    fn is_absent(request: &Request) -> bool {
        E::is_absent(request)
    }

    fn from_request(request: &mut Request) -> Extract<Result<E, R>, Infallible> {
        match E::from_request(request) {
            Extract::Ready(outcome) => Extract::Ready(Ok(outcome)),
            Extract::Pending(outcome) => Extract::Pending(Box::pin(async { Ok(outcome.await) })),
        }
    }
}
