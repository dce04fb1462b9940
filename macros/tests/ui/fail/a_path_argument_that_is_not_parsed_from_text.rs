#![allow(unused_variables)]

use polyserve::handler;

struct User;

#[handler(GET, "/{user}")]
async fn hello(user: User) {}

fn main() {}
