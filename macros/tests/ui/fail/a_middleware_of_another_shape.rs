use polyserve::{HandlerExt, Next, Request, handler};

#[handler]
fn hello() -> &'static str {
    "hello"
}

async fn without_next(_request: Request) -> &'static str {
    "no"
}

fn plain_but_not_a_reply(_request: Request, _next: Next) -> &'static str {
    "no"
}

async fn of_no_response(_request: Request, _next: Next) -> u128 {
    0
}

fn main() {
    let _ = hello.wrap(without_next);
    let _ = hello.wrap(plain_but_not_a_reply);
    let _ = hello.wrap(of_no_response);
    let _ = hello.wrap("a middleware");
}
