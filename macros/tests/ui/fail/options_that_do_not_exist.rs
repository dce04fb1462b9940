use polyserve::handler;

#[handler(timeout = 5, cached)]
fn named() {}

#[handler(GET, "/", 5, crate = "polyserve")]
fn others() {}

#[handler(GET "/")]
fn without_comma() {}

fn main() {
    let _: [&dyn polyserve::Handler; 3] = [&named, &others, &without_comma];
}
