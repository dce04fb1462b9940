//! Stage 4: the expansion of a handler without mistakes.
//!
//! Every name in it is absolute or behind `__polyserve`, since the user's module may define a `Result` of its
//! own, and every variable starts with `__`, since a unit struct or constant of the user's would otherwise be matched by
//! the pattern that is to bind it. What an argument or an answer *means* is decided by traits, never here.

mod arguments;
mod checks;
mod hidden;

use crate::{
    model::{Function, Handler, Kind, Source},
    place::{Place, Polyserve, polyserve},
    placement::Placement,
};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::{LitStr, ReturnType, Signature, Type};

pub(crate) fn handler(handler: &Handler) -> TokenStream {
    let meta = meta(handler);
    let checks = checks::of(handler);
    let name = handler.function.name();
    let needs = needs(handler);
    let reads_headers = reads_headers(handler);
    let (answer, call) = call(handler);
    around(
        &handler.function,
        &handler.polyserve,
        &meta,
        &quote! {
            #checks

            #answer

            #[automatically_derived]
            impl __polyserve::Handler for #name {
                fn meta(&self) -> __polyserve::Option<&'static __polyserve::Meta> {
                    __polyserve::Option::Some(&<#name>::META)
                }

                #reads_headers

                #needs

                #call
            }
        },
    )
}

/// The struct and the function, with `inherent` beside the function and `items` beside its `impl`.
pub(crate) fn around(
    function: &Function,
    polyserve: &Polyserve,
    inherent: &TokenStream,
    items: &TokenStream,
) -> TokenStream {
    let Function { visibility, signature, body, .. } = function;
    let Placement { name: for_name, function: for_function, beside } = Placement::of(&function.attributes);
    let name = function.name();
    // As a name that a macro made, `call` is not reported beside the struct when nobody uses the handler.
    let call = Ident::new("call", Span::call_site().located_at(name.span()));
    let signature = Signature { ident: call, ..signature.clone() };
    // All of it where the user wrote the name: a struct that a macro made is never reported as unused.
    let declaration = quote_spanned!(name.span()=> #visibility struct #name;);
    // A pattern `hello` means the unit struct wherever that is visible. A function of the same name hides
    // it from the user's code, so that an argument or a `let` may be called like the handler, and an
    // argument like any other handler of the module.
    let hidden = hidden::names(&function.signature);
    let import = polyserve.import();
    // `derive` is absolute, too, for modules without a prelude. What clippy wants to read about errors stands in
    // the struct's docs, and it should not ask for the `const` that is refused here. What stands in the user's
    // place must not be linted as the user's: a reply that is a future as well is not one that somebody forgot to await.
    quote! {
        #for_name
        #[allow(non_camel_case_types)]
        #[::core::prelude::v1::derive(::core::clone::Clone, ::core::marker::Copy, ::core::fmt::Debug)]
        #declaration

        #beside
        const _: () = {
            #import

            #(#[allow(dead_code, non_snake_case)] fn #hidden() {})*

            impl #name {
                /// The function itself: calls it without a request, as a unit test does.
                #[allow(
                    clippy::missing_const_for_fn,
                    clippy::missing_errors_doc,
                    clippy::missing_panics_doc,
                    clippy::must_use_candidate
                )]
                #for_function
                #visibility #signature #body

                #inherent
            }

            #[allow(unused_qualifications, clippy::async_yields_async)]
            const _: () = {
                #items
            };
        };
    }
}

