//! The names that are free in a handler, though a unit struct of that name exists.

use proc_macro2::Ident;
use syn::{FnArg, Pat, Signature};

/// The function's name and those that its arguments bind, each once.
pub(super) fn names(signature: &Signature) -> Vec<Ident> {
    let mut names = vec![signature.ident.clone()];
    for input in &signature.inputs {
        if let FnArg::Typed(argument) = input {
            bound_names(&argument.pat, &mut names);
        }
    }
    names
}

fn bound_names(pattern: &Pat, names: &mut Vec<Ident>) {
    match pattern {
        Pat::Ident(pattern) => {
            let is_name = pattern.ident.to_string().starts_with(|c: char| c == '_' || c.is_lowercase());
            if is_name && !names.contains(&pattern.ident) {
                names.push(pattern.ident.clone());
            }
        }
        Pat::Paren(pattern) => bound_names(&pattern.pat, names),
        Pat::Reference(pattern) => bound_names(&pattern.pat, names),
        Pat::Struct(pattern) => pattern.fields.iter().for_each(|field| bound_names(&field.pat, names)),
        Pat::Tuple(pattern) => pattern.elems.iter().for_each(|elem| bound_names(elem, names)),
        Pat::TupleStruct(pattern) => pattern.elems.iter().for_each(|elem| bound_names(elem, names)),
        _ => {}
    }
}
