//! The `Date` field (RFC 9110 section 6.6.1): the one place where core reads a clock.

use std::{
    cell::RefCell,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

const FIELD: [u8; 37] = *b"Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n";

struct Rendered {
    field: [u8; FIELD.len()],
    until: Option<Instant>,
}

thread_local! {
    static RENDERED: RefCell<Rendered> =
        const { RefCell::new(Rendered { field: FIELD, until: None }) };
}

/// Appends the whole field, with the current date. `now` tells when the wall clock must be read again: once a second.
pub(crate) fn write_field(out: &mut Vec<u8>, now: Instant) {
    RENDERED.with(|rendered| {
        let mut rendered = rendered.borrow_mut();
        if rendered.until.is_none_or(|until| now >= until) {
            let wall = SystemTime::now();
            let text = httpdate::fmt_http_date(wall);
            rendered.field[6..35].copy_from_slice(text.as_bytes());
            let into_the_second = wall.duration_since(UNIX_EPOCH).map_or(0, |since| since.subsec_nanos());
            rendered.until =
                now.checked_add(Duration::from_nanos(1_000_000_000 - u64::from(into_the_second)));
        }
        out.extend_from_slice(&rendered.field);
    });
}
