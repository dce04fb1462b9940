//! `#[handler]`, which makes a handler of a plain function.
//!
//! What is *absent* from this crate: any knowledge of what an argument or an answer is. The expansion asks
//! the traits of `polyserve-core`, and never looks at a type's name.
//!
//! An attribute and a function pass through four stages, a file each: `attributes` reads the options,
//! `model` the function, `validate` makes a handler of both or finds all that is wrong, and `expand` writes
//! it down. `fallback` is what is written when something is wrong. `tests/expansions` shows the results.

mod attributes;
mod expand;
mod fallback;
#[cfg(test)]
mod golden;
mod mistakes;
mod model;
mod place;
mod placement;
mod route_path;
mod similar;
mod types;
mod validate;

use proc_macro2::TokenStream;

/// Makes a handler of a function.
///
/// ```
/// # extern crate polyserve_core as polyserve;
/// use polyserve_macros::handler;
///
/// /// Says hello.
/// #[handler]
/// fn hello() -> &'static str {
///     "Hello from my basic server"
/// }
///
/// # fn main() {
/// // The name is now a value that can be served, ...
/// let served: &dyn polyserve::Handler = &hello;
/// // ... and the function is its `call`, for unit tests.
/// assert_eq!(hello::call(), "Hello from my basic server");
/// # }
/// ```
///
/// # Which functions
///
/// - An `fn` answers at once: it costs no allocation and no waker.
/// - An `async fn` waits without holding more than its host has to.
/// - An `fn` with `#[handler(blocking)]` holds its thread, for files, databases or heavy work. Runtimes that
///   have few threads run it on a pool.
///
/// Lifetimes are the compiler's to choose. Type and constant parameters, `impl` arguments and `self` are
/// refused, since nobody is there to choose them; so are `const`, `unsafe`, `extern` and variadic functions.
///
/// # Arguments
///
/// Any number, in any order, with any pattern. An argument that is named in the path is parsed from it with
/// `FromStr`; every other is made by its type's `FromRequest`. What cannot be made answers the request
/// instead of the function, such as 400 for a path that does not parse, and what can be told from the head
/// is told before the body is read. At most one argument may take the body, which is checked when the
/// handler is compiled.
///
/// An argument may be borrowed: for `&T` a `T` is made, and kept until the function has answered; `&str`
/// borrows a `String` and `&[u8]` borrows `Bytes`. References inside of a type are refused, and `&mut`.
///
/// The answer is anything that is `IntoResponse`; with a `Result`, the function may use `?`, with an error
/// that is `IntoResponse`, too.
///
/// ```
/// # extern crate polyserve_core as polyserve;
/// # use polyserve_macros::handler;
/// use polyserve::{InternalError, Json, Query};
///
/// #[handler(PUT, "/sums/{name}")]
/// async fn sum(
///     Json(numbers): Json<Vec<u32>>,
///     name: &str,
///     Query(options): Query<Vec<(String, String)>>,
/// ) -> Result<String, InternalError> {
///     let start: u32 = options.first().map_or(Ok(0), |(_, value)| value.parse())?;
///     Ok(format!("{name} is {}", start + numbers.iter().sum::<u32>()))
/// }
/// # fn main() { let _: &dyn polyserve::Handler = &sum; }
/// ```
///
/// # Options
///
/// | option | meaning |
/// |---|---|
/// | `GET, "/hello/{name}"` | The route: one of `GET`, `POST`, `PUT`, `DELETE`, `PATCH`, `HEAD` and `OPTIONS`, and a path. `{name}` takes one segment, `{*rest}` all that follow. Without a route, the handler answers every request that reaches it. |
/// | `blocking` | The function holds its thread. |
/// | `crate = path::to::polyserve` | Where polyserve is, when the crate is renamed or re-exported. `::polyserve` by default. |
///
/// They combine, and an option that is not known is an error:
///
/// ```
/// # extern crate polyserve_core as polyserve;
/// # use polyserve_macros::handler;
/// mod vendored {
///     pub(crate) use ::polyserve as server;
/// }
///
/// #[handler(GET, "/files/{*path}", blocking, crate = crate::vendored::server)]
/// fn file(path: String) -> Option<Vec<u8>> {
///     std::fs::read(path).ok()
/// }
/// # fn main() {
/// assert_eq!(file::META.path, Some("/files/{*path}"));
/// assert!(file::META.blocking);
/// # }
/// ```
///
/// # What it becomes
///
/// A unit struct with the function's name, visibility and documentation, which implements `Handler`, with
/// the function as `call` and what is known about it (name, place, route) as `META`. `#[cfg]` and lint levels
/// hold for both; every other attribute stays on the function, which is then called `call`, so one that
/// rewrites it goes above `#[handler]`.
///
/// A unit struct can be matched, so `let hello = ..` in *another* function of the same module would match
/// the handler instead of binding a variable; the compiler says so. Inside of a handler, its own name and
/// those of its arguments are free. A module of the same name cannot stand beside it.
///
/// # Errors
///
/// Whatever cannot become a handler is told when it is compiled: options that do not exist, paths that the
/// router would refuse or that no request could match, parameters without an argument, and text arguments on
/// `GET` routes that are not in the path. All that can be seen in what is written is told at once, each at its
/// place, and the function stays, so that nothing else is reported for want of it. What depends on types is
/// the compiler's to tell: arguments that are not `FromRequest`, answers that are not `IntoResponse`, two
/// arguments that take the body, futures that are not `Send`.
#[proc_macro_attribute]
pub fn handler(
    options: proc_macro::TokenStream,
    function: proc_macro::TokenStream,
) -> proc_macro::TokenStream {
    stages(options.into(), function.into()).into()
}

fn stages(options: TokenStream, item: TokenStream) -> TokenStream {
    let mut mistakes = mistakes::Mistakes::default();
    let options = attributes::Options::parse(options, &mut mistakes);
    let function = match model::Function::parse(item.clone()) {
        Ok(function) => function,
        Err(mistake) => {
            mistakes.add(mistake);
            return match mistakes.or(()) {
                Err(mistakes) => fallback::of_anything(&item, &mistakes),
                Ok(()) => item,
            };
        }
    };
    match validate::handler(options, function, mistakes) {
        Ok(handler) => expand::handler(&handler),
        Err(refused) => fallback::of_a_function(*refused),
    }
}
