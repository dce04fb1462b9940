//! Which field of a query, a form or a JSON body does not fit the user's type.

use super::{Rejection, rejection::Position};
use http::StatusCode;
use serde::de::{DeserializeOwned, Deserializer};
use std::fmt::Display;

/// What serde says about a value, and where in it.
pub(super) struct Misfit<E> {
    error: E,
    /// As serde_path_to_error writes it: `users[0].age`; `None` where the whole value is wrong.
    path: Option<String>,
}

/// Reads a value and remembers the path to what does not fit.
pub(super) fn read<'de, T, D>(deserializer: D) -> Result<T, Misfit<D::Error>>
where
    T: DeserializeOwned,
    D: Deserializer<'de>,
{
    serde_path_to_error::deserialize(deserializer).map_err(|error| {
        let path = error.path().to_string();
        Misfit { error: error.into_inner(), path: (path != ".").then(|| shortened(path)) }
    })
}

/// The fields of `application/x-www-form-urlencoded` text, a repeated one as a sequence. `whole` is the text's
/// name, as in `the query string`, and `of` the name in front of a field's, as in `the query's`.
pub(super) fn read_fields<T: DeserializeOwned>(
    text: &[u8],
    status: StatusCode,
    (whole, of): (&str, &str),
) -> Result<T, Rejection> {
    read(serde_html_form::Deserializer::from_bytes(text))
        .map_err(|misfit| misfit.rejection(status, whole, of))
}

impl<E: Display> Misfit<E> {
    /// `the query's `page` does not fit: invalid digit found in string`.
    pub(super) fn rejection(self, status: StatusCode, whole: &str, of: &str) -> Rejection {
        let Misfit { error, path } = self;
        let error = shortened(error.to_string());
        let (place, field) = match (path, of_the_parent(&error)) {
            // What is missing has no place of its own: serde names it in the error of what it is missing from.
            (Some(path), Some(missing)) => (format!("{of} `{path}`"), Some(format!("{path}.{missing}"))),
            (None, Some(missing)) => (whole.to_owned(), Some(missing.to_owned())),
            (Some(path), None) => (format!("{of} `{path}`"), Some(path)),
            (None, None) => (whole.to_owned(), None),
        };
        let rejection = Rejection::new(status, format!("{place} does not fit: {error}"));
        match field {
            Some(field) => rejection.with_field(field),
            None => rejection,
        }
    }
}

/// serde quotes what the client has sent, which may be as long as its body: the middle of it is left out.
fn shortened(text: String) -> String {
    const BEGINNING: usize = 256;
    // The place stands at the end: `expected i32 at line 1 column 14`.
    const END: usize = 128;
    if text.len() <= BEGINNING + END {
        return text;
    }
    let beginning = text.floor_char_boundary(BEGINNING);
    let end = text.ceil_char_boundary(text.len() - END);
    format!("{} [..] {}", &text[..beginning], &text[end..])
}

/// The name in serde's own words about a field that is not where it belongs: `missing field `q``.
fn of_the_parent(error: &str) -> Option<&str> {
    let name = ["missing field `", "duplicate field `"].iter().find_map(|words| error.strip_prefix(words))?;
    name.split_once('`').map(|(name, _)| name)
}

/// Where serde_json found the mistake; it knows no place for a mistake of the value as a whole.
pub(super) fn position(error: &serde_json::Error) -> Option<Position> {
    (error.line() > 0).then(|| Position::Line { line: error.line(), column: error.column() })
}
