#![allow(unused_variables)]

use polyserve::{Body, handler};

struct User;

#[handler]
fn changed(body: &mut Body) {}

#[handler]
fn optional(text: Option<&str>) {}

#[handler]
fn slice(numbers: &[u32]) {}

#[handler]
fn object(reader: &dyn std::fmt::Display) {}

#[handler]
fn unknown(user: &User) {}

#[handler(GET, "/{name}")]
fn for_ever(name: &'static str) {}

fn main() {}
