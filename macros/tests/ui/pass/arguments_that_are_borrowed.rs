#![deny(warnings, unused_qualifications)]

use polyserve::{Handler, HeaderMap, Html, InternalError, IntoResponse, Json, Method, Query, Uri, handler, time::sleep};
use std::time::Duration;

#[handler(GET, "/{name}")]
fn plain(name: &str, headers: &HeaderMap, uri: &Uri) -> String {
    format!("{name} {} {uri}", headers.len())
}

#[handler(POST, "/{name}/{id}")]
async fn waiting<'a>(name: &'a str, id: &u32, body: &[u8], method: &'a Method) -> String {
    sleep(Duration::ZERO).await;
    format!("{name} {id} {} {method}", body.len())
}

#[handler(PUT, "/{name}", blocking)]
fn blocking(name: &str, body: &str) -> Result<impl IntoResponse, InternalError> {
    Ok(Html(format!("{name} {body}")))
}

/// What is written as JSON may borrow from the arguments.
#[handler(POST, "/first")]
fn first(Json(numbers): &Json<Vec<u32>>) -> Option<Json<&u32>> {
    numbers.first().map(Json)
}

#[handler]
fn bounded<'a, 'b: 'a>(uri: &'a Uri, Query(pairs): &'b Query<Vec<(String, String)>>) -> String
where
    String: Clone,
{
    let longest: &'a str = pairs.first().map_or(uri.path(), |(key, _)| key);
    longest.to_owned()
}

macro_rules! written {
    ($type:ty) => {
        #[handler(GET, "/written/{name}")]
        fn written(name: $type) -> String {
            name.to_string()
        }
    };
}
written!(&str);

fn main() {
    let _: [&dyn Handler; 6] = [&plain, &waiting, &blocking, &first, &bounded, &written];
    assert_eq!(plain::call("ada", &HeaderMap::new(), &Uri::from_static("/x")), "ada 0 /x");
    assert_eq!(plain::META.arguments, ["name", "headers", "uri"]);
    assert_eq!(first::call(&Json(vec![7])).map(|Json(number)| *number), Some(7));
}
