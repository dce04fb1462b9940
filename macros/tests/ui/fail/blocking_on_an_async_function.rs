use polyserve::handler;

#[handler(blocking)]
async fn hello() {}

fn main() {}
