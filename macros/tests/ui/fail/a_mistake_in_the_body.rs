use polyserve::handler;

#[handler(GET, "/{id}")]
async fn hello(id: u32) -> String {
    let user: String = id;
    missing(user)
}

fn main() {
    let _: &dyn polyserve::Handler = &hello;
}
