use polyserve::handler;

#[handler(GET, "/", blocking, POST, "/again", blocking, crate = polyserve, crate = polyserve)]
fn hello() {}

fn main() {}
