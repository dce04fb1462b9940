//! Where in the user's source the generated code claims to stand, which is where errors about it are told.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote_spanned};
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
    /// The module with the names that the expansion uses.
    pub(crate) fn at(&self, span: Span) -> TokenStream {
        match &self.0 {
            Some(path) => quote_spanned!(span=> #path::__private),
            None => quote_spanned!(span=> ::polyserve::__private),
        }
    }
}
