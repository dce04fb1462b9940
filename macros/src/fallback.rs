//! What is emitted beside the errors, so that one mistake prints one error.
//!
//! The struct, the function and a `Handler` remain: the rest of the crate still finds them, and an editor
//! still completes inside the body.

use crate::{expand, model::Function};
use proc_macro2::TokenStream;
use quote::quote;
use syn::{Error, FnArg, Path};

/// For a function that is no handler.
pub(crate) fn of_a_function(function: &Function, polyserve: &Path, mistakes: &Error) -> TokenStream {
    let mistakes = mistakes.to_compile_error();
    let Function { attributes, visibility, signature, body } = function;
    if signature.inputs.iter().any(|input| matches!(input, FnArg::Receiver(_))) {
        // It stands in an `impl` block, where a struct would be the next error.
        return quote!(#mistakes #(#attributes)* #visibility #signature #body);
    }
    let name = function.name();
    let p = quote!(#polyserve::__private);
    let handler = expand::around(
        function,
        &TokenStream::new(),
        &quote! {
            impl #p::Handler for #name {
                fn call(&self, _: #p::Request) -> #p::Reply {
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
