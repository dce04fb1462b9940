//! A header map that is used again. Making one takes two allocations, which is a good part of what a small
//! request costs; the map of one answer becomes that of the next request on the thread, or the next answer.

use http::HeaderMap;
use std::cell::Cell;

/// Larger maps are not kept.
const KEPT_CAPACITY: usize = 128;

thread_local! {
    static SPARE: Cell<Option<HeaderMap>> = const { Cell::new(None) };
}

/// An empty map.
pub(crate) fn take() -> HeaderMap {
    SPARE.take().unwrap_or_default()
}

/// Lends a map that is needed no more to the next one that is.
pub(crate) fn keep(mut map: HeaderMap) {
    if (1..=KEPT_CAPACITY).contains(&map.capacity()) {
        map.clear();
        SPARE.set(Some(map));
    }
}
