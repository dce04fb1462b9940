use polyserve::handler;

#[handler]
pub struct Hello;

#[handler(GET, "/")]
impl Hello {}

#[handler]
const HELLO: Hello = Hello;

fn main() {
    let _ = HELLO;
}
