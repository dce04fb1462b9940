use polyserve::{handler, routes};

#[handler(GET, "/")]
fn hello() -> &'static str {
    "hello"
}

fn main() {
    let _ = routes![hello()];
}
