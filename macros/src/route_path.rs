//! The path of a route: its syntax, which is matchit's, and the names of its parameters.
//!
//! Everything that the router would refuse when the server starts is refused here, at the literal.

use crate::mistakes::Mistakes;
use syn::{Ident, LitStr, ext::IdentExt, parse::Parser};

/// `"/hello/{name}"`, with its parameters' names in the order of the path.
pub(crate) struct RoutePath {
    pub(crate) literal: LitStr,
    pub(crate) parameters: Vec<String>,
}

impl RoutePath {
    /// A path with a mistake still has the parameters that could be read.
    pub(crate) fn parse(literal: LitStr, mistakes: &mut Mistakes) -> RoutePath {
        let (parameters, sentences) = read(&literal.value());
        for sentence in sentences {
            mistakes.at(&literal, sentence);
        }
        RoutePath { literal, parameters }
    }
}

/// The parameters of `path`, and what is wrong with it.
fn read(path: &str) -> (Vec<String>, Vec<String>) {
    let mut parameters = Vec::new();
    let mut mistakes = Vec::new();
    if !path.starts_with('/') {
        mistakes.push(format!("the path `{path}` must start with `/`: write `/{path}`"));
    }
    mistakes.extend(foreign_character(path));
    if path.contains("//") {
        mistakes.push("the path has a segment without a name: write `/` instead of `//`".to_owned());
    }
    let mut segments = path.split('/').peekable();
    while let Some(segment) = segments.next() {
        let is_last = segments.peek().is_none();
        match parameter(segment, is_last) {
            Ok(None) => {}
            Ok(Some(name)) if parameters.iter().any(|earlier| earlier == name) => {
                mistakes.push(format!("the path has `{{{name}}}` twice: give each parameter its own name"));
            }
            Ok(Some(name)) => parameters.push(name.to_owned()),
            Err(mistake) => mistakes.push(mistake),
        }
    }
    (parameters, mistakes)
}

/// A character that no request's path contains, so that the route could never match.
fn foreign_character(path: &str) -> Option<String> {
    let foreign = path.chars().find(|c| !c.is_ascii_graphic() || matches!(c, '?' | '#'))?;
    Some(match foreign {
        '?' => "a path ends before `?`: take the query with an argument of type `Query<T>`".to_owned(),
        '#' => "a path ends before `#`: a browser keeps the fragment to itself".to_owned(),
        _ => {
            let mut bytes = [0; 4];
            let encoded: String =
                foreign.encode_utf8(&mut bytes).bytes().map(|byte| format!("%{byte:02X}")).collect();
            format!("paths arrive percent-encoded: write `{encoded}` instead of {foreign:?}")
        }
    })
}

/// The name of the parameter in `segment`, if it has one.
fn parameter(segment: &str, is_last: bool) -> Result<Option<&str>, String> {
    if let Some(suggestion) = another_frameworks_parameter(segment) {
        return Err(format!("a parameter stands in braces: write `{suggestion}` instead of `{segment}`"));
    }
    let Some((before, inside, after)) = braces(segment)? else { return Ok(None) };
    if braces(after)?.is_some() {
        return Err(format!("`{segment}` has two parameters: separate them with `/`"));
    }
    let name = inside.strip_prefix('*').unwrap_or(inside);
    if name.is_empty() {
        return Err(format!("`{{{inside}}}` needs a name, as in `{{{inside}name}}`"));
    }
    if let Some((name, _)) = name.split_once(':') {
        return Err(format!(
            "write `{{{name}}}` instead of `{{{inside}}}`: the argument's type says what matches"
        ));
    }
    if name == "_" || name.starts_with("r#") || Ident::parse_any.parse_str(name).is_err() {
        return Err(format!("`{name}` in `{{{inside}}}` is not a name that an argument can have"));
    }
    if inside.starts_with('*') && !(is_last && before.is_empty() && after.is_empty()) {
        return Err(format!("`{{{inside}}}` matches all that follows: it must be the whole last segment"));
    }
    Ok(Some(name))
}

/// `:name` of Rails and its heirs, `<name>` of Rocket and Flask, `*name` of older routers.
fn another_frameworks_parameter(segment: &str) -> Option<String> {
    let in_angles = segment.strip_prefix('<').and_then(|rest| rest.strip_suffix('>'));
    if let Some(inside) = in_angles {
        let name = inside.rsplit(':').next().unwrap_or(inside);
        return Some(match name.strip_suffix("..") {
            Some(name) => format!("{{*{name}}}"),
            None => format!("{{{name}}}"),
        });
    }
    match (segment.strip_prefix(':'), segment.strip_prefix('*')) {
        (Some(name), _) if !name.is_empty() => Some(format!("{{{name}}}")),
        (_, Some("")) => Some("{*rest}".to_owned()),
        (_, Some(name)) => Some(format!("{{*{name}}}")),
        _ => None,
    }
}

