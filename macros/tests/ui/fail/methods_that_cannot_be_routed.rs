use polyserve::handler;

#[handler(get, "/")]
fn lower_case() {}

#[handler("GET", "/")]
fn quoted() {}

#[handler(FETCH, "/")]
fn unknown() {}

#[handler(CONNECT, "/")]
fn not_routable() {}

fn main() {}
