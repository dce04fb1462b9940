//! One request and its answer, between hyper's types and polyserve's.

use http::{HeaderValue, header};
use hyper::body::Incoming;
use polyserve_async::{HostedBody, answer};
use polyserve_core::{App, Body, Response};
use std::{convert::Infallible, sync::Arc};

/// Answers one request with the app's handler.
pub(crate) async fn exchange(
    app: Arc<App>,
    request: http::Request<Incoming>,
) -> Result<http::Response<HostedBody>, Infallible> {
    let request = request.map(|body| Body::new(body).with_collect_limit(app.limits.body));
    Ok(match answer(&app, request).await {
        Ok(response) => response,
        Err((status, message)) => {
            last(app.reject(status, message)).map(|body| HostedBody::new(body, app, None))
        }
    })
}

/// An answer of the host's own, which is the connection's last.
fn last(mut response: Response) -> Response {
    response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    response
}
