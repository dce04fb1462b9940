//! What is emitted beside the errors, so that one mistake prints one error.
//!
//! The struct, the function and a `Handler` remain: the rest of the crate still finds them, and an editor
//! still completes inside the body.

use crate::{expand, model::Function, place::Polyserve};
use proc_macro2::TokenStream;
use quote::quote;
use syn::{Error, FnArg};

/// A function that is no handler, and why.
pub(crate) struct Refused {
    pub(crate) function: Function,
    pub(crate) polyserve: Polyserve,
    pub(crate) mistakes: Error,
}

/// For a function that is no handler.
pub(crate) fn of_a_function(refused: Refused) -> TokenStream {
    let Refused { mut function, polyserve, mistakes } = refused;
    let mistakes = mistakes.to_compile_error();
    // The compiler has an error of its own for these.
    function.signature.variadic = None;
    let Function { attributes, visibility, signature, body } = &function;
    if signature.inputs.iter().any(|input| matches!(input, FnArg::Receiver(_))) {
        // It stands in an `impl` block, where a struct would be the next error.
        return quote!(#mistakes #(#attributes)* #visibility #signature #body);
    }
    let name = function.name();
    let handler = expand::around(
        &function,
        &polyserve,
        &TokenStream::new(),
        &quote! {
            impl __polyserve::Handler for #name {
                fn call(&self, _: __polyserve::Request) -> __polyserve::Reply {
                    ::core::unreachable!("the crate did not compile")
                }
            }
        },
    );
    quote!(#mistakes #handler)
}

/// For anything else: it stays as it was.
pub(crate) fn of_anything(item: &TokenStream, mistakes: &Error) -> TokenStream {
    let mistakes = mistakes.to_compile_error();
    quote!(#mistakes #item)
}
