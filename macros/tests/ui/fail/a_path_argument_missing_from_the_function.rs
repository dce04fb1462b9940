#![allow(unused_variables)]

use polyserve::{Query, handler};

#[handler(GET, "/{name}/{age}")]
async fn hello(nam: String, Query(q): Query<String>, age: u8) {}

#[handler(GET, "/{name}")]
fn nothing() {}

fn main() {}
