//! Arguments made of the request head.

use super::{Extract, FromRequest, Rejection, misfit::read_fields};
use crate::Request;
use http::{HeaderMap, Method, StatusCode, Uri, Version};
use serde::Deserialize;
use std::convert::Infallible;

/// The query string, as a value of the user's type. A key that is repeated is a sequence.
///
/// Answers 400 and names the field when the query does not fit. A request without a query is an empty one; an
/// `Option<Query<T>>` is `None` then.
///
/// ```
/// use polyserve_core::Query;
/// use serde::Deserialize;
///
/// #[derive(Deserialize)]
/// struct Search {
///     q: String,
///     page: Option<u32>,
///     #[serde(default)]
///     tag: Vec<String>, // `?q=a&tag=x&tag=y`
/// }
///
/// fn search(Query(Search { q, page, tag }): Query<Search>) -> String {
///     format!("page {} of {q} in {tag:?}", page.unwrap_or(1))
/// }
/// # let _ = search;
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Query<T>(pub T);

// Not `DeserializeOwned`, which is the same: for a type without `Deserialize` the compiler would report both.
impl<T: for<'de> Deserialize<'de> + Send> FromRequest for Query<T> {
    type Rejection = Rejection;
    const READS_HEADERS: bool = false;

    fn is_absent(request: &Request) -> bool {
        request.uri().query().is_none()
    }

    fn from_request(request: &mut Request) -> Extract<Query<T>, Rejection> {
        let query = request.uri().query().unwrap_or("");
        let names = ("the query string", "the query's");
        read_fields(query.as_bytes(), StatusCode::BAD_REQUEST, names).map(Query).into()
    }
}

macro_rules! of_the_head {
    ($($(#[$doc:meta])* $type:ty, $reads_headers:literal, $request:ident => $value:expr;)*) => {$(
        $(#[$doc])*
        impl FromRequest for $type {
            type Rejection = Infallible;
            const READS_HEADERS: bool = $reads_headers;

            fn from_request($request: &mut Request) -> Extract<$type, Infallible> {
                Extract::Ready(Ok($value))
            }
        }
    )*};
}

of_the_head! {
    /// All header fields of the request.
    HeaderMap, true, request => request.headers().clone();
    /// The request's method.
    Method, false, request => request.method().clone();
    /// The request target.
    Uri, false, request => request.uri().clone();
    /// The protocol version that the client speaks.
    Version, false, request => request.version();
}
