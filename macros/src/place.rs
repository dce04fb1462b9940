//! Where in the user's source the generated code claims to stand, which is where errors about it are told.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote};
use syn::Path;

/// The first and the last token of what the user wrote. A generated expression that begins at the one and
/// ends at the other is reported at all of it.
#[derive(Clone, Copy)]
pub(crate) struct Place {
    pub(crate) first: Span,
    pub(crate) last: Span,
}

impl Place {
    pub(crate) fn of(written: impl ToTokens) -> Place {
        let mut spans = written.into_token_stream().into_iter().map(|token| token.span());
        let first = spans.next().unwrap_or_else(Span::call_site);
        Place { first, last: spans.last().unwrap_or(first) }
    }
}

/// Where the user's crate finds polyserve.
#[derive(Default)]
pub(crate) struct Polyserve(pub(crate) Option<Path>);

impl Polyserve {
    /// Imports, as [`polyserve`], the module with the names that the expansion uses. It is imported once, so
    /// that a crate that is not found is one error.
    pub(crate) fn import(&self) -> TokenStream {
        match &self.0 {
            Some(path) => quote!(use #path::__private as __polyserve;),
            None => quote!(
                use ::polyserve::__private as __polyserve;
            ),
        }
    }
}

/// What [`Polyserve::import`] imports.
pub(crate) fn polyserve(span: Span) -> Ident {
    Ident::new("__polyserve", span)
}
