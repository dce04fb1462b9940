//! One request and its answer, between hyper's types and polyserve's.

use crate::upload::Upload;
use http::{HeaderValue, header};
use hyper::body::{Body as _, Incoming};
use polyserve_async::{HostedBody, Told, Turn, answer};
use polyserve_core::{App, Body, observer::Event};
use std::{convert::Infallible, net::SocketAddr, sync::Arc};

/// Answers one request with the app's handler.
pub(crate) async fn exchange(
    app: Arc<App>,
    peer: SocketAddr,
    request: http::Request<Incoming>,
) -> Result<http::Response<HostedBody>, Infallible> {
    let told = Told::default();
    if request.body().is_end_stream() {
        app.observe(peer, Event::Complete);
    }
    let upload = |incoming| Upload::new(incoming, peer, app.clone(), told.clone());
    let request = request.map(|incoming| Body::new(upload(incoming)).with_collect_limit(app.limits.body));
    Ok(match answer(&app, Some(peer), request, &told).await {
        // What is left of a broken body cannot be told from the next request.
        Ok(response) if *told.lock() == Turn::Broken => last(response),
        Ok(response) => response,
        Err((status, message)) => {
            last(app.reject(status, message).map(|body| HostedBody::new(body.into(), app, Some(peer), None)))
        }
    })
}

/// The connection's last answer.
fn last(mut response: http::Response<HostedBody>) -> http::Response<HostedBody> {
    response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    response
}
