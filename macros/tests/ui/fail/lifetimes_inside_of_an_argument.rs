use polyserve::{Query, handler};
use std::borrow::Cow;

struct Page<'a>(&'a str);

#[handler(GET, "/{name}")]
fn elided(name: Cow<'_, str>) -> String {
    name.into_owned()
}

#[handler]
async fn named<'a>(Query(page): Query<Page<'a>>) -> String {
    page.0.to_owned()
}

fn main() {}
