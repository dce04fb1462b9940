//! The data itself.

use std::io;

use super::Report;

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
