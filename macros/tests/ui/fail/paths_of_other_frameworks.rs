#![allow(unused_variables)]

use polyserve::handler;

#[handler(GET, "/:name")]
fn colon(name: String) {}

#[handler(GET, "/<name>")]
fn angles(name: String) {}

#[handler(GET, "/*")]
fn star() {}

#[handler(GET, "/{id:[0-9]+}")]
fn pattern(id: u32) {}

fn main() {}