/// What stands before, inside and behind the first braces; `{{` and `}}` are plain characters.
fn braces(segment: &str) -> Result<Option<(&str, &str, &str)>, String> {
    let doubled = |at: usize| segment.as_bytes().get(at) == segment.as_bytes().get(at + 1);
    let mut at = 0;
    while let Some(offset) = segment[at..].find(['{', '}']) {
        at += offset;
        if doubled(at) {
            at += 2;
            continue;
        }
        let unbalanced = |missing| {
            format!("`{segment}` lacks a `{missing}`: a parameter is `{{name}}`, a literal brace is doubled")
        };
        if segment[at..].starts_with('}') {
            return Err(unbalanced('{'));
        }
        let rest = &segment[at + 1..];
        let Some(length) = rest.find(['{', '}']).filter(|end| rest[*end..].starts_with('}')) else {
            return Err(unbalanced('}'));
        };
        return Ok(Some((&segment[..at], &rest[..length], &rest[length + 1..])));
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn parameters_are_named_in_the_order_of_the_path() {
        for (path, expected) in [
            ("/", &[][..]),
            ("/hello", &[]),
            ("/hello/{name}", &["name"]),
            ("/{a}/x/{b}/", &["a", "b"]),
            ("/images/img-{id}.png", &["id"]),
            ("/files/{*rest}", &["rest"]),
            ("/{type}", &["type"]),
            ("/{{literal}}", &[]),
            ("/{{{name}}}", &["name"]),
            ("/things:batch", &[]),
        ] {
            let (parameters, mistakes) = read(path);
            assert_eq!(mistakes, Vec::<String>::new(), "{path}");
            assert_eq!(parameters, expected, "{path}");
        }
    }

    #[test]
    fn a_mistake_is_told_with_its_remedy() {
        for (path, expected) in [
            ("hello", "the path `hello` must start with `/`: write `/hello`"),
            ("", "the path `` must start with `/`: write `/`"),
            ("/{", "`{` lacks a `}`: a parameter is `{name}`, a literal brace is doubled"),
            ("/name}", "`name}` lacks a `{`: a parameter is `{name}`, a literal brace is doubled"),
            ("/{a{b}", "`{a{b}` lacks a `}`: a parameter is `{name}`, a literal brace is doubled"),
            ("/{}", "`{}` needs a name, as in `{name}`"),
            ("/{*}", "`{*}` needs a name, as in `{*name}`"),
            ("/{id}/{id}", "the path has `{id}` twice: give each parameter its own name"),
            ("/{a}-{b}", "`{a}-{b}` has two parameters: separate them with `/`"),
            ("/{*rest}/x", "`{*rest}` matches all that follows: it must be the whole last segment"),
            ("/x-{*rest}", "`{*rest}` matches all that follows: it must be the whole last segment"),
            ("/:name", "a parameter stands in braces: write `{name}` instead of `:name`"),
            ("/<name>", "a parameter stands in braces: write `{name}` instead of `<name>`"),
            ("/<int:id>", "a parameter stands in braces: write `{id}` instead of `<int:id>`"),
            ("/<rest..>", "a parameter stands in braces: write `{*rest}` instead of `<rest..>`"),
            ("/*", "a parameter stands in braces: write `{*rest}` instead of `*`"),
            ("/*all", "a parameter stands in braces: write `{*all}` instead of `*all`"),
            ("/{id:u32}", "write `{id}` instead of `{id:u32}`: the argument's type says what matches"),
            ("/{a-b}", "`a-b` in `{a-b}` is not a name that an argument can have"),
            ("/{_}", "`_` in `{_}` is not a name that an argument can have"),
            ("/a?b=1", "a path ends before `?`: take the query with an argument of type `Query<T>`"),
            ("/a b", "paths arrive percent-encoded: write `%20` instead of ' '"),
            ("/a//b", "the path has a segment without a name: write `/` instead of `//`"),
            ("/é", "paths arrive percent-encoded: write `%C3%A9` instead of 'é'"),
        ] {
            assert_eq!(read(path).1, [expected], "{path}");
        }
    }

    #[test]
    fn every_mistake_of_a_path_is_told() {
        assert_eq!(read("a/{}/:b/{c}").1.len(), 3);
        assert_eq!(read("a/{}/:b/{c}").0, ["c"]);
    }
}
