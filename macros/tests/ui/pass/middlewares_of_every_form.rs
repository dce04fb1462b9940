//! What `wrap` takes: functions and closures, plain and async.

use polyserve::{HandlerExt, IntoResponse, Next, Reply, Request, Response, StatusCode, handler, routes};

#[handler(GET, "/")]
fn hello() -> &'static str {
    "hello"
}

fn plain(request: Request, next: Next) -> Reply {
    next.run(request)
}

async fn waits(request: Request, next: Next) -> Response {
    next.run(request).await
}

async fn opaque(request: Request, next: Next) -> impl IntoResponse {
    ([("x-a", "b")], next.run(request).await)
}

async fn refuses(request: Request, next: Next) -> Result<Response, StatusCode> {
    if request.uri().path() == "/" { Ok(next.run(request).await) } else { Err(StatusCode::FORBIDDEN) }
}

fn main() {
    let name = String::from("x-name");
    let _app = routes![
        hello
            .wrap(plain)
            .wrap(waits)
            .wrap(opaque)
            .wrap(refuses)
            .wrap(|request: Request, next: Next| next.run(request))
            .wrap(async |request: Request, next: Next| next.run(request).await)
            .wrap(move |request: Request, next: Next| {
                let name = name.clone();
                async move { ([(name, "value")], next.run(request).await) }
            }),
    ]
    .wrap(plain);
}
