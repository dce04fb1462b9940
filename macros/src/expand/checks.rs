//! What only the compiler can check, since it depends on what the arguments' types are: constants whose
//! evaluation fails with a sentence, at the type.

use crate::{
    model::{Argument, Handler, Route, Source},
    place::{Place, polyserve},
};
use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};

pub(super) fn of(handler: &Handler) -> TokenStream {
    let of_the_request: Vec<_> =
        handler.arguments.iter().filter(|argument| matches!(argument.source, Source::Request)).collect();
    let once = takes_the_body_once(handler, &of_the_request);
    let bodiless = handler.route.as_ref().filter(|route| route.method == "GET" || route.method == "HEAD");
    let in_path = bodiless
        .into_iter()
        .flat_map(|route| of_the_request.iter().filter_map(|argument| is_no_text_body(argument, route)));
    quote!(#once #(#in_path)*)
}

/// At most one argument may be made of the body; the mistake is told at the second one's type.
fn takes_the_body_once(handler: &Handler, arguments: &[&Argument]) -> TokenStream {
    let takes: Vec<_> = arguments.iter().map(|argument| argument.extractor("TAKES_BODY")).collect();
    let sentence = format!(
        "`{}` takes the request body twice, but it can be read only once: an argument before this one \
         takes it already, so remove one of the two",
        handler.function.plain_name().value()
    );
    let checks = (1..arguments.len()).map(|last| {
        let this = &takes[last];
        let first_to_this = &takes[..=last];
        let span = Place::of(&arguments[last].ty).first;
        let p = polyserve(span);
        quote_spanned! {span=>
            const _: () = ::core::assert!(!#this || #p::count(&[#(#first_to_this),*]) == 1, "{}", #sentence);
        }
    });
    quote!(#(#checks)*)
}

/// `name: String` without `{name}` in the path is the whole body as text, of which a `GET` has none: what was
/// meant is a path argument. Types that are made of a body and of nothing else are left alone.
fn is_no_text_body(argument: &Argument, route: &Route) -> Option<TokenStream> {
    let (name, method) = (argument.name.as_ref()?, &route.method);
    let path = route.path.literal.value();
    let sentence = format!(
        "`{name}` is not in the path, so it would be the body, and a `{method}` request has none: write \
         \"{}/{{{name}}}\" as the path; who expects a body nevertheless takes `Bytes`",
        path.trim_end_matches('/')
    );
    let takes_body = argument.extractor("TAKES_BODY");
    let ty = argument.made_type();
    let span = Place::of(&argument.ty).first;
    let p = polyserve(span);
    Some(quote_spanned! {span=>
        const _: () = {
            #[allow(unused_imports)]
            use #p::NotInPath as _;
            ::core::assert!(!(#takes_body && <#p::InPath<#ty>>::POSSIBLE), "{}", #sentence);
        };
    })
}
