//! What the RFCs ask for and polyserve does not do yet. Each row says what should come back, and why it does not. When
//! it does, a test asks for the row to be moved into the table.

use super::case::Case;

/// Cases that are not answered as they should be.
pub(super) struct Deviation {
    pub(super) reason: &'static str,
    pub(super) cases: Vec<Case>,
}

/// None that is known.
pub(super) fn all() -> Vec<Deviation> {
    Vec::new()
}
