#![allow(unused_variables)]

use polyserve::handler;

#[handler(GET, "/{user_id}/{name}")]
fn hello(name: String, userid: u32) {}

fn main() {}
