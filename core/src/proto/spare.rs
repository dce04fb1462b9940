//! A header map that is used again. Making one takes two allocations, which is a good part of what a small
//! request costs; the map of one answer becomes that of the next request on the thread, or the next answer.

use http::{HeaderMap, HeaderValue, header};
use std::cell::Cell;

/// Larger maps are not kept.
const KEPT_CAPACITY: usize = 128;

thread_local! {
    /// Empty, or with a content type and nothing else.
    static SPARE: Cell<Option<HeaderMap>> = const { Cell::new(None) };
}

/// An empty map.
pub(crate) fn take() -> HeaderMap {
    let mut map = SPARE.take().unwrap_or_default();
    map.clear();
    map
}

/// A map with this content type. Most answers of a server have the same, and nothing else: then it is there already.
pub(crate) fn with_type(content_type: HeaderValue) -> HeaderMap {
    let mut map = SPARE.take().unwrap_or_default();
    if only_type(&map) != Some(&content_type) {
        map.clear();
        map.insert(header::CONTENT_TYPE, content_type);
    }
    map
}

/// Lends a map that is needed no more to the next one that is.
pub(crate) fn keep(mut map: HeaderMap) {
    if (1..=KEPT_CAPACITY).contains(&map.capacity()) {
        if only_type(&map).is_none() {
            map.clear();
        }
        SPARE.set(Some(map));
    }
}

/// The content type of a map that has no other field.
fn only_type(map: &HeaderMap) -> Option<&HeaderValue> {
    let mut fields = map.iter();
    match (fields.next(), fields.next()) {
        (Some((name, value)), None) if *name == header::CONTENT_TYPE => Some(value),
        _ => None,
    }
}
