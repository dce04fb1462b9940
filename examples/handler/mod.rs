//! The handlers of all seven servers. This file does not know which runtime hosts it.

// Each server mounts one of the two, and no other crate sees them.
#![allow(dead_code, unreachable_pub)]

use polyserve::{Html, handler, time::sleep};
use std::{thread, time::Duration};

const WAIT: Duration = Duration::from_millis(100);
const PAGE: Html<&str> = Html(include_str!("../page.html"));

/// The tutorial's page after 100 ms, during which it waits for nothing but time.
#[handler]
pub async fn page() -> Html<&'static str> {
    sleep(WAIT).await;
    PAGE
}

/// The same, but it holds its thread for the 100 ms, as a file or a database call would.
#[handler(blocking)]
pub fn page_blocking() -> Html<&'static str> {
    thread::sleep(WAIT);
    PAGE
}
