#![allow(unused_variables)]

use polyserve::handler;

struct User;

#[handler]
fn plain(user: User) {}

#[handler]
async fn waiting(user: Option<Vec<User>>) {}

#[handler(blocking)]
fn blocking(user: User, body: String) {}

fn main() {}
