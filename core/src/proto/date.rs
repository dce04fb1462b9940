//! The `Date` field (RFC 9110 section 6.6.1): the one place where core reads a clock.

use std::{
    cell::RefCell,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

/// The end of the line before, the field, and the empty line.
const END: [u8; 41] = *b"\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n\r\n";

struct Rendered {
    end: [u8; END.len()],
    until: Option<Instant>,
}

thread_local! {
    static RENDERED: RefCell<Rendered> =
        const { RefCell::new(Rendered { end: END, until: None }) };
}

/// Appends the end of a head whose last line has none yet: the line's, the field with the current date, and the empty
/// line. `now` tells when the wall clock must be read again: once a second.
pub(crate) fn write_end(out: &mut Vec<u8>, now: Instant) {
    RENDERED.with(|rendered| {
        let mut rendered = rendered.borrow_mut();
        if rendered.until.is_none_or(|until| now >= until) {
            let wall = SystemTime::now();
            let text = httpdate::fmt_http_date(wall);
            rendered.end[8..37].copy_from_slice(text.as_bytes());
            let into_the_second = wall.duration_since(UNIX_EPOCH).map_or(0, |since| since.subsec_nanos());
            rendered.until =
                now.checked_add(Duration::from_nanos(1_000_000_000 - u64::from(into_the_second)));
        }
        out.extend_from_slice(&rendered.end);
    });
}
