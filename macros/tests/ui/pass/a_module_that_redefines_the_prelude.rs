#![deny(warnings)]
#![allow(dead_code, non_camel_case_types, unused_macros)]

use polyserve::handler;

struct Result;
struct Option;
struct Box;
struct Some;
struct None;
struct Ok;
struct Err;
struct Send;
struct Clone;
struct Copy;
struct Debug;
struct Handler;
struct Request;
struct bool;
struct u32;
struct str;
mod std {}
mod core {}
mod polyserve_core {}
macro_rules! assert { () => {} }
macro_rules! line { () => {} }
macro_rules! file { () => {} }
macro_rules! module_path { () => {} }

#[handler]
fn plain() {}

#[handler(POST, "/{name}")]
async fn waiting(name: ::std::string::String, body: ::std::string::String) -> ::std::string::String {
    name + &body
}

#[handler(blocking)]
fn blocking(query: polyserve::Query<::std::vec::Vec<(::std::string::String, ::std::string::String)>>, body: polyserve::Body) -> polyserve::Body {
    let _ = query;
    body
}

fn main() {
    let _: [&dyn polyserve::Handler; 3] = [&plain, &waiting, &blocking];
}
