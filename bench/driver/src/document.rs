//! PERFORMANCE.md: what stands between its markers is written by this program.

use std::io;
use std::path::{Path, PathBuf};

/// The document, in the repository that this program was built from.
pub(crate) fn path() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../PERFORMANCE.md")
}

/// A file that belongs to a curve, beside the other documents.
pub(crate) fn curve(name: &str, extension: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../../docs/performance/{name}.{extension}"))
}

/// The drawing of a curve, as the document links to it.
pub(crate) fn curve_link(name: &str) -> String {
    format!("docs/performance/{name}.svg")
}

/// Puts the text between the markers of that name: `<!-- bench: NAME -->` and `<!-- /bench -->`.
///
/// # Errors
///
/// The document has no such markers.
pub(crate) fn put(document: &str, name: &str, text: &str) -> io::Result<String> {
    const END: &str = "<!-- /bench -->";
    let begin = format!("<!-- bench: {name} -->");
    let missing = || io::Error::other(format!("PERFORMANCE.md has no {begin} with an {END} after it"));
    let (before, rest) = document.split_once(&begin).ok_or_else(missing)?;
    let (_, after) = rest.split_once(END).ok_or_else(missing)?;
    Ok(format!("{before}{begin}\n\n{}\n\n{END}{after}", text.trim_end()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_between_the_markers_changes() {
        let document = "a <!-- bench: x -->old<!-- /bench --> b <!-- bench: y --><!-- /bench -->";
        let new = put(document, "x", "new\n").unwrap();
        assert_eq!(new, "a <!-- bench: x -->\n\nnew\n\n<!-- /bench --> b <!-- bench: y --><!-- /bench -->");
        assert_eq!(put(&new, "x", "new").unwrap(), new);
        assert!(put(document, "z", "").is_err());
    }

    #[test]
    fn the_document_has_a_place_for_everything_that_is_measured() {
        let document = std::fs::read_to_string(path()).unwrap();
        let scenarios = crate::scenario::ALL.iter().map(|scenario| scenario.name);
        let curves = crate::curves::ALL.iter().map(|curve| curve.name);
        let others = crate::sections::OTHERS.iter().map(|(name, _)| *name);
        for name in scenarios.chain(curves).chain(others).chain(["scenarios", "summary", "goals"]) {
            put(&document, name, "").unwrap();
        }
    }
}
