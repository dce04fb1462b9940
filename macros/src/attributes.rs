//! Stage 1: what stands between the parentheses of `#[handler(..)]`.

use crate::{mistakes::Mistakes, place::Polyserve, route_path::RoutePath, similar::similar};
use proc_macro2::{TokenStream, TokenTree};
use syn::{
    Error, Ident, LitStr, Path, Result, Token,
    ext::IdentExt,
    parse::{ParseStream, Parser},
    token::Paren,
};

/// The methods that a route can have.
const METHODS: [&str; 7] = ["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"];
/// Methods whose target is no resource of this server (RFC 9110 sections 9.3.6 and 9.3.8).
const NOT_ROUTABLE: [&str; 2] = ["CONNECT", "TRACE"];

const KNOWN: &str = "the options are a method with a path, as in `GET, \"/hello/{name}\"`, \
    `blocking`, and `crate = path::to::polyserve`";

/// The options as they are written; whether they fit each other and the function is for `validate`.
#[derive(Default)]
pub(crate) struct Options {
    pub(crate) method: Option<Ident>,
    pub(crate) path: Option<RoutePath>,
    /// The word itself, to point at.
    pub(crate) blocking: Option<Ident>,
    pub(crate) polyserve: Polyserve,
}

impl Options {
    /// Reads all options, those behind a mistake too.
    pub(crate) fn parse(tokens: TokenStream, mistakes: &mut Mistakes) -> Options {
        let mut options = Options::default();
        let list = |input: ParseStream<'_>| {
            while !input.is_empty() {
                let option = options.option(input, mistakes).and_then(|()| {
                    if input.is_empty() || input.peek(Token![,]) {
                        return Ok(());
                    }
                    Err(input.error(format!("expected `,` between the options; {KNOWN}")))
                });
                if let Err(mistake) = option {
                    mistakes.add(mistake);
                    while !input.is_empty() && !input.peek(Token![,]) {
                        input.parse::<TokenTree>()?;
                    }
                }
                input.parse::<Option<Token![,]>>()?;
            }
            Ok(())
        };
        if let Err(mistake) = list.parse2(tokens) {
            mistakes.add(mistake);
        }
        options
    }

    fn option(&mut self, input: ParseStream<'_>, mistakes: &mut Mistakes) -> Result<()> {
        if input.peek(LitStr) {
            return self.path(input.parse()?, mistakes);
        }
        if input.peek(Token![crate]) {
            return self.polyserve(input);
        }
        if input.peek(Ident::peek_any) {
            let word = input.call(Ident::parse_any)?;
            return match input.peek(Token![=]) || input.peek(Paren) {
                true => Err(Error::new_spanned(&word, with_a_value(&word))),
                false => self.word(&word),
            };
        }
        Err(input.error(format!("this is no option of `#[handler]`: {KNOWN}")))
    }

    fn path(&mut self, literal: LitStr, mistakes: &mut Mistakes) -> Result<()> {
        if let Some(method) = as_method(&literal.value()) {
            let sentence = format!("write the method without quotes: `{method}`");
            return Err(Error::new_spanned(literal, sentence));
        }
        if self.path.is_some() {
            return Err(Error::new_spanned(
                literal,
                "a handler has one path: write a second function for the second path, or mount the \
                 handler there with `Router::route`",
            ));
        }
        self.path = Some(RoutePath::parse(literal, mistakes));
        Ok(())
    }

    fn polyserve(&mut self, input: ParseStream<'_>) -> Result<()> {
        let word = input.parse::<Token![crate]>()?;
        let form = "`crate` takes the path to polyserve, without quotes: `crate = path::to::polyserve`";
        if !input.peek(Token![=]) {
            return Err(Error::new_spanned(word, form));
        }
        input.parse::<Token![=]>()?;
        let path = input.call(Path::parse_mod_style).map_err(|mistake| Error::new(mistake.span(), form))?;
        match self.polyserve.0.replace(path) {
            Some(_) => Err(Error::new_spanned(word, "`crate` is given twice: remove one")),
            None => Ok(()),
        }
    }

    fn word(&mut self, word: &Ident) -> Result<()> {
        let name = word.to_string();
        let sentence = if name == "blocking" {
            match self.blocking.replace(word.clone()) {
                None => return Ok(()),
                Some(_) => "`blocking` is given twice: remove one".to_owned(),
            }
        } else if METHODS.contains(&name.as_str()) {
            match self.method.replace(word.clone()) {
                None => return Ok(()),
                Some(_) => "a handler has one method: write a second function for the second \
                    method, or mount the handler there with `Router::route`"
                    .to_owned(),
            }
        } else if NOT_ROUTABLE.contains(&name.to_ascii_uppercase().as_str()) {
            format!("`{name}` cannot be routed: its target is no resource of this server")
        } else if let Some(method) = as_method(&name) {
            format!("write the method in upper case: `{method}`")
        } else if self.method.is_some() && self.path.is_none() && name != "async" {
            "the path is written out, since its parameters are looked for among the arguments: `\"/path\"`"
                .to_owned()
        } else if similar(&name, METHODS).is_none() && name.bytes().all(|byte| byte.is_ascii_uppercase()) {
            format!("`{name}` is not a known method: the methods are {}", METHODS.join(", "))
        } else if name == "async" {
            "write `async` before `fn`: a handler is async when its function is".to_owned()
        } else {
            unknown(&name)
        };
        Err(Error::new_spanned(word, sentence))
    }
}

fn unknown(name: &str) -> String {
    match similar(name, METHODS.into_iter().chain(["blocking", "crate"])) {
        Some(meant) => format!("unknown option `{name}`, did you mean `{meant}`? {KNOWN}"),
        None => format!("unknown option `{name}`: {KNOWN}"),
    }
}

/// `path = "/"`, `method = "GET"`, `blocking = true`, `get("/")`: options here have no values but `crate`.
fn with_a_value(word: &Ident) -> String {
    let name = word.to_string();
    match as_method(&name) {
        Some(method) => format!("write the method and the path with a comma between: `{method}, \"/path\"`"),
        None if matches!(name.as_str(), "path" | "method" | "route" | "methods") => {
            format!("`{name}` is not written out: `#[handler(GET, \"/path\")]`")
        }
        None if name == "blocking" => {
            "`blocking` has no value: write the word alone, or leave it out".to_owned()
        }
        None => unknown(&name),
    }
}

/// The method that `text` means, in whichever case it is written.
fn as_method(text: &str) -> Option<&'static str> {
    METHODS.into_iter().find(|method| text.eq_ignore_ascii_case(method))
}
