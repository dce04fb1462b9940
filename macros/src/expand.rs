//! Stage 4: the expansion of a handler without mistakes.
//!
//! Every name in it is absolute, since the user's module may define a `Result` of its own, and every
//! variable starts with `__`, since a unit struct or constant of the user's would otherwise be matched by
//! the pattern that is to bind it. What an argument or an answer *means* is decided by traits, never here.

use crate::{
    model::{Argument, Function, Handler, Kind, Source},
    placement::Placement,
};
use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::{LitStr, ReturnType, Signature, spanned::Spanned};

pub(crate) fn handler(handler: &Handler) -> TokenStream {
    let polyserve = &handler.polyserve;
    let p = quote!(#polyserve::__private);
    let meta = meta(handler, &p);
    let check = takes_the_body_once(handler, &p);
    let name = handler.function.name();
    let call = call(handler, &p);
    around(
        &handler.function,
        &meta,
        &quote! {
            #check

            impl #p::Handler for #name {
                fn meta(&self) -> #p::Option<&'static #p::Meta> {
                    #p::Option::Some(&<#name>::META)
                }

                #call
            }
        },
    )
}

/// The struct and the function, with `inherent` beside the function and `items` beside its `impl`.
pub(crate) fn around(function: &Function, inherent: &TokenStream, items: &TokenStream) -> TokenStream {
    let Function { visibility, signature, body, .. } = function;
    let Placement { name: for_name, function: for_function, beside } = Placement::of(&function.attributes);
    let name = function.name();
    let signature = Signature { ident: Ident::new("call", name.span()), ..signature.clone() };
    // A pattern `hello` means the unit struct wherever that is visible. The function of the same name hides
    // it from the user's code, so that an argument or a `let` may be called like the handler.
    quote! {
        #for_name
        #[allow(non_camel_case_types)]
        #[derive(::core::clone::Clone, ::core::marker::Copy, ::core::fmt::Debug)]
        #visibility struct #name;

        #beside
        const _: () = {
            #[allow(dead_code, non_snake_case)]
            fn #name() {}

            impl #name {
                /// The function itself: calls it without a request, as a unit test does.
                #[allow(dead_code)]
                #for_function
                #visibility #signature #body

                #inherent
            }

            #items
        };
    }
}

