//! One argument in the expansion: its type, where it is made, and what the function is called with.

use crate::{
    model::{Argument, Source},
    place::{Place, polyserve},
};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};

/// At the argument's type, where an answer that borrows from it is told.
pub(super) fn variable((at, argument): (usize, &Argument)) -> Ident {
    let span = Span::call_site().located_at(Place::of(&argument.ty).first);
    format_ident!("__argument{at}", span = span)
}

impl Argument {
    /// Binds the argument: a value where it comes from the path, else an `Extract` that is not yet rejected.
    pub(super) fn bound(&self, variable: &Ident) -> TokenStream {
        let Place { first, last } = Place::of(&self.ty);
        // A type that a `macro_rules!` wrote has another hygiene than the variable, so the two are kept apart.
        let request = Ident::new("__request", Span::call_site());
        let (made, rejected, accepted) = match &self.source {
            Source::Path(name) => {
                let p = polyserve(first);
                let ty = self.made_type();
                let function = quote_spanned!(first=> #p::path_argument);
                (
                    quote_spanned!(last=> #function::<#ty>(&#request, #name)),
                    quote!(__polyserve::Result::Err(__rejection)),
                    quote!(__polyserve::Result::Ok(__value) => __value),
                )
            }
            Source::Request => {
                let function = self.extractor("from_request");
                (
                    quote_spanned!(last=> #function(&mut #request)),
                    quote!(__polyserve::Extract::Ready(__polyserve::Result::Err(__rejection))),
                    quote!(__extract => __extract),
                )
            }
        };
        quote! {
            let #variable = match #made {
                #rejected => {
                    return __polyserve::Reply::Ready(__polyserve::IntoResponse::into_response(__rejection));
                }
                #accepted,
            };
        }
    }

    /// The type that is made of the request, at the type as it is written.
    pub(super) fn made_type(&self) -> TokenStream {
        let ty = &self.ty;
        let Place { first, last } = Place::of(ty);
        let p = polyserve(first);
        if self.lent {
            let lend = quote_spanned!(first=> <#ty as #p::Lend>);
            quote_spanned!(last=> #lend::Owner)
        } else {
            quote!(#ty)
        }
    }

    /// `<T as FromRequest>::member`, at the type.
    pub(super) fn extractor(&self, member: &str) -> TokenStream {
        let ty = self.made_type();
        let Place { first, last } = Place::of(&self.ty);
        let p = polyserve(first);
        let member = Ident::new(member, last);
        let implementation = quote_spanned!(first=> <#ty as #p::FromRequest>);
        quote_spanned!(last=> #implementation::#member)
    }

    /// What the function is called with: the value, or a reference to it.
    pub(super) fn passed(&self, variable: &Ident) -> TokenStream {
        if !self.lent {
            return quote!(#variable);
        }
        let ty = &self.ty;
        let Place { first, last } = Place::of(ty);
        let p = polyserve(first);
        let lend = quote_spanned!(first=> <#ty as #p::Lend>);
        let borrowed = quote_spanned!(variable.span()=> &#variable);
        quote_spanned!(last=> #lend::lend(#borrowed))
    }
}
