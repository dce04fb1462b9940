use polyserve::{Html, handler};

#[handler(GET, "/text/{name}")]
fn text(name: &str) -> &str {
    name
}

#[handler(GET, "/page/{name}")]
fn page(name: &str) -> Html<&str> {
    Html(name)
}

fn main() {}
