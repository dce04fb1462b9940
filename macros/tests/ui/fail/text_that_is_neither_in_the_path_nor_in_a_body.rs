#![allow(unused_variables)]

use polyserve::{Bytes, handler};

#[handler(GET, "/hello")]
fn forgotten(name: String) {}

#[handler(HEAD, "/")]
fn borrowed(name: &str) {}

// These may well be meant.
#[handler(GET, "/search")]
fn search(query: Bytes) {}

#[handler(POST, "/")]
fn post(text: String) {}

fn main() {}
