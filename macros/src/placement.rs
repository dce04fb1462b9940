//! Which of the generated items each attribute of the function belongs to.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{Attribute, Meta, Token, punctuated::Punctuated};

/// The lints that speak about the struct, which the user sees as the function.
const LINTS_OF_THE_NAME: [&str; 3] = ["dead_code", "missing_docs", "unreachable_pub"];

/// The user's attributes, sorted.
#[derive(Default)]
pub(crate) struct Placement {
    /// For the struct: what readers and callers see.
    pub(crate) name: TokenStream,
    /// For the function: how it is compiled.
    pub(crate) function: TokenStream,
    /// For the items beside the struct: when they exist, and no second report of what is deprecated.
    pub(crate) beside: TokenStream,
}

impl Placement {
    pub(crate) fn of(attributes: &[Attribute]) -> Placement {
        let mut placement = Placement::default();
        for attribute in attributes {
            placement.place(&attribute.meta, &|meta| quote!(#[#meta]));
        }
        placement
    }

    fn place(&mut self, meta: &Meta, written: &dyn Fn(&dyn ToTokens) -> TokenStream) {
        let path = meta.path();
        let is = |names: &[&str]| names.iter().any(|name| path.is_ident(name));
        if is(&["cfg"]) {
            self.name.extend(written(&meta));
            self.beside.extend(written(&meta));
        } else if is(&["doc", "deprecated"]) {
            self.name.extend(written(&meta));
            if is(&["deprecated"]) {
                self.beside.extend(quote!(#[allow(deprecated)]));
            }
        } else if is(&["allow", "warn", "deny", "forbid"]) {
            self.name.extend(written(&meta));
            self.function.extend(written(&meta));
        } else if is(&["expect"]) && names_a_lint_of(meta, &LINTS_OF_THE_NAME) {
            // An expectation must be met where it stands, so it can stand in one place only.
            self.name.extend(written(&meta));
        } else if let Some((condition, metas)) = conditional(meta) {
            for meta in &metas {
                self.place(meta, &|meta| written(&quote!(cfg_attr(#condition, #meta))));
            }
        } else {
            self.function.extend(written(&meta));
        }
    }
}

fn names_a_lint_of(meta: &Meta, lints: &[&str]) -> bool {
    let Ok(named) = meta
        .require_list()
        .and_then(|list| list.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated))
    else {
        return false;
    };
    named.iter().any(|meta| lints.iter().any(|lint| meta.path().is_ident(lint)))
}

/// What a `cfg_attr` depends on, and its attributes.
fn conditional(meta: &Meta) -> Option<(Meta, Vec<Meta>)> {
    let list = meta.require_list().ok().filter(|list| list.path.is_ident("cfg_attr"))?;
    let mut metas = list.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated).ok()?.into_iter();
    Some((metas.next()?, metas.collect()))
}

#[cfg(test)]
mod tests {
    use super::Placement;
    use syn::{Attribute, parse_quote};

    fn placed(attributes: &[Attribute]) -> [String; 3] {
        let placement = Placement::of(attributes);
        [placement.name, placement.function, placement.beside]
            .map(|tokens| tokens.to_string().replace(' ', ""))
    }

    #[test]
    fn each_attribute_stands_where_it_means_something() {
        for (attribute, name, function, beside) in [
            (parse_quote!(#[doc = "x"]), true, false, false),
            (parse_quote!(#[cfg(test)]), true, false, true),
            (parse_quote!(#[inline]), false, true, false),
            (parse_quote!(#[must_use]), false, true, false),
            (parse_quote!(#[tracing::instrument(skip(a))]), false, true, false),
            (parse_quote!(#[allow(dead_code)]), true, true, false),
            (parse_quote!(#[expect(dead_code, reason = "later")]), true, false, false),
            (parse_quote!(#[expect(unused_variables)]), false, true, false),
        ] {
            let attribute: Attribute = attribute;
            let text = quote::quote!(#attribute).to_string().replace(' ', "");
            let here = |there: bool| if there { text.clone() } else { String::new() };
            assert_eq!(placed(&[attribute]), [here(name), here(function), here(beside)]);
        }
    }

    #[test]
    fn a_conditional_attribute_is_placed_as_the_attributes_in_it() {
        let attribute = parse_quote!(#[cfg_attr(test, doc = "x", inline)]);
        let [name, function, beside] = placed(&[attribute]);
        assert_eq!(name, "#[cfg_attr(test,doc=\"x\")]");
        assert_eq!(function, "#[cfg_attr(test,inline)]");
        assert_eq!(beside, "");
    }

    #[test]
    fn a_deprecated_handler_is_reported_at_its_uses_only() {
        let [name, _, beside] = placed(&[parse_quote!(#[deprecated])]);
        assert_eq!(name, "#[deprecated]");
        assert_eq!(beside, "#[allow(deprecated)]");
    }
}
