#![allow(unused_variables)]

use polyserve::handler;

#[handler(GET, "hello")]
fn relative() {}

#[handler(GET, "/{name")]
fn unbalanced() {}

#[handler(GET, "/{}")]
fn unnamed() {}

#[handler(GET, "/{id}/{id}")]
fn twice(id: u32) {}

#[handler(GET, "/{*rest}/more")]
fn wildcard_in_the_middle() {}

#[handler(GET, "/a?b=c")]
fn with_query() {}

fn main() {}
