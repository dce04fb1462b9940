//! The `Date` field (RFC 9110 section 6.6.1): the one place where core reads a clock.

use std::{
    cell::Cell,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

/// The end of the line before, the field, and the empty line.
const END: [u8; 41] = *b"\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n\r\n";

/// In one line of the cache: a thread that has not served anybody for a while finds it cold.
#[repr(align(64))]
struct Rendered {
    end: Cell<[u8; END.len()]>,
    until: Cell<Option<Instant>>,
}

thread_local! {
    static RENDERED: Rendered = const { Rendered { end: Cell::new(END), until: Cell::new(None) } };
}

/// Appends the end of a head whose last line has none yet: the line's, the field with the current date, and the empty
/// line. `now` tells when the wall clock must be read again: once a second.
#[inline]
pub(crate) fn write_end(out: &mut Vec<u8>, now: Instant) {
    RENDERED.with(|rendered| {
        let mut end = rendered.end.get();
        if rendered.until.get().is_none_or(|until| now >= until) {
            let wall = SystemTime::now();
            end[8..37].copy_from_slice(httpdate::fmt_http_date(wall).as_bytes());
            rendered.end.set(end);
            let into_the_second = wall.duration_since(UNIX_EPOCH).map_or(0, |since| since.subsec_nanos());
            let left = Duration::from_nanos(1_000_000_000 - u64::from(into_the_second));
            rendered.until.set(now.checked_add(left));
        }
        out.extend_from_slice(&end);
    });
}
