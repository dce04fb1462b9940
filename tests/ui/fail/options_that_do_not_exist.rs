use polyserve::handler;

#[handler(bloking)]
fn misspelt() {}

#[handler(path = "/", method = "GET")]
fn named() {}

#[handler(GET, "/", 5, crate = "polyserve")]
fn others() {}

#[handler(GET "/")]
fn without_comma() {}

fn main() {
    let _: [&dyn polyserve::Handler; 4] = [&misspelt, &named, &others, &without_comma];
}
