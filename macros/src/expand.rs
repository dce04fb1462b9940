//! Stage 4: the expansion of a handler without mistakes.
//!
//! Every name in it is absolute, since the user's module may define a `Result` of its own, and every
//! variable starts with `__`, since a unit struct or constant of the user's would otherwise be matched by
//! the pattern that is to bind it. What an argument or an answer *means* is decided by traits, never here.

use crate::{
    model::{Argument, Function, Handler, Kind, Source},
    place::Place,
    placement::Placement,
};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::{FnArg, LitStr, Pat, ReturnType, Signature, Type};

pub(crate) fn handler(handler: &Handler) -> TokenStream {
    let p = handler.polyserve.at(Span::call_site());
    let meta = meta(handler, &p);
    let check = takes_the_body_once(handler);
    let name = handler.function.name();
    let call = call(handler, &p);
    let needs = needs(handler, &p);
    around(
        &handler.function,
        &meta,
        &quote! {
            #check

            impl #p::Handler for #name {
                fn meta(&self) -> #p::Option<&'static #p::Meta> {
                    #p::Option::Some(&<#name>::META)
                }

                #needs

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
    // As a name that a macro made, `call` is not reported beside the struct when nobody uses the handler.
    let call = Ident::new("call", Span::call_site().located_at(name.span()));
    let signature = Signature { ident: call, ..signature.clone() };
    // All of it where the user wrote the name: a struct that a macro made is never reported as unused.
    let declaration = quote_spanned!(name.span()=> #visibility struct #name;);
    // A pattern `hello` means the unit struct wherever that is visible. A function of the same name hides
    // it from the user's code, so that an argument or a `let` may be called like the handler, and an
    // argument like any other handler of the module.
    let hidden = hidden_names(&function.signature);
    quote! {
        #for_name
        #[allow(non_camel_case_types)]
        #[derive(::core::clone::Clone, ::core::marker::Copy, ::core::fmt::Debug)]
        #declaration

        #beside
        const _: () = {
            #(#[allow(dead_code, non_snake_case)] fn #hidden() {})*

            impl #name {
                /// The function itself: calls it without a request, as a unit test does.
                #for_function
                #visibility #signature #body

                #inherent
            }

            #items
        };
    }
}

/// The function's name and those that its arguments bind, each once.
fn hidden_names(signature: &Signature) -> Vec<Ident> {
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
        #visibility const META: #p::Meta = #value;
    }
}

