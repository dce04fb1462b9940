#![deny(dead_code)]

use polyserve::handler;

#[handler(GET, "/{name}")]
async fn hello(name: String) -> String {
    name
}

fn main() {}
