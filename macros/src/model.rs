//! Stage 2: the annotated function, and the handler that `validate` makes of it.

use crate::{place::Polyserve, route_path::RoutePath};
use proc_macro2::{Group, TokenStream, TokenTree};
use syn::{
    Abi, Attribute, Error, Ident, LitStr, Result, Signature, Token, Type, Visibility,
    ext::IdentExt,
    parse::{ParseStream, Parser},
};

/// The function as it is written.
pub(crate) struct Function {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) visibility: Visibility,
    pub(crate) signature: Signature,
    /// Not parsed: a body that is being typed keeps its completions, and any body keeps its spans.
    pub(crate) body: Group,
}

/// A handler without mistakes: what `expand` relies on.
pub(crate) struct Handler {
    pub(crate) function: Function,
    pub(crate) polyserve: Polyserve,
    pub(crate) route: Option<Route>,
    pub(crate) arguments: Vec<Argument>,
    pub(crate) kind: Kind,
}

pub(crate) struct Route {
    pub(crate) method: Ident,
    pub(crate) path: RoutePath,
}

/// How the function spends its time.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// `fn`: answers at once.
    Plain,
    /// `async fn`: waits without holding its thread.
    Async,
    /// `#[handler(blocking)] fn`: holds its thread, which the host may want to choose.
    Blocking,
}

pub(crate) struct Argument {
    /// The name or the pattern, for logs and error messages.
    pub(crate) written: String,
    pub(crate) source: Source,
    /// The name, where the pattern is nothing but one.
    pub(crate) name: Option<String>,
    /// What the function is given, or what is behind the `&` of it.
    pub(crate) ty: Type,
    /// Whether it is written `&T`: what is made of the request is kept for the function, and lent to it.
    pub(crate) lent: bool,
}

/// Where an argument's value comes from.
pub(crate) enum Source {
    /// The parameter of this name in the path.
    Path(String),
    /// `FromRequest`.
    Request,
}

impl Function {
    /// Reads the signature and keeps the body.
    ///
    /// # Errors
    /// When `item` is no function, or one whose signature cannot be read.
    pub(crate) fn parse(item: TokenStream) -> Result<Function> {
        Function::read.parse2(item)
    }

    fn read(input: ParseStream<'_>) -> Result<Function> {
        let attributes = input.call(Attribute::parse_outer)?;
        let visibility = input.parse()?;
        if !is_function(&input.fork()) {
            let place = input.fork().parse::<TokenTree>()?;
            let sentence = format!("`#[handler]` goes on a `fn` or an `async fn`, not on `{place}`");
            return Err(Error::new_spanned(place, sentence));
        }
        let signature: Signature = input.parse()?;
        let body = match input.parse()? {
            TokenTree::Group(body) if input.is_empty() => body,
            other => {
                return Err(Error::new_spanned(other, "a handler is a free function with a body: `{ .. }`"));
            }
        };
        Ok(Function { attributes, visibility, signature, body })
    }

    pub(crate) fn name(&self) -> &Ident {
        &self.signature.ident
    }

    /// The name as text, `type` for `r#type`.
    pub(crate) fn plain_name(&self) -> LitStr {
        LitStr::new(&self.name().unraw().to_string(), self.name().span())
    }
}

/// Whether nothing but qualifiers stands before `fn`.
fn is_function(input: ParseStream<'_>) -> bool {
    loop {
        let qualifier = if input.peek(Token![extern]) {
            input.parse::<Abi>().map(drop)
        } else if input.peek(Token![const]) || input.peek(Token![async]) || input.peek(Token![unsafe]) {
            input.parse::<TokenTree>().map(drop)
        } else {
            return input.peek(Token![fn]);
        };
        if qualifier.is_err() {
            return false;
        }
    }
}
