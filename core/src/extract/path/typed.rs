//! All of a route's parameters as one value of the user's type.

use super::{
    PathParams,
    de::{Blame, Parameters},
};
use crate::{
    Request,
    extract::{Extract, FromRequest, Rejection},
};
use http::StatusCode;
use serde::de::DeserializeOwned;

/// What the route's `{parameters}` and `{*wildcards}` matched, percent-decoded, as a value of the user's type: one
/// value where the path has one parameter, a tuple or a `Vec` in the order of the path, a struct or a map by their
/// names, an enum by the names of its variants. The fields of these are what can be made of a piece of text:
/// numbers, `bool`, `char`, `String`, enums of plain variants, and every type that deserialises from a string.
/// An `Option` is `Some` where the route has the parameter.
///
/// Answers 400 and names the parameter when a value does not fit. When the type asks for parameters that the
/// route does not have, that is the application's mistake: it answers 500, and the log says what is missing.
///
/// An `Option<Path<T>>` is `None` where the route has no parameters.
///
/// ```
/// use polyserve_core::Path;
/// use serde::Deserialize;
///
/// #[derive(Deserialize)]
/// struct Post { user: u32, slug: String }
///
/// // #[handler(GET, "/users/{user}/posts/{slug}")]
/// fn post(Path(Post { user, slug }): Path<Post>) -> String {
///     format!("{slug} by {user}")
/// }
///
/// // #[handler(GET, "/files/{*path}")]
/// fn file(Path(path): Path<String>) -> String {
///     format!("the file {path}") // `a/b.txt` of `/files/a/b.txt`
/// }
/// # let _ = (post, file);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Path<T>(pub T);

impl<T: DeserializeOwned + Send> FromRequest for Path<T> {
    type Rejection = Rejection;
    const READS_HEADERS: bool = false;

    fn is_absent(request: &Request) -> bool {
        request.extensions().get::<PathParams>().is_none()
    }

    fn from_request(request: &mut Request) -> Extract<Path<T>, Rejection> {
        let none = PathParams::default();
        let params = request.extensions().get::<PathParams>().unwrap_or(&none);
        T::deserialize(Parameters(params)).map(Path).map_err(|misfit| misfit.rejection::<T>(params)).into()
    }
}

impl super::de::Misfit {
    fn rejection<T>(self, params: &PathParams) -> Rejection {
        match (self.blame, self.parameter) {
            (Blame::Application, _) => {
                let names: Vec<_> = params.iter().map(|(name, _)| format!("{{{name}}}")).collect();
                let names = if names.is_empty() { "none".to_owned() } else { names.join(" ") };
                log::error!(
                    "a handler takes `Path<{}>`, which does not fit its route: {} (the route's parameters: {names})",
                    std::any::type_name::<T>(),
                    self.message
                );
                Rejection::new(StatusCode::INTERNAL_SERVER_ERROR, "")
            }
            (Blame::Client, Some(name)) => {
                let message = format!("the path's `{name}` {}", self.message);
                Rejection::new(StatusCode::BAD_REQUEST, message).with_field(name)
            }
            (Blame::Client, None) => {
                Rejection::new(StatusCode::BAD_REQUEST, format!("the path {}", self.message))
            }
        }
    }
}
