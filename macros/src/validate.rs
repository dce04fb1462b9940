//! Stage 3: whether the options and the function make a handler.

use crate::{
    attributes::Options,
    fallback::Refused,
    mistakes::Mistakes,
    model::{Argument, Function, Handler, Kind, Route, Source},
    route_path::RoutePath,
    similar::similar,
    types,
};
use quote::ToTokens;
use syn::{
    FnArg, GenericArgument, GenericParam, Ident, Pat, PatType, PathArguments, Safety, Signature, Type,
    ext::IdentExt,
};

/// The handler, or everything that is wrong with it.
///
/// # Errors
/// All mistakes of all stages, with what the fallback needs.
pub(crate) fn handler(
    options: Options,
    function: Function,
    mut mistakes: Mistakes,
) -> Result<Handler, Box<Refused>> {
    let options_are_known = mistakes.is_empty();
    qualifiers(&function.signature, &mut mistakes);
    generics(&function.signature, &mut mistakes);
    let path = options.path.as_ref();
    let parameters = path.map_or(&[][..], |path| &path.parameters);
    let arguments = arguments(&function.signature, parameters, &mut mistakes);
    // `Path<T>` takes them all, by the names that its type has.
    let taken_whole = arguments.iter().any(|argument| is_path(&argument.ty));
    for parameter in parameters.iter().filter(|_| !taken_whole) {
        let is_it = |a: &Argument| matches!(&a.source, Source::Path(name) if name == parameter);
        if !arguments.iter().any(is_it) {
            let sentence = without_argument(parameter, &function, &arguments);
            mistakes.at(path.map(|path| &path.literal), sentence);
        }
    }
    types::of_the_answer(&function.signature, &mut mistakes);
    let kind = kind(&options, &function.signature, &mut mistakes);
    let polyserve = options.polyserve;
    let route = match (options.method, options.path) {
        (Some(method), Some(path)) => Some(Route { method, path }),
        (method, path) if options_are_known => {
            half_a_route(method, path, &mut mistakes);
            None
        }
        _ => None,
    };
    match mistakes.or(()) {
        Ok(()) => Ok(Handler { function, polyserve, route, arguments, kind }),
        Err(mistakes) => Err(Box::new(Refused { function, polyserve, mistakes })),
    }
}

fn qualifiers(signature: &Signature, mistakes: &mut Mistakes) {
    if let Some(qualifier) = &signature.constness {
        mistakes.at(qualifier, "a handler runs when a request arrives: remove `const`");
    }
    if let Safety::Unsafe(qualifier) = &signature.safety {
        let sentence = "a handler is called for any request, so there is nobody to keep a contract: \
            remove `unsafe`, and put an `unsafe` block into the body where it is needed";
        mistakes.at(qualifier, sentence);
    }
    if let Some(abi) = &signature.abi {
        mistakes.at(abi, "a handler is called from Rust: remove `extern`");
    }
    if let Some(variadic) = &signature.variadic {
        mistakes.at(variadic, "a handler's arguments are made of the request one by one: remove `...`");
    }
}

/// Lifetimes are the compiler's to choose, as in any call; types and constants are nobody's.
fn generics(signature: &Signature, mistakes: &mut Mistakes) {
    for parameter in &signature.generics.params {
        let (name, kind) = match parameter {
            GenericParam::Type(parameter) => (&parameter.ident, "type"),
            GenericParam::Const(parameter) => (&parameter.ident, "value"),
            _ => continue,
        };
        let sentence = format!(
            "nobody chooses `{name}` when a request arrives: write a concrete {kind}, or a generic function \
             that several handlers call"
        );
        mistakes.at(parameter, sentence);
    }
}

fn kind(options: &Options, signature: &Signature, mistakes: &mut Mistakes) -> Kind {
    match (&options.blocking, &signature.asyncness) {
        (None, None) => Kind::Plain,
        (Some(_), None) => Kind::Blocking,
        (None, Some(_)) => Kind::Async,
        (Some(blocking), Some(_)) => {
            let sentence = "`blocking` marks a plain `fn` that holds its thread, and an `async fn` must not: \
                remove `blocking`, or `async` if the function blocks";
            mistakes.at(blocking, sentence);
            Kind::Async
        }
    }
}

