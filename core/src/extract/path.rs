//! Arguments named in the path of a route.

use super::Rejection;
use crate::Request;
use http::StatusCode;
use percent_encoding::percent_decode_str;
use std::{any::type_name, fmt::Display, str::FromStr};

/// What the route's `{parameters}` matched, percent-decoded, in the order of the path. The router puts it
/// into the request's extensions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PathParams(Vec<(String, String)>);

impl PathParams {
    /// Decodes what the router matched; 400 when a value is not UTF-8 behind its percent-encoding.
    pub(crate) fn decode<'p>(
        matched: impl Iterator<Item = (&'p str, &'p str)>,
    ) -> Result<PathParams, Rejection> {
        matched
            .map(|(name, value)| match percent_decode_str(value).decode_utf8() {
                Ok(value) => Ok((name.to_owned(), value.into_owned())),
                Err(_) => Err(Rejection::new(
                    StatusCode::BAD_REQUEST,
                    format!("the path's `{name}` is not UTF-8 once its percent-encoding is undone"),
                )),
            })
            .collect::<Result<_, _>>()
            .map(PathParams)
    }

    /// The value of one parameter.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Names and values, in the order of the path.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

/// The argument `name` of a handler whose route has `{name}`, parsed with `FromStr`.
///
/// # Errors
/// 400 when the value does not parse, with the parser's own words. 500 when the handler was mounted at a
/// path without `{name}`: that is the application's mistake, not the client's.
pub fn path_argument<T>(request: &Request, name: &'static str) -> Result<T, Rejection>
where
    T: FromStr,
    T::Err: Display,
{
    let Some(value) = request.extensions().get::<PathParams>().and_then(|params| params.get(name)) else {
        log::error!("a handler takes `{name}` from its path, but is mounted at a path without `{{{name}}}`");
        return Err(Rejection::new(StatusCode::INTERNAL_SERVER_ERROR, "500 Internal Server Error"));
    };
    value.parse().map_err(|error| {
        Rejection::new(
            StatusCode::BAD_REQUEST,
            format!("the path's `{name}` is not a {}: {error}", short_name::<T>()),
        )
    })
}

/// `u32` of `core::primitive::u32`, `Uuid` of `uuid::Uuid`.
fn short_name<T>() -> &'static str {
    let name = type_name::<T>();
    let generics = name.find('<').unwrap_or(name.len());
    name[..generics].rfind("::").map_or(name, |at| &name[at + 2..])
}
