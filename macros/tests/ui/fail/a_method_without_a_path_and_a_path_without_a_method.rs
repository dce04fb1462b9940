use polyserve::handler;

#[handler(GET)]
fn no_path() {}

#[handler("/hello")]
fn no_method() {}

fn main() {}
