//! The data itself.

use std::io;

use serde::Deserialize;

use super::{Report, SCHEMA};

/// The report as indented JSON with a final line feed. It reads back into a [`Report`] that gives the same views.
///
/// # Errors
///
/// None for a report made by [`run`](crate::run); the signature leaves room for fields that can fail.
pub fn json(report: &Report) -> io::Result<String> {
    let mut text = serde_json::to_string_pretty(report)?;
    text.push('\n');
    Ok(text)
}

/// The report that [`json`] wrote.
///
/// # Errors
///
/// The text is no JSON, no report, or one of another [`SCHEMA`]; the error says which, and what to do.
pub fn from_json(text: &str) -> Result<Report, String> {
    #[derive(Deserialize)]
    struct Versioned {
        schema: u32,
    }
    let Versioned { schema } = serde_json::from_str(text)
        .map_err(|error| format!("this is not a report of `compare --format json`: {error}"))?;
    if schema != SCHEMA {
        return Err(format!(
            "the report has schema {schema}, and this program reads schema {SCHEMA}: measure again, or use the \
             version that wrote it"
        ));
    }
    serde_json::from_str(text).map_err(|error| format!("the report is damaged: {error}"))
}
