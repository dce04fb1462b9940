//! Header fields as types of the `headers` crate.

use super::{Extract, FromRequest, Rejection};
use crate::Request;
use headers::Header;
use http::StatusCode;

/// A header field, parsed: any type of the [`headers`] crate, or of your own that implements its
/// [`Header`]. In front of an answer it sets that field.
///
/// Answers 400 with the field's name when it is missing or malformed. An `Option<TypedHeader<H>>` is `None` when
/// it is missing.
///
/// ```
/// use polyserve_core::{TypedHeader, headers::{Authorization, CacheControl, authorization::Bearer}};
///
/// fn secret(
///     TypedHeader(who): TypedHeader<Authorization<Bearer>>,
/// ) -> (TypedHeader<CacheControl>, String) {
///     (TypedHeader(CacheControl::new().with_no_store()), format!("known by {}", who.token()))
/// }
/// # let _ = secret;
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TypedHeader<H>(pub H);

impl<H: Header + Send> FromRequest for TypedHeader<H> {
    type Rejection = Rejection;

    fn is_absent(request: &Request) -> bool {
        !request.headers().contains_key(H::name())
    }

    fn from_request(request: &mut Request) -> Extract<TypedHeader<H>, Rejection> {
        // A type may have a value for a field that is not there, so it is asked.
        let decoded = H::decode(&mut request.headers().get_all(H::name()).iter());
        decoded
            .map(TypedHeader)
            .map_err(|_| {
                let name = H::name();
                let wrong = if Self::is_absent(request) { "missing" } else { "malformed" };
                let message = format!("the header field `{name}` is {wrong}");
                Rejection::new(StatusCode::BAD_REQUEST, message).with_field(name.as_str())
            })
            .into()
    }
}