fn meta(handler: &Handler, p: &TokenStream) -> TokenStream {
    let visibility = &handler.function.visibility;
    let name = handler.function.plain_name();
    let mut known = TokenStream::new();
    if let Some(route) = &handler.route {
        let method = LitStr::new(&route.method.to_string(), route.method.span());
        let path = &route.path.literal;
        known.extend(quote! {
            __meta.method = #p::Option::Some(#method);
            __meta.path = #p::Option::Some(#path);
        });
    }
    if !handler.arguments.is_empty() {
        let written = handler.arguments.iter().map(|argument| &argument.written);
        known.extend(quote!(__meta.arguments = &[#(#written),*];));
    }
    match handler.kind {
        Kind::Plain => {}
        Kind::Async => known.extend(quote!(__meta.is_async = true;)),
        Kind::Blocking => known.extend(quote!(__meta.blocking = true;)),
    }
    let new = quote! {
        #p::Meta::new(#name, ::core::module_path!(), ::core::file!(), ::core::line!())
    };
    let value = if known.is_empty() {
        new
    } else {
        quote!({
            let mut __meta = #new;
            #known
            __meta
        })
    };
    quote! {
        /// What is known about the function: its name, its place, its route.
        #[allow(dead_code)]
        #visibility const META: #p::Meta = #value;
    }
}

/// At most one argument may be made of the body; the mistake is told at the second one's type.
fn takes_the_body_once(handler: &Handler, p: &TokenStream) -> TokenStream {
    let types: Vec<_> = handler
        .arguments
        .iter()
        .filter(|argument| matches!(argument.source, Source::Request))
        .map(|argument| &argument.ty)
        .collect();
    let takes_body = |ty: &&syn::Type| as_from_request(*ty, p, &quote!(TAKES_BODY));
    let sentence = format!(
        "`{}` takes the request body twice, but it can be read only once: an argument before this one \
         takes it already, so remove one of the two",
        handler.function.plain_name().value()
    );
    let checks = (1..types.len()).map(|last| {
        let takes: Vec<_> = types[..=last].iter().map(takes_body).collect();
        let this = &takes[last];
        quote_spanned! {types[last].span()=>
            const _: () = ::core::assert!(!#this || #p::count(&[#(#takes),*]) == 1, #sentence);
        }
    });
    quote!(#(#checks)*)
}

/// `<T as FromRequest>::member`, all of it at the type, where a missing implementation is then told.
fn as_from_request(ty: impl ToTokens, p: &TokenStream, member: &TokenStream) -> TokenStream {
    let span = ty.to_token_stream().span();
    let p = p.clone().into_iter().map(|mut token| {
        token.set_span(token.span().located_at(span));
        token
    });
    let p: TokenStream = p.collect();
    quote_spanned!(span=> <#ty as #p::FromRequest>::#member)
}

/// `Handler::call`.
///
/// What is rejected by the head alone is answered before the body is asked for, whatever the order of the
/// arguments.
fn call(handler: &Handler, p: &TokenStream) -> TokenStream {
    let variables: Vec<_> = (0..handler.arguments.len()).map(|at| format_ident!("__argument{at}")).collect();
    let made =
        handler.arguments.iter().zip(&variables).map(|(argument, variable)| made(argument, variable, p));
    let extracted: Vec<_> = handler
        .arguments
        .iter()
        .zip(&variables)
        .filter(|(argument, _)| matches!(argument.source, Source::Request))
        .map(|(_, variable)| variable)
        .collect();
    let awaited = extracted.iter().map(|variable| {
        quote! {
            let #variable = match #variable.await {
                #p::Result::Ok(__value) => __value,
                #p::Result::Err(__rejection) => return #p::IntoResponse::into_response(__rejection),
            };
        }
    });
    let answer = answer(handler, p, &variables);
    let work = quote!(async move { #(#awaited)* #answer });
    let reply = match handler.kind {
        Kind::Plain if extracted.is_empty() => quote!(#p::Reply::Ready(#answer)),
        Kind::Plain => quote! {
            let __ready = #(#extracted.is_ready())&&*;
            let __work = #work;
            if __ready { #p::at_once(__work) } else { #p::Reply::pending(__work) }
        },
        Kind::Async | Kind::Blocking => quote!(#p::Reply::pending(#work)),
    };
    let request = match (variables.is_empty(), extracted.is_empty()) {
        (true, _) => quote!(_),
        (false, true) => quote!(__request),
        (false, false) => quote!(mut __request),
    };
    quote! {
        fn call(&self, #request: #p::Request) -> #p::Reply {
            #(#made)*
            #reply
        }
    }
}

/// Binds the argument: a value where it comes from the path, else an `Extract` that is not yet rejected.
fn made(argument: &Argument, variable: &Ident, p: &TokenStream) -> TokenStream {
    let ty = &argument.ty;
    let (made, accepted, rejected) = match &argument.source {
        Source::Path(name) => (
            quote_spanned!(ty.span()=> #p::path_argument::<#ty>(&__request, #name)),
            quote!(#p::Result::Ok(__value) => __value),
            quote!(#p::Result::Err(__rejection)),
        ),
        Source::Request => (
            as_from_request(ty, p, &quote!(from_request(&mut __request))),
            quote!(__extract => __extract),
            quote!(#p::Extract::Ready(#p::Result::Err(__rejection))),
        ),
    };
    quote! {
        let #variable = match #made {
            #rejected => return #p::Reply::Ready(#p::IntoResponse::into_response(__rejection)),
            #accepted,
        };
    }
}

/// The function's answer as a response, at the return type, where a missing implementation is then told.
fn answer(handler: &Handler, p: &TokenStream, variables: &[Ident]) -> TokenStream {
    let Function { signature, .. } = &handler.function;
    let name = handler.function.name();
    let span = match &signature.output {
        ReturnType::Default => name.span(),
        ReturnType::Type(_, ty) => ty.span(),
    };
    let wait = (handler.kind == Kind::Async).then(|| quote_spanned!(span=> .await));
    let answer = quote_spanned!(span=> #p::IntoResponse::into_response(<#name>::call(#(#variables),*) #wait));
    match handler.kind {
        Kind::Plain | Kind::Async => answer,
        Kind::Blocking => quote!(#p::offload::run(move || #answer).await),
    }
}