fn half_a_route(method: Option<Ident>, path: Option<RoutePath>, mistakes: &mut Mistakes) {
    if let Some(method) = method {
        mistakes.at(&method, format!("a method needs a path: `#[handler({method}, \"/\")]`"));
    }
    if let Some(RoutePath { literal, .. }) = path {
        let written = literal.token();
        mistakes.at(literal, format!("a path needs a method: `#[handler(GET, {written})]`"));
    }
}

fn arguments(signature: &Signature, parameters: &[String], mistakes: &mut Mistakes) -> Vec<Argument> {
    let mut arguments = Vec::new();
    for input in &signature.inputs {
        match input {
            FnArg::Receiver(receiver) => {
                let sentence = "a handler is a free function: remove `self` and move the function out of the \
                    `impl` block";
                mistakes.at(receiver, sentence);
            }
            FnArg::Typed(typed) => {
                conditions(typed, mistakes);
                types::of_an_argument(&typed.ty, mistakes);
                arguments.push(argument(typed, parameters));
            }
        }
    }
    arguments
}

/// `#[cfg]` on an argument would have to be evaluated before the expansion can name it.
fn conditions(argument: &PatType, mistakes: &mut Mistakes) {
    for attribute in &argument.attrs {
        if attribute.path().is_ident("cfg") || attribute.path().is_ident("cfg_attr") {
            mistakes
                .at(attribute, "an argument of a handler cannot be conditional: put `cfg` on two functions");
        }
    }
}

fn argument(typed: &PatType, parameters: &[String]) -> Argument {
    let (ty, lent) = match types::lent(&typed.ty) {
        Some(ty) => (ty.clone(), true),
        None => ((*typed.ty).clone(), false),
    };
    let name = plain_name(&typed.pat).map(|name| name.unraw().to_string());
    let written = name.clone().unwrap_or_else(|| typed.pat.to_token_stream().to_string());
    let source = match &name {
        Some(name) if parameters.contains(name) && !is_path(&ty) => Source::Path(name.clone()),
        _ => Source::Request,
    };
    Argument { written, source, name, ty, lent }
}

/// The name of an argument that is nothing but a name: `name` and `mut name`.
fn plain_name(pattern: &Pat) -> Option<&Ident> {
    match pattern {
        Pat::Ident(pattern) if pattern.by_ref.is_none() && pattern.subpat.is_none() => Some(&pattern.ident),
        _ => None,
    }
}

/// Whether a type is called `Path`, or is an `Option` or a `Result` of one.
fn is_path(ty: &Type) -> bool {
    let Type::Path(path) = ty else { return false };
    let Some(last) = path.path.segments.last() else { return false };
    let first = match &last.arguments {
        PathArguments::AngleBracketed(arguments) => arguments.args.first(),
        _ => None,
    };
    let inside = || matches!(first, Some(GenericArgument::Type(inner)) if is_path(inner));
    last.ident == "Path" || (last.ident == "Option" || last.ident == "Result") && inside()
}

fn without_argument(parameter: &str, function: &Function, arguments: &[Argument]) -> String {
    let unclaimed = arguments.iter().filter(|argument| matches!(argument.source, Source::Request));
    let name = function.name();
    if let Some(meant) = similar(parameter, unclaimed.filter_map(|argument| argument.name.as_deref())) {
        return format!(
            "the path has `{{{parameter}}}`, and `{name}` has an argument `{meant}`: give both the same name"
        );
    }
    let written: Vec<_> = arguments.iter().map(|argument| format!("`{}`", argument.written)).collect();
    let existing = if written.is_empty() { "none".to_owned() } else { written.join(", ") };
    format!(
        "the path has `{{{parameter}}}`, but `{name}` has no argument `{parameter}` (it has {existing}): add \
         `{parameter}: String`, or another type that implements `FromStr`"
    )
}
