//! Arguments made of the request head.

use super::{Extract, FromRequest, Rejection};
use crate::Request;
use http::{HeaderMap, Method, StatusCode, Uri, Version};
use serde::Deserialize;
use std::convert::Infallible;

/// The query string, as a value of the user's type. A key that is repeated is a sequence.
///
/// Answers 400 and names the field when the query does not fit. A request without a query is an empty one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Query<T>(pub T);

// Not `DeserializeOwned`, which is the same: for a type without `Deserialize` the compiler would report both.
impl<T: for<'de> Deserialize<'de> + Send> FromRequest for Query<T> {
    type Rejection = Rejection;

    fn from_request(request: &mut Request) -> Extract<Query<T>, Rejection> {
        let query = request.uri().query().unwrap_or("");
        serde_html_form::from_str(query)
            .map(Query)
            .map_err(|error| {
                Rejection::new(StatusCode::BAD_REQUEST, format!("the query string does not fit: {error}"))
            })
            .into()
    }
}

macro_rules! of_the_head {
    ($($(#[$doc:meta])* $type:ty, $request:ident => $value:expr;)*) => {$(
        $(#[$doc])*
        impl FromRequest for $type {
            type Rejection = Infallible;

            fn from_request($request: &mut Request) -> Extract<$type, Infallible> {
                Extract::Ready(Ok($value))
            }
        }
    )*};
}

of_the_head! {
    /// All header fields of the request.
    HeaderMap, request => request.headers().clone();
    /// The request's method.
    Method, request => request.method().clone();
    /// The request target.
    Uri, request => request.uri().clone();
    /// The protocol version that the client speaks.
    Version, request => request.version();
}
