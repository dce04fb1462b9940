//! Arguments made of the path of a route.

mod de;
mod params;
mod typed;

use super::Rejection;
use crate::Request;
use http::StatusCode;
use std::{any::type_name, fmt::Display, str::FromStr};

pub use params::PathParams;
pub use typed::Path;

/// An argument that is named in the path of a route. Every type with `FromStr` is one.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be read from a path",
    label = "this cannot be made of a piece of text",
    note = "an argument named in the path is parsed with `std::str::FromStr`; its error must implement `Display`",
    note = "text is a `String` or a `&str`"
)]
pub trait PathArgument: Sized {
    /// Reads the value, percent-decoded.
    ///
    /// # Errors
    /// What is wrong with the text, for the client.
    fn parse(text: &str) -> Result<Self, String>;
}

#[diagnostic::do_not_recommend]
impl<T> PathArgument for T
where
    T: FromStr,
    T::Err: Display,
{
    fn parse(text: &str) -> Result<T, String> {
        text.parse().map_err(|error: T::Err| error.to_string())
    }
}

/// The argument `name` of a handler whose route has `{name}`.
///
/// # Errors
/// 400 when the value does not parse, with the parser's own words. 500 when the handler was mounted at a
/// path without `{name}`: that is the application's mistake, not the client's.
pub fn path_argument<T: PathArgument>(request: &Request, name: &'static str) -> Result<T, Rejection> {
    let Some(value) = request.extensions().get::<PathParams>().and_then(|params| params.get(name)) else {
        log::error!("a handler takes `{name}` from its path, but is mounted at a path without `{{{name}}}`");
        return Err(Rejection::new(StatusCode::INTERNAL_SERVER_ERROR, ""));
    };
    T::parse(value).map_err(|error| {
        let kind = short_name::<T>();
        let message = format!("the path's `{name}` is not a {kind}: {error}");
        Rejection::new(StatusCode::BAD_REQUEST, message).with_field(name)
    })
}

/// `u32` of `core::primitive::u32`, `Uuid` of `uuid::Uuid`.
fn short_name<T>() -> &'static str {
    let name = type_name::<T>();
    let generics = name.find('<').unwrap_or(name.len());
    name[..generics].rfind("::").map_or(name, |at| &name[at + 2..])
}
