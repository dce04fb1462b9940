use polyserve::handler;

#[handler(GET, "/{name}")]
fn hello(name: &str, body: &mut [u8], other: &polyserve::Body) -> String {
    format!("{name} {body:?} {other:?}")
}

fn main() {}
