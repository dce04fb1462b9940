//! What an app answers, as a table for people.

use crate::{Handler, Meta};
use http::Method;
use std::{fmt, iter};

/// One line of a route list.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Route {
    /// The method; `None` where every method is answered.
    pub method: Option<Method>,
    /// The path, as it was mounted; of a fallback, the prefix below which it answers. `None` for a fallback
    /// that answers whatever is left.
    pub path: Option<String>,
    /// The handler behind it, where `#[handler]` made it.
    pub handler: Option<&'static Meta>,
    /// Whether it answers only what no other route claims.
    pub fallback: bool,
}

impl Route {
    /// The route that a handler names; one that names none answers whatever is left.
    pub(crate) fn of(handler: Option<&'static Meta>) -> Route {
        let named = handler.and_then(|meta| Some((meta.method?, meta.path?)));
        Route {
            method: named.and_then(|(method, _)| Method::from_bytes(method.as_bytes()).ok()),
            path: named.map(|(_, path)| path.to_owned()),
            handler,
            fallback: named.is_none(),
        }
    }
}

/// All routes of an app. Its `Display` is a table with a line for each: method, path, handler and its place.
///
/// ```
/// use polyserve_core::{Reply, RouteList, Router, handler_fn};
///
/// let app = Router::new()
///     .route(http::Method::GET, "/", handler_fn(|_| Reply::from("home")))
///     .any("/echo", handler_fn(|request| Reply::from(request.into_body())));
/// assert_eq!(RouteList::of(&app).to_string(), "GET  /      (a handler)\nany  /echo  (a handler)\n");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RouteList(pub Vec<Route>);

impl RouteList {
    /// The routes behind a handler, in the order of mounting.
    #[must_use]
    pub fn of(handler: &dyn Handler) -> RouteList {
        RouteList(handler.routes())
    }
}

/// Lines of aligned columns; the last column is not padded.
impl fmt::Display for RouteList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rows: Vec<[String; 4]> = self.0.iter().map(columns).collect();
        let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
        let widths = [width(0), width(1), width(2)];
        for row in &rows {
            let padded: String =
                iter::zip(row, widths).map(|(cell, width)| format!("{cell:width$}  ")).collect();
            writeln!(f, "{}", format!("{padded}{}", row[3]).trim_end())?;
        }
        Ok(())
    }
}

fn columns(route: &Route) -> [String; 4] {
    let method = route.method.as_ref().map_or("any", Method::as_str).to_owned();
    let path = route.path.clone().unwrap_or_default();
    let path = match (route.fallback, path.is_empty()) {
        (true, true) => "(otherwise)".to_owned(),
        (true, false) => format!("{path} (otherwise)"),
        (false, _) => path,
    };
    let name = route.handler.map_or("(a handler)", |meta| meta.name).to_owned();
    let place = route.handler.map(|meta| format!("{}:{}", meta.file, meta.line)).unwrap_or_default();
    [method, path, name, place]
}