/// At most one argument may be made of the body; the mistake is told at the second one's type.
fn takes_the_body_once(handler: &Handler) -> TokenStream {
    let types: Vec<_> = handler
        .arguments
        .iter()
        .filter(|argument| matches!(argument.source, Source::Request))
        .map(|argument| &argument.ty)
        .collect();
    let takes: Vec<_> = types.iter().map(|ty| from_request(ty, "TAKES_BODY", handler)).collect();
    let sentence = format!(
        "`{}` takes the request body twice, but it can be read only once: an argument before this one \
         takes it already, so remove one of the two",
        handler.function.plain_name().value()
    );
    let checks = (1..types.len()).map(|last| {
        let this = &takes[last];
        let first_to_this = &takes[..=last];
        let span = Place::of(types[last]).first;
        let p = handler.polyserve.at(span);
        quote_spanned! {span=>
            const _: () = ::core::assert!(!#this || #p::count(&[#(#first_to_this),*]) == 1, #sentence);
        }
    });
    quote!(#(#checks)*)
}

/// `<T as FromRequest>::member`, at the type.
fn from_request(ty: &Type, member: &str, handler: &Handler) -> TokenStream {
    let Place { first, last } = Place::of(ty);
    let p = handler.polyserve.at(first);
    let member = Ident::new(member, last);
    let implementation = quote_spanned!(first=> <#ty as #p::FromRequest>);
    quote_spanned!(last=> #implementation::#member)
}

/// `Handler::check`: what the arguments need before the first request.
fn needs(handler: &Handler, p: &TokenStream) -> TokenStream {
    let checks: Vec<_> = handler
        .arguments
        .iter()
        .filter(|argument| matches!(argument.source, Source::Request))
        .map(|argument| from_request(&argument.ty, "check", handler))
        .collect();
    if checks.is_empty() {
        return TokenStream::new();
    }
    let name = handler.function.name();
    quote! {
        fn check(&self, __start: &mut #p::Start) {
            #(#checks(__start, &<#name>::META);)*
        }
    }
}

/// `Handler::call`.
///
/// What is rejected by the head alone is answered before the body is asked for, whatever the order of the
/// arguments.
fn call(handler: &Handler, p: &TokenStream) -> TokenStream {
    let variables: Vec<_> = (0..handler.arguments.len()).map(|at| format_ident!("__argument{at}")).collect();
    let arguments = || handler.arguments.iter().zip(&variables);
    let made = arguments().map(|(argument, variable)| made(argument, variable, handler, p));
    let extracted: Vec<_> = arguments()
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
    let answer = answer(handler, &variables);
    // A future that is not `Send` is told at the function's name.
    let span = handler.function.name().span();
    let pending = handler.polyserve.at(span);
    let work = quote_spanned!(span=> async move { #(#awaited)* #answer });
    let reply = match handler.kind {
        Kind::Plain if extracted.is_empty() => quote!(#p::Reply::Ready(#answer)),
        Kind::Plain => quote! {
            let __ready = #(#extracted.is_ready())&&*;
            let __work = #work;
            if __ready { #p::at_once(__work) } else { #p::Reply::pending(__work) }
        },
        Kind::Async | Kind::Blocking => quote_spanned!(span=> #pending::Reply::pending(#work)),
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
fn made(argument: &Argument, variable: &Ident, handler: &Handler, p: &TokenStream) -> TokenStream {
    let ty = &argument.ty;
    let Place { first, last } = Place::of(ty);
    // A type that a `macro_rules!` wrote has another hygiene than the variable, so the two are kept apart.
    let request = Ident::new("__request", Span::call_site());
    let (made, rejected, accepted) = match &argument.source {
        Source::Path(name) => {
            let at_type = handler.polyserve.at(first);
            let function = quote_spanned!(first=> #at_type::path_argument);
            (
                quote_spanned!(last=> #function::<#ty>(&#request, #name)),
                quote!(#p::Result::Err(__rejection)),
                quote!(#p::Result::Ok(__value) => __value),
            )
        }
        Source::Request => {
            let function = from_request(ty, "from_request", handler);
            (
                quote_spanned!(last=> #function(&mut #request)),
                quote!(#p::Extract::Ready(#p::Result::Err(__rejection))),
                quote!(__extract => __extract),
            )
        }
    };
    quote! {
        let #variable = match #made {
            #rejected => return #p::Reply::Ready(#p::IntoResponse::into_response(__rejection)),
            #accepted,
        };
    }
}

/// The function's answer as a response, at the return type.
fn answer(handler: &Handler, variables: &[Ident]) -> TokenStream {
    let Function { signature, .. } = &handler.function;
    let name = &signature.ident;
    let Place { first, last } = match &signature.output {
        // Nothing can be wrong with it, and lints about unit values are not for the user.
        ReturnType::Default => Place { first: Span::call_site(), last: Span::call_site() },
        ReturnType::Type(_, ty) => Place::of(ty),
    };
    let p = handler.polyserve.at(first);
    let call = quote_spanned!(first=> <#name>::call);
    let call = match handler.kind {
        Kind::Async => quote_spanned!(last=> #call(#(#variables),*).await),
        Kind::Plain | Kind::Blocking => quote_spanned!(last=> #call(#(#variables),*)),
    };
    let function = quote_spanned!(first=> #p::IntoResponse);
    let answer = quote_spanned!(last=> #function::into_response(#call));
    match handler.kind {
        Kind::Plain | Kind::Async => answer,
        Kind::Blocking => {
            let p = handler.polyserve.at(Span::call_site());
            quote!(#p::offload::run(move || #answer).await)
        }
    }
}
