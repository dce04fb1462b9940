/// Says hello.
#[handler]
pub fn hello() -> &'static str {
    "hello"
}
