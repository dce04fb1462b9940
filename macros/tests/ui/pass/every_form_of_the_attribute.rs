#![deny(warnings)]

use polyserve::{Handler, handler};

#[handler]
fn plain() -> &'static str {
    "plain"
}

#[handler()]
async fn waiting() -> String {
    "waiting".to_owned()
}

#[handler(blocking)]
fn blocking() {}

#[handler(GET, "/hello/{name}")]
async fn hello(name: String) -> String {
    name
}

#[handler(PUT, "/files/{*rest}", blocking)]
fn store(rest: String, body: String) -> Result<String, polyserve::InternalError> {
    std::fs::write(&rest, body)?;
    Ok(rest)
}

#[handler(POST, "/", crate = ::polyserve,)]
fn post(mut text: String) -> String {
    text.push('!');
    text
}

fn main() {
    let handlers: [&dyn Handler; 6] = [&plain, &waiting, &blocking, &hello, &store, &post];
    let routes = handlers.map(|handler| handler.meta().and_then(|meta| meta.path));
    assert_eq!(routes, [None, None, None, Some("/hello/{name}"), Some("/files/{*rest}"), Some("/")]);

    assert_eq!(plain::META.name, "plain");
    assert_eq!(plain::META.line, 5);
    assert!(waiting::META.is_async && !waiting::META.blocking);
    assert!(blocking::META.blocking && !blocking::META.is_async);
    assert_eq!(store::META.method, Some("PUT"));
    assert_eq!(store::META.arguments, ["rest", "body"]);
}
