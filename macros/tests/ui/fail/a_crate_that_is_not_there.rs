use polyserve::handler;

#[handler(POST, "/{name}", crate = web)]
async fn hello(name: &str, body: String) -> String {
    format!("{name} {body}")
}

fn main() {}
