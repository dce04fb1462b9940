//! An app with many routes, for the benchmarks of this folder.

use crate::shared::Hello;
use http::Method;
use polyserve_core::Router;

/// An app with so many routes, each with a parameter, and a request for the last of them.
pub(crate) fn shelves(routes: usize) -> (Router, String) {
    let path = |n: usize| format!("/shelf/{n}/book/{{id}}");
    let router = (0..routes).fold(Router::new(), |router, n| router.route(Method::GET, &path(n), Hello));
    (router, format!("GET /shelf/{}/book/7 HTTP/1.1\r\nHost: a\r\n\r\n", routes - 1))
}
