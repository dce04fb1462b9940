//! The paths of routes: what they may contain, what their parameters are, and when two spellings are one path.

use std::{borrow::Cow, fmt::Write};

/// What is wrong with the path of a route, beside what the tree finds wrong with its braces.
pub(super) fn problem(path: &str) -> Option<String> {
    if !path.starts_with('/') {
        return Some(format!("it must start with `/`: write `/{path}`"));
    }
    let foreign = path.chars().find(|c| !c.is_ascii_graphic() || matches!(c, '?' | '#'));
    match foreign {
        Some('?') => return Some("a path ends before `?`: take the query with `Query<T>`".to_owned()),
        Some('#') => {
            return Some("a path ends before `#`: a browser keeps the fragment to itself".to_owned());
        }
        Some(foreign) => {
            let mut bytes = [0; 4];
            let encoded = foreign.encode_utf8(&mut bytes).bytes().fold(String::new(), |mut encoded, byte| {
                // Writing to a string does not fail.
                let _ = write!(encoded, "%{byte:02X}");
                encoded
            });
            return Some(format!("paths arrive percent-encoded: write `{encoded}` instead of {foreign:?}"));
        }
        None => {}
    }
    let mut names = parameters(path);
    while let Some(name) = names.next() {
        if names.clone().any(|later| later == name) {
            return Some(format!("it has `{{{name}}}` twice: give each parameter its own name"));
        }
    }
    None
}

/// The names in `/users/{id}/files/{*rest}`, in the order of the path. `{{` and `}}` are plain characters.
pub(super) fn parameters(path: &str) -> impl Iterator<Item = &str> + Clone {
    let mut rest = path;
    std::iter::from_fn(move || {
        loop {
            let (_, behind) = rest.split_once('{')?;
            if let Some(behind) = behind.strip_prefix('{') {
                rest = behind;
                continue;
            }
            let (inside, behind) = behind.split_once('}')?;
            rest = behind;
            return Some(inside.strip_prefix('*').unwrap_or(inside));
        }
    })
}

/// The one spelling of all equivalent ones (RFC 3986 section 6.2.2): what need not be percent-encoded is not, and
/// hexadecimal digits are capitals. An encoded `/` stays encoded: it is part of its segment.
pub(super) fn normalised(path: &str) -> Cow<'_, str> {
    if !path.contains('%') {
        return Cow::Borrowed(path);
    }
    let mut rest = path;
    let mut normal = String::with_capacity(path.len());
    while let Some((before, behind)) = rest.split_once('%') {
        normal.push_str(before);
        let digits = behind.get(..2).filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()));
        let Some((digits, byte)) =
            digits.and_then(|digits| Some((digits, u8::from_str_radix(digits, 16).ok()?)))
        else {
            normal.push('%');
            rest = behind;
            continue;
        };
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            normal.push(char::from(byte));
        } else {
            normal.push('%');
            normal.push_str(&digits.to_ascii_uppercase());
        }
        rest = &behind[2..];
    }
    normal.push_str(rest);
    Cow::Owned(normal)
}

/// Whether two paths differ in the names of their parameters only.
pub(super) fn same_shape(one: &str, other: &str) -> bool {
    let shape = |path: &str| {
        parameters(path).fold(path.to_owned(), |shape, name| {
            shape.replace(&format!("{{{name}}}"), "{}").replace(&format!("{{*{name}}}"), "{*}")
        })
    };
    shape(one) == shape(other)
}

/// What is left of `path` behind its first `segments`; `/` when nothing is.
pub(super) fn behind(path: &str, segments: usize) -> &str {
    if segments == 0 && path.starts_with('/') {
        return path;
    }
    match path.match_indices('/').nth(segments) {
        Some((at, _)) => &path[at..],
        None => "/",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_that_no_request_has_is_explained() {
        let rows = [
            ("users", "it must start with `/`: write `/users`"),
            ("", "it must start with `/`: write `/`"),
            ("/a?b=1", "a path ends before `?`: take the query with `Query<T>`"),
            ("/a#b", "a path ends before `#`: a browser keeps the fragment to itself"),
            ("/a b", "paths arrive percent-encoded: write `%20` instead of ' '"),
            ("/é", "paths arrive percent-encoded: write `%C3%A9` instead of 'é'"),
            ("/{id}/x/{*id}", "it has `{id}` twice: give each parameter its own name"),
        ];
        for (path, expected) in rows {
            assert_eq!(problem(path).as_deref(), Some(expected), "{path}");
        }
        for path in ["/", "/a/{b}/c-{d}.png/{*e}", "/{{a}}/{{a}}", "/%C3%A9"] {
            assert_eq!(problem(path), None, "{path}");
        }
    }

    #[test]
    fn parameters_are_named_in_the_order_of_the_path() {
        for (path, expected) in [
            ("/", &[][..]),
            ("/{a}/x/img-{b}.png/{*c}", &["a", "b", "c"]),
            ("/{{literal}}", &[]),
            ("/{{{name}}}", &["name"]),
            ("/{open", &[]),
        ] {
            assert_eq!(parameters(path).collect::<Vec<_>>(), expected, "{path}");
        }
    }

    #[test]
    fn equivalent_spellings_are_one_path() {
        for (path, expected) in [
            ("/users", "/users"),
            ("/%75sers/%7Eme", "/users/~me"),
            ("/caf%c3%a9", "/caf%C3%A9"),
            ("/a%2fb", "/a%2Fb"),
            ("/a%2541", "/a%2541"),
            ("/100%", "/100%"),
            ("/%zz%4", "/%zz%4"),
            ("/%%41", "/%A"),
            ("/%é", "/%é"),
        ] {
            assert_eq!(normalised(path), expected, "{path}");
        }
    }

    #[test]
    fn paths_are_compared_without_the_names_in_them() {
        assert!(same_shape("/a/{x}/{*y}", "/a/{y}/{*x}"));
        assert!(!same_shape("/a/{x}", "/a/{*x}"));
        assert!(!same_shape("/a/{x}", "/b/{x}"));
    }

    #[test]
    fn what_is_behind_a_prefix_starts_with_a_slash() {
        for (segments, expected) in [(0, "/a/b//c"), (1, "/b//c"), (2, "//c"), (3, "/c"), (4, "/"), (9, "/")]
        {
            assert_eq!(behind("/a/b//c", segments), expected, "{segments}");
        }
        assert_eq!(behind("/api/", 1), "/");
    }
}
