//! The table: every topic with its rows, in the order of the document.

use super::{
    answers, case::Case, chunks, content_length, expect, field_names, field_values, host, limits, line_ends,
    methods, persistence, pipelines, request_line, smuggling, targets, trailers, transfer_encoding, upgrade,
    versions,
};
use std::sync::LazyLock;

/// Rows about one thing: a chapter of the document.
pub(super) struct Topic {
    pub(super) title: &'static str,
    pub(super) cases: Vec<Case>,
}

pub(super) static TOPICS: LazyLock<Vec<Topic>> = LazyLock::new(|| {
    let topics = [
        ("The request line", request_line::cases as fn() -> Vec<Case>),
        ("Methods", methods::cases),
        ("Request targets", targets::cases),
        ("Versions", versions::cases),
        ("Line ends, empty lines and folding", line_ends::cases),
        ("Field names", field_names::cases),
        ("Field values", field_values::cases),
        ("Host", host::cases),
        ("Limits", limits::cases),
        ("Content-Length", content_length::cases),
        ("Transfer-Encoding", transfer_encoding::cases),
        ("Content-Length and Transfer-Encoding: request smuggling", smuggling::cases),
        ("The chunked coding", chunks::cases),
        ("Trailers", trailers::cases),
        ("Expect", expect::cases),
        ("Persistence", persistence::cases),
        ("Upgrade", upgrade::cases),
        ("Pipelines", pipelines::cases),
        ("Answers", answers::cases),
    ];
    topics.map(|(title, cases)| Topic { title, cases: cases() }).into()
});

/// Every case of the table, in order.
pub(super) fn cases() -> impl Iterator<Item = &'static Case> {
    TOPICS.iter().flat_map(|topic| &topic.cases)
}
