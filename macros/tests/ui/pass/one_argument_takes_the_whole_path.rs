#![deny(warnings)]

use polyserve::{Handler, Path, Query, Rejection, handler};

#[handler(GET, "/users/{id}/posts/{slug}")]
fn tuple(Path((id, slug)): Path<(u32, String)>) -> String {
    format!("{id}{slug}")
}

#[handler(GET, "/files/{*rest}")]
fn optional(rest: Option<polyserve::Path<String>>) -> String {
    rest.map_or_else(String::new, |Path(rest)| rest)
}

#[handler(GET, "/{a}/{b}")]
fn fallible(Query(()): Query<()>, path: Result<Path<[u8; 2]>, Rejection>) -> String {
    path.map_or_else(|rejection| rejection.to_string(), |Path([a, b])| (a + b).to_string())
}

// Beside one that takes them all, one may still be named.
#[handler(GET, "/both/{a}/{b}")]
fn both(a: String, Path(all): Path<Vec<String>>) -> String {
    format!("{a} of {all:?}")
}

fn main() {
    let _: [&dyn Handler; 4] = [&tuple, &optional, &fallible, &both];
    assert_eq!(tuple::META.path, Some("/users/{id}/posts/{slug}"));
}
