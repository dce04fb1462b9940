//! What the parameters of a route matched.

use crate::Rejection;
use http::{Extensions, StatusCode};
use percent_encoding::percent_decode_str;
use smallvec::SmallVec;
use std::fmt;

/// Bytes that the names and values of most routes fit into.
const ROOM: usize = 64;
/// Parameters that need no list on the heap. The router's tree has room for as many.
const FEW: usize = 3;

/// What the route's `{parameters}` matched, percent-decoded, in the order of the path. The router puts it
/// into the request's extensions.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct PathParams {
    /// All names and values, each name before its value: one allocation instead of two for each.
    text: String,
    ends: SmallVec<[Ends; FEW]>,
}

/// Where in the text a name and its value end. The name begins where the value before it ends.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Ends {
    name: usize,
    value: usize,
}

impl PathParams {
    /// Decodes what the router matched; 400 when a value is not UTF-8 behind its percent-encoding.
    pub(crate) fn decode<'p>(
        matched: impl Iterator<Item = (&'p str, &'p str)>,
    ) -> Result<PathParams, Rejection> {
        let mut params = PathParams::with_room(ROOM);
        for (name, value) in matched {
            // Most values have nothing to decode.
            if !value.contains('%') {
                params.push(name, value);
                continue;
            }
            let value = percent_decode_str(value).decode_utf8().map_err(|_| {
                Rejection::new(
                    StatusCode::BAD_REQUEST,
                    format!("the path's `{name}` is not UTF-8 once its percent-encoding is undone"),
                )
                .with_field(name)
            })?;
            params.push(name, &value);
        }
        Ok(params)
    }

    fn with_room(bytes: usize) -> PathParams {
        PathParams { text: String::with_capacity(bytes), ends: SmallVec::new() }
    }

    fn push(&mut self, name: &str, value: &str) {
        self.text.push_str(name);
        let name = self.text.len();
        self.text.push_str(value);
        self.ends.push(Ends { name, value: self.text.len() });
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Puts these beside the parameters that routers around this one have found, if any.
    pub(crate) fn join(self, extensions: &mut Extensions) {
        if self.is_empty() {
            return;
        }
        match extensions.get_mut::<PathParams>() {
            Some(known) => *known = known.with(&self),
            None => {
                extensions.insert(self);
            }
        }
    }

    /// These, each with its value in `inner` where that has one, and the rest of `inner` behind them.
    fn with(&self, inner: &PathParams) -> PathParams {
        let mut joined = PathParams::with_room(self.text.len() + inner.text.len());
        for (name, value) in self.iter() {
            joined.push(name, inner.get(name).unwrap_or(value));
        }
        for (name, value) in inner.iter().filter(|(name, _)| self.get(name).is_none()) {
            joined.push(name, value);
        }
        joined
    }

    /// The value of one parameter.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.iter().find(|(known, _)| *known == name).map(|(_, value)| value)
    }

    /// Names and values, in the order of the path.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &str)> {
        let mut start = 0;
        self.ends.iter().map(move |ends| {
            let pair = (&self.text[start..ends.name], &self.text[ends.name..ends.value]);
            start = ends.value;
            pair
        })
    }
}

impl fmt::Debug for PathParams {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn params<const N: usize>(pairs: [(&str, &str); N]) -> PathParams {
        PathParams::decode(pairs.into_iter()).unwrap()
    }

    #[test]
    fn names_and_values_are_told_apart_whatever_is_in_them() {
        let pairs = [("a", "id"), ("id", ""), ("b", "\u{e4}/="), ("c", "id"), ("d", "x"), ("e", "y")];
        let params = params(pairs);
        assert_eq!(params.iter().collect::<Vec<_>>(), pairs);
        assert_eq!((params.get("id"), params.get("e"), params.get("x")), (Some(""), Some("y"), None));
        assert_eq!(
            format!("{params:?}"),
            r#"{"a": "id", "id": "", "b": "ä/=", "c": "id", "d": "x", "e": "y"}"#
        );
    }

    #[test]
    fn what_an_inner_router_finds_goes_before_what_is_known() {
        let mut extensions = Extensions::new();
        PathParams::default().join(&mut extensions);
        assert!(extensions.is_empty(), "a route without parameters leaves nothing behind");
        for found in [params([("a", "1"), ("b", "2")]), params([("c", "3"), ("a", "long%20er")])] {
            found.join(&mut extensions);
        }
        let known = extensions.get::<PathParams>().unwrap();
        assert_eq!(*known, params([("a", "long er"), ("b", "2"), ("c", "3")]));
    }
}