fn meta(handler: &Handler) -> TokenStream {
    let visibility = &handler.function.visibility;
    let name = handler.function.plain_name();
    let mut known = TokenStream::new();
    if let Some(route) = &handler.route {
        let method = LitStr::new(&route.method.to_string(), route.method.span());
        let path = &route.path.literal;
        known.extend(quote! {
            __meta.method = __polyserve::Option::Some(#method);
            __meta.path = __polyserve::Option::Some(#path);
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
        __polyserve::Meta::new(#name, ::core::module_path!(), ::core::file!(), ::core::line!())
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
        #visibility const META: __polyserve::Meta = #value;
    }
}

/// `Handler::check`: what the arguments need before the first request.
fn needs(handler: &Handler) -> TokenStream {
    let checks: Vec<_> = handler
        .arguments
        .iter()
        .filter(|argument| matches!(argument.source, Source::Request))
        .map(|argument| argument.extractor("check"))
        .collect();
    if checks.is_empty() {
        return TokenStream::new();
    }
    let name = handler.function.name();
    quote! {
        fn check(&self, __start: &mut __polyserve::Start) {
            #(#checks(__start, &<#name>::META);)*
        }
    }
}

/// `Handler::reads_headers`: whether one of the arguments does.
fn reads_headers(handler: &Handler) -> TokenStream {
    let from_request = handler.arguments.iter().filter(|argument| matches!(argument.source, Source::Request));
    let reads: Vec<_> = from_request.map(|argument| argument.extractor("READS_HEADERS")).collect();
    let reads = if reads.is_empty() { quote!(false) } else { quote!(#(#reads)||*) };
    quote! {
        fn reads_headers(&self) -> __polyserve::bool {
            #reads
        }
    }
}

/// `Handler::call`, with what stands beside the `impl`; without arguments also `Handler::call_raw`, for which nobody has
/// to make a request.
///
/// What is rejected by the head alone is answered before the body is asked for, whatever the order of the
/// arguments.
fn call(handler: &Handler) -> (TokenStream, TokenStream) {
    let variables: Vec<_> = handler.arguments.iter().enumerate().map(arguments::variable).collect();
    let arguments = || handler.arguments.iter().zip(&variables);
    let bound = arguments().map(|(argument, variable)| argument.bound(variable));
    let extracted: Vec<_> = arguments()
        .filter(|(argument, _)| matches!(argument.source, Source::Request))
        .map(|(_, variable)| variable)
        .collect();
    let awaited = extracted.iter().map(|variable| {
        quote! {
            let #variable = match #variable.await {
                __polyserve::Result::Ok(__value) => __value,
                __polyserve::Result::Err(__rejection) => {
                    return __polyserve::IntoResponse::into_reply(__rejection);
                }
            };
        }
    });
    let answer = answer(handler, &variables);
    // A future that is not `Send` is told at the function's name.
    let span = handler.function.name().span();
    let work = quote_spanned!(span=> async move { #(#awaited)* #answer });
    let reply = match handler.kind {
        // It is a reply already.
        Kind::Plain if extracted.is_empty() => answer,
        Kind::Plain => quote! {
            let __ready = #(#extracted.is_ready())&&*;
            let __work = #work;
            if __ready { __polyserve::at_once(__work) } else { __polyserve::Reply::later(__work) }
        },
        Kind::Async | Kind::Blocking => {
            let p = polyserve(span);
            quote_spanned!(span=> #p::Reply::later(#work))
        }
    };
    if variables.is_empty() {
        // Written once, so that a mistake in it is told once.
        let function = quote! {
            fn __answer() -> __polyserve::Reply {
                #reply
            }
        };
        let methods = quote! {
            fn call(&self, _: __polyserve::Request) -> __polyserve::Reply {
                __answer()
            }

            fn call_raw(&self, _: __polyserve::RawRequest<'_>) -> __polyserve::Reply {
                __answer()
            }
        };
        return (function, methods);
    }
    let request = if extracted.is_empty() { quote!(__request) } else { quote!(mut __request) };
    let method = quote! {
        fn call(&self, #request: __polyserve::Request) -> __polyserve::Reply {
            #(#bound)*
            #reply
        }
    };
    (TokenStream::new(), method)
}

/// Whether it is `fn() -> !`.
fn never_answers(function: &Function) -> bool {
    matches!(&function.signature.output, ReturnType::Type(_, ty) if matches!(**ty, Type::Never(_)))
}

/// The function's answer made a reply of, at the return type.
fn answer(handler: &Handler, variables: &[Ident]) -> TokenStream {
    let Function { signature, .. } = &handler.function;
    let name = &signature.ident;
    let Place { first, last } = match &signature.output {
        // Nothing can be wrong with it, and lints about unit values are not for the user.
        ReturnType::Default => Place { first: Span::call_site(), last: Span::call_site() },
        ReturnType::Type(_, ty) => Place::of(ty),
    };
    let p = polyserve(first);
    let passed =
        handler.arguments.iter().zip(variables).map(|(argument, variable)| argument.passed(variable));
    let call = quote_spanned!(first=> <#name>::call);
    let call = match handler.kind {
        Kind::Async => quote_spanned!(last=> #call(#(#passed),*).await),
        Kind::Plain | Kind::Blocking => quote_spanned!(last=> #call(#(#passed),*)),
    };
    let function = quote_spanned!(first=> #p::IntoResponse);
    // A call that does not return is of every type, that of a reply included.
    let answer = match never_answers(&handler.function) {
        true => call,
        false => quote_spanned!(last=> #function::into_reply(#call)),
    };
    match handler.kind {
        Kind::Plain | Kind::Async => answer,
        Kind::Blocking => quote!(__polyserve::offload::run(move || #answer).await),
    }
}
