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
mod placement;
mod route_path;
mod validate;

use proc_macro2::TokenStream;

/// Makes a handler of a function.
///
/// ```
/// # extern crate polyserve_core as polyserve;
/// # use polyserve_macros::handler;
/// #[handler]
/// async fn hello() -> &'static str {
///     "Hello from my basic server"
/// }
/// # let _: &dyn polyserve::Handler = &hello;
/// ```
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
    let polyserve = validate::polyserve(&options);
    match validate::handler(options, function, mistakes) {
        Ok(handler) => expand::handler(&handler),
        Err(found) => {
            let (function, mistakes) = *found;
            fallback::of_a_function(&function, &polyserve, &mistakes)
        }
    }
}
