use polyserve::handler;

#[handler(get, "/{name}/{}", blocking, fast)]
async unsafe fn hello(user: &str) -> String {
    user.to_owned()
}

fn main() {
    let _: &dyn polyserve::Handler = &hello;
}
