//! What a handler puts on top of an answer: a status, header fields.

use super::{InternalError, IntoResponse};
use crate::{Cookies, Response, TypedHeader};
use headers::Header;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header, response};
use std::fmt::Display;

/// A piece of a response's head, which stands before the answer in a tuple: `(StatusCode::CREATED, [("x-id",
/// "7")], "made")`.
///
/// A tuple has up to eight of them, in any order. They are applied from left to right on top of what the answer
/// brings along, so that of two statuses the later one stays. They are applied to an error as well: to leave a
/// `Result`'s error alone, put the tuple into its `Ok`.
///
/// ```
/// use http::StatusCode;
/// use polyserve_core::{InternalError, IntoResponse, ResponseParts};
///
/// /// How old the client's copy may become, in seconds.
/// struct MaxAge(u32);
///
/// impl ResponseParts for MaxAge {
///     fn apply(self, head: &mut http::response::Parts) -> Result<(), InternalError> {
///         head.headers.insert("cache-control", format!("max-age={}", self.0).try_into()?);
///         Ok(())
///     }
/// }
///
/// let answer = (StatusCode::CREATED, MaxAge(60), [("x-id", "7")], "made").into_response();
/// assert_eq!(answer.status(), 201);
/// assert_eq!(answer.headers()["cache-control"], "max-age=60");
/// assert_eq!(answer.headers()["x-id"], "7");
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot stand before an answer in a tuple",
    label = "this is no part of a response's head",
    note = "a tuple is `(parts.., answer)`: parts are a `StatusCode`, a `HeaderMap`, `[(name, value); N]`, `TypedHeader`, `Cookies` or an `Option` of one",
    note = "for a type of your own, implement `ResponseParts`"
)]
pub trait ResponseParts {
    /// Changes the head of the answer.
    ///
    /// # Errors
    /// What cannot be put into a head: the client is answered 500 instead, and the log says why.
    fn apply(self, head: &mut response::Parts) -> Result<(), InternalError>;
}

impl ResponseParts for StatusCode {
    fn apply(self, head: &mut response::Parts) -> Result<(), InternalError> {
        head.status = self;
        Ok(())
    }
}

/// The fields replace those of the same name that the answer brings; several of one name stay several.
impl ResponseParts for HeaderMap {
    fn apply(self, head: &mut response::Parts) -> Result<(), InternalError> {
        head.headers.extend(self);
        Ok(())
    }
}

/// The fields replace those of the same name that the answer brings; several of one name stay several, as
/// `Set-Cookie` needs. A name or value that HTTP does not allow, such as one with a line end in it, answers
/// 500 and is logged.
impl<N, V, const COUNT: usize> ResponseParts for [(N, V); COUNT]
where
    N: TryInto<HeaderName, Error: Display>,
    V: TryInto<HeaderValue, Error: Display>,
{
    fn apply(self, head: &mut response::Parts) -> Result<(), InternalError> {
        let mut fields = HeaderMap::with_capacity(COUNT);
        for (at, (name, value)) in self.into_iter().enumerate() {
            let name = name.try_into().map_err(|error| {
                InternalError::new(format!("header field {at} of an answer has no valid name: {error}"))
            })?;
            let value = value.try_into().map_err(|error| {
                InternalError::new(format!("the answer's header field `{name}` has no valid value: {error}"))
            })?;
            fields.append(name, value);
        }
        fields.apply(head)
    }
}

/// It replaces a field of the same name, apart from `Set-Cookie`, which is added.
impl<H: Header> ResponseParts for TypedHeader<H> {
    fn apply(self, head: &mut response::Parts) -> Result<(), InternalError> {
        let mut values = Vec::new();
        self.0.encode(&mut values);
        if *H::name() != header::SET_COOKIE {
            head.headers.remove(H::name());
        }
        for value in values {
            head.headers.append(H::name(), value);
        }
        Ok(())
    }
}

/// What was added or removed, as `Set-Cookie`.
impl ResponseParts for Cookies {
    fn apply(self, head: &mut response::Parts) -> Result<(), InternalError> {
        self.set(&mut head.headers);
        Ok(())
    }
}

/// `None` changes nothing.
impl<P: ResponseParts> ResponseParts for Option<P> {
    fn apply(self, head: &mut response::Parts) -> Result<(), InternalError> {
        self.map_or(Ok(()), |parts| parts.apply(head))
    }
}

macro_rules! tuples {
    ($($parts:ident)+) => {
        /// The parts are applied from left to right on top of the answer, which is the last.
        #[diagnostic::do_not_recommend]
        impl<$($parts: ResponseParts,)+ T: IntoResponse> IntoResponse for ($($parts,)+ T) {
            #[expect(non_snake_case, reason = "a value is named as its type")]
            fn into_response(self) -> Response {
                let ($($parts,)+ answer) = self;
                let (mut head, body) = answer.into_response().into_parts();
                $(
                    if let Err(error) = $parts.apply(&mut head) {
                        return error.into_response();
                    }
                )+
                Response::from_parts(head, body)
            }
        }
    };
}

tuples!(P1);
tuples!(P1 P2);
tuples!(P1 P2 P3);
tuples!(P1 P2 P3 P4);
tuples!(P1 P2 P3 P4 P5);
tuples!(P1 P2 P3 P4 P5 P6);
tuples!(P1 P2 P3 P4 P5 P6 P7);
tuples!(P1 P2 P3 P4 P5 P6 P7 P8);

/// 200 with this field and an empty body.
impl<H: Header> IntoResponse for TypedHeader<H> {
    fn into_response(self) -> Response {
        (self, ()).into_response()
    }
}

/// 200 with what was added or removed, and an empty body.
impl IntoResponse for Cookies {
    fn into_response(self) -> Response {
        (self, ()).into_response()
    }
}
