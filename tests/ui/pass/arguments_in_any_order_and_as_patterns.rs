#![deny(warnings)]

use polyserve::{Handler, Json, Query, Request, handler};

#[handler(POST, "/{first}/{second}")]
async fn all(
    Json(names): Json<Vec<String>>,
    second: u8,
    Query(_): Query<Vec<(String, String)>>,
    mut first: String,
) -> String {
    first.push_str(&names.concat());
    format!("{first}{second}")
}

#[handler]
fn request(_: Request) {}

#[handler(GET, "/{type}")]
fn r#async(r#type: String) -> String {
    r#type
}

fn main() {
    let _: [&dyn Handler; 3] = [&all, &request, &r#async];
    assert_eq!(r#async::META.name, "async");
    assert_eq!(r#async::META.arguments, ["type"]);
    assert_eq!(all::META.arguments, ["Json(names)", "second", "Query(_)", "first"]);
    assert_eq!(request::META.arguments, ["_"]);
}
