//! The expansions in `tests/expansions`: each file is a handler, a line, and what becomes of it.
//!
//! `UPDATE_EXPANSIONS=1 cargo test -p polyserve-macros` writes the second half anew.

use std::{env, fs, path::Path};
use syn::{File, Item, ItemFn, Meta};

const BETWEEN: &str = "\n\n// ---- becomes ----\n\n";

fn check(file: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/expansions").join(file);
    let text = fs::read_to_string(&path).unwrap();
    let (written, expected) = text.split_once(BETWEEN).unwrap_or((text.trim_end(), ""));
    let expansion = expand(written);
    if env::var_os("UPDATE_EXPANSIONS").is_some() {
        fs::write(path, format!("{written}{BETWEEN}{expansion}")).unwrap();
    } else {
        assert_eq!(expansion, expected, "the expansion of {file} has changed");
    }
}

fn expand(written: &str) -> String {
    let mut function: ItemFn = syn::parse_str(written).unwrap();
    let attribute = function.attrs.pop().unwrap();
    let options = match attribute.meta {
        Meta::List(list) => list.tokens,
        _ => proc_macro2::TokenStream::new(),
    };
    let expansion = crate::stages(options, quote::quote!(#function));
    let file: File = syn::parse2(expansion).unwrap();
    assert!(!file.items.iter().any(|item| matches!(item, Item::Macro(_))), "an error, not an expansion");
    prettyplease::unparse(&file)
}

#[test]
fn a_plain_function_without_arguments() {
    check("plain_without_arguments.rs");
}

#[test]
fn an_async_function_without_arguments() {
    check("async_without_arguments.rs");
}

#[test]
fn an_async_function_with_a_route_and_arguments() {
    check("async_with_route.rs");
}

#[test]
fn a_plain_function_with_arguments() {
    check("plain_with_arguments.rs");
}

#[test]
fn a_blocking_function() {
    check("blocking.rs");
}

#[test]
fn a_function_that_borrows_its_arguments() {
    check("borrowed_arguments.rs");
}

#[test]
fn a_function_that_may_have_forgotten_its_path_argument() {
    check("a_string_on_a_get_route.rs");
}
