//! The `Date` field (RFC 9110 section 6.6.1): the one place where core reads a clock.

use std::{
    cell::RefCell,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

const LENGTH: usize = "Sun, 06 Nov 1994 08:49:37 GMT".len();

struct Rendered {
    text: [u8; LENGTH],
    until: Option<Instant>,
}

thread_local! {
    static RENDERED: RefCell<Rendered> =
        const { RefCell::new(Rendered { text: [0; LENGTH], until: None }) };
}

/// Appends the current date. `now` tells when the wall clock must be read again: once a second.
pub(crate) fn write(out: &mut Vec<u8>, now: Instant) {
    RENDERED.with(|rendered| {
        let mut rendered = rendered.borrow_mut();
        if rendered.until.is_none_or(|until| now >= until) {
            let wall = SystemTime::now();
            let text = httpdate::fmt_http_date(wall);
            rendered.text.copy_from_slice(text.as_bytes());
            let into_the_second = wall.duration_since(UNIX_EPOCH).map_or(0, |since| since.subsec_nanos());
            rendered.until =
                now.checked_add(Duration::from_nanos(1_000_000_000 - u64::from(into_the_second)));
        }
        out.extend_from_slice(&rendered.text);
    });
}
