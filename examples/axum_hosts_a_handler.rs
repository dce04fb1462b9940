//! A polyserve handler inside an axum application: its arguments, its sleep and its stream work there as they do
//! on polyserve's own runtimes.
//!
//! `cargo run --example axum_hosts_a_handler`, then `curl http://127.0.0.1:8000/api/hello/axum` and
//! `curl -N http://127.0.0.1:8000/api/countdown`; `http://127.0.0.1:8000/` is axum's own.

use axum::{Router, routing::get};
use polyserve::{Body, handler, routes, time::sleep, tower};
use std::{error::Error, time::Duration};

#[handler(GET, "/hello/{name}")]
async fn hello(name: String) -> String {
    sleep(Duration::from_millis(100)).await; // an entry in tokio's timer wheel
    format!("Hello, {name}!\n")
}

#[handler(GET, "/countdown")]
fn countdown() -> Body {
    Body::stream(|mut out| async move {
        for left in (1..=3).rev() {
            out.send(format!("{left}\n")).await;
            sleep(Duration::from_millis(300)).await;
        }
        Ok(())
    })
}

fn app() -> Result<Router, Box<dyn Error>> {
    // What can never work, such as two handlers for one route, is an error here.
    let polyserve = tower::service(routes![hello, countdown])?;
    Ok(Router::new().route("/", get(|| async { "axum's own\n" })).nest_service("/api", polyserve))
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:8000").await?;
    axum::serve(listener, app()?).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use http_body_util::BodyExt;
    use tower_service::Service;

    async fn answer_to(path: &str) -> String {
        let request = polyserve::http::Request::get(path).body(axum::body::Body::empty()).unwrap();
        let response = app().unwrap().call(request).await.unwrap();
        let body = response.into_body().collect().await.unwrap().to_bytes();
        String::from_utf8(body.to_vec()).unwrap()
    }

    #[tokio::test]
    async fn both_answer() {
        assert_eq!(answer_to("/").await, "axum's own\n");
        assert_eq!(answer_to("/api/hello/axum").await, "Hello, axum!\n");
        assert_eq!(answer_to("/api/countdown").await, "3\n2\n1\n");
    }
}
