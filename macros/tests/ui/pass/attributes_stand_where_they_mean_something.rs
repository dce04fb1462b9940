#![deny(warnings, dead_code, missing_docs, unreachable_pub)]
//! Each of these would be an error or a warning elsewhere.

use polyserve::{Handler, handler};

/// Public, so that it needs documentation.
#[must_use]
#[inline]
#[handler]
pub fn documented() -> &'static str {
    "documented"
}

#[handler]
#[cfg(any())]
fn absent(argument: DoesNotExist) {}

#[cfg_attr(all(), expect(unused_variables, reason = "it is the function that has variables"))]
#[handler(GET, "/{id}")]
fn expecting(id: u32) {}

#[expect(dead_code, reason = "it is the name that is never used")]
#[handler]
fn never_mounted() {}

#[deprecated]
#[handler]
fn outdated() {}

fn main() {
    #[handler]
    fn local() {}

    #[allow(deprecated)]
    let _: [&dyn Handler; 4] = [&documented, &expecting, &outdated, &local];
}
