use polyserve::handler;

const PATH: &str = "/";

#[handler(path = "/", method = "GET")]
fn named() {}

#[handler(get("/"))]
fn called() {}

#[handler(blocking = true)]
fn with_a_value() {}

#[handler(async)]
async fn twice_async() {}

#[handler(GET, PATH)]
fn constant() {}

fn main() {}
