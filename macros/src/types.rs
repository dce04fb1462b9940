//! Which types an argument and an answer can have, as far as that can be seen in how they are written.

use crate::mistakes::Mistakes;
use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use std::fmt;
use syn::{FnArg, ReturnType, Signature, Type, TypeReference, spanned::Spanned};

/// `T` of an argument `&T`, which is made for the function and lent to it.
///
/// A `&'static T` is not: a type of the user's own may well be made as one.
pub(crate) fn lent(ty: &Type) -> Option<&Type> {
    let reference = reference(ty)?;
    (!is_static(reference)).then_some(&*reference.elem)
}

pub(crate) fn of_an_argument(ty: &Type, mistakes: &mut Mistakes) {
    let owned = match lent(ty) {
        Some(lent) => {
            if let Some(reference) = reference(ty)
                && reference.mutability.is_some()
            {
                let owner = owner(lent);
                let sentence =
                    format!("a handler owns what it changes: write `mut name: {owner}`, without the `&mut`");
                return mistakes.at(ty, sentence);
            }
            lent
        }
        None => ty,
    };
    match bare(owned) {
        Type::Infer(_) => mistakes.at(ty, "the type of an argument says how it is made: write it out"),
        Type::ImplTrait(_) => {
            mistakes.at(ty, "the type of an argument says how it is made: write a concrete type, not `impl`");
        }
        // What would be told of these later is that they have no size, again and again.
        Type::TraitObject(_) => {
            mistakes.at(ty, "the type of an argument says how it is made: write a concrete type, not `dyn`");
        }
        slice @ Type::Slice(_) if !owner(slice).is_text_or_bytes() => {
            let sentence = "of slices only `&[u8]` is made of a request, as its body: write the type that others are \
                parsed by, such as `Json<Vec<T>>`";
            mistakes.at(ty, sentence);
        }
        owned if borrows(owned.to_token_stream()) => {
            let sentence = "an argument can be borrowed as a whole, as in `&T`, but it owns what it holds: \
                write an owned type, such as `String`, in place of this reference or lifetime";
            mistakes.at(owned, sentence);
        }
        _ => {}
    }
}

/// Text and bytes are sent after the function's arguments are gone.
pub(crate) fn of_the_answer(signature: &Signature, mistakes: &mut Mistakes) {
    let ReturnType::Type(_, ty) = &signature.output else { return };
    let Some(reference) = reference(ty).filter(|reference| !is_static(reference)) else { return };
    let borrows = |input: &FnArg| matches!(input, FnArg::Typed(typed) if lent(&typed.ty).is_some());
    let owner = owner(&reference.elem);
    if owner.is_text_or_bytes() && signature.inputs.iter().any(borrows) {
        let sentence = format!(
            "the answer is sent when the arguments are gone, so it cannot borrow from them: return `{owner}`"
        );
        mistakes.at(ty, sentence);
    }
}

/// What owns a `T` that is behind a reference.
enum Owner<'t> {
    Text,
    Bytes,
    Itself(&'t Type),
}

fn owner(ty: &Type) -> Owner<'_> {
    match bare(ty) {
        Type::Path(path) if path.path.is_ident("str") => Owner::Text,
        Type::Slice(slice) if slice.elem.to_token_stream().to_string() == "u8" => Owner::Bytes,
        ty => Owner::Itself(ty),
    }
}

impl Owner<'_> {
    fn is_text_or_bytes(&self) -> bool {
        !matches!(self, Owner::Itself(_))
    }
}

impl fmt::Display for Owner<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Owner::Text => f.write_str("String"),
            Owner::Bytes => f.write_str("Bytes"),
            Owner::Itself(ty) => match ty.span().source_text() {
                Some(written) => f.write_str(&written),
                None => ty.to_token_stream().fmt(f),
            },
        }
    }
}

/// Without the parentheses, and the invisible ones of a `macro_rules!`.
fn bare(ty: &Type) -> &Type {
    match ty {
        Type::Paren(inner) => bare(&inner.elem),
        Type::Group(inner) => bare(&inner.elem),
        ty => ty,
    }
}

fn reference(ty: &Type) -> Option<&TypeReference> {
    match bare(ty) {
        Type::Reference(reference) => Some(reference),
        _ => None,
    }
}

fn is_static(reference: &TypeReference) -> bool {
    reference.lifetime.as_ref().is_some_and(|lifetime| lifetime.ident == "static")
}

/// Whether a reference or a lifetime other than `'static` is in it.
fn borrows(ty: TokenStream) -> bool {
    let mut tokens = ty.into_iter().peekable();
    while let Some(token) = tokens.next() {
        let found = match token {
            TokenTree::Group(group) => borrows(group.stream()),
            TokenTree::Punct(punct) if punct.as_char() == '&' => !is_static_lifetime(&mut tokens.clone()),
            TokenTree::Punct(punct) if punct.as_char() == '\'' => {
                !matches!(tokens.peek(), Some(TokenTree::Ident(name)) if name == "static")
            }
            _ => false,
        };
        if found {
            return true;
        }
    }
    false
}

fn is_static_lifetime(tokens: &mut impl Iterator<Item = TokenTree>) -> bool {
    matches!(tokens.next(), Some(TokenTree::Punct(quote)) if quote.as_char() == '\'')
        && matches!(tokens.next(), Some(TokenTree::Ident(name)) if name == "static")
}
