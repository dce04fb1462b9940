#![deny(warnings)]

mod my {
    pub(crate) extern crate polyserve as server;
}

#[my::server::handler(POST, "/{name}", crate = my::server)]
async fn hello(name: String, body: String) -> String {
    name + &body
}

fn main() {
    let _: &dyn my::server::Handler = &hello;
}
