//! Several handlers at their paths, as one handler.
//!
//! `mounted` knows what is mounted where, `nested` what that means below a prefix, `path` what a path is; `answer`
//! finds the handler for a request, and `list` shows people what there is.

mod answer;
mod list;
mod mounted;
mod nested;
mod path;

use crate::{Handler, Meta};
use http::Method;
use mounted::{Endpoint, Table};
use nested::{Fallbacks, Prefix};
use std::{any::Any, fmt, sync::Arc};

pub use list::{Route, RouteList};

/// Finds the handler for a request by path and method.
///
/// `routes![a, b]` makes one. It answers 404 where no path matches, 405 with `Allow` where the path has
/// other methods, 501 for a method that nothing here knows, `HEAD` with the handler of `GET`, and `OPTIONS` with
/// `Allow`. In debug builds the 404 lists the routes.
///
/// # Paths
///
/// `/hello/{name}` takes one segment that is not empty, `/files/{*rest}` all that follow, and
/// `/img-{id}.png` a part of a segment. What is literal goes before a parameter, whichever was mounted first.
///
/// - A `/` at the end counts: `/users` and `/users/` are two paths, and none redirects to the other.
/// - Case counts.
/// - `/%7Eme` and `/~me` are one path (RFC 3986 section 6.2.2). An encoded slash, `%2F`, does not end its segment.
/// - A parameter's value is percent-decoded. What `{*rest}` took may therefore contain `..`, and slashes that were
///   encoded: it is no file name yet.
///
/// # Mistakes
///
/// Two handlers for the same requests, a path that is none, or a handler that takes an argument from its path
/// and is mounted at a path without it: all of them are reported together, with the handlers' names and source
/// lines, when the app starts.
///
/// ```
/// use polyserve_core::{Reply, Router, Start, handler_fn};
/// use http::Method;
///
/// let api = Router::new()
///     .route(Method::GET, "/users/{id}", handler_fn(|_| Reply::from("a user")))
///     .fallback(handler_fn(|_| Reply::from("no such thing in the API")));
/// let app = Router::new()
///     .route(Method::GET, "/", handler_fn(|_| Reply::from("home")))
///     .nest("/api", api);
/// assert!(Start::check(&app).is_ok());
/// ```
pub struct Router {
    routes: Table,
    fallbacks: Fallbacks,
    /// What else is to be checked at the start: handlers with routes of their own, each with its prefix.
    parts: Vec<(String, Arc<dyn Handler>)>,
    mistakes: Vec<String>,
    lists_routes: bool,
    /// Whether one of them does.
    reads_headers: bool,
}

impl Default for Router {
    fn default() -> Router {
        Router {
            routes: Table::default(),
            fallbacks: Fallbacks::default(),
            parts: Vec::new(),
            mistakes: Vec::new(),
            lists_routes: cfg!(debug_assertions),
            reads_headers: false,
        }
    }
}

impl Router {
    /// A router without routes: it answers 404.
    #[must_use]
    pub fn new() -> Router {
        Router::default()
    }

    /// Mounts a handler at the route that its `#[handler(GET, "/path")]` names. A handler without a route
    /// answers whatever no route claims. A handler with several, such as another router with a middleware around
    /// it, is mounted at each.
    #[must_use]
    pub fn mount(mut self, handler: impl Handler) -> Router {
        let mut handler = Some(handler);
        // A router's routes are taken over one by one: a request then looks for its handler once.
        let router = (&mut handler as &mut dyn Any).downcast_mut::<Option<Router>>().and_then(Option::take);
        if let Some(router) = router {
            return self.merge(router);
        }
        let Some(handler) = handler else { return self };
        if let Some(Meta { method: Some(method), path: Some(_), .. }) = handler.meta()
            && Method::from_bytes(method.as_bytes()).is_err()
        {
            self.mistakes.push(format!("{}: `{method}` is not an HTTP method", name(&handler)));
            return self;
        }
        let handler = self.keep(handler);
        let mut routes = handler.routes();
        if routes.is_empty() {
            routes.push(Route { method: None, path: None, handler: handler.meta(), fallback: true });
        }
        for route in routes {
            let endpoint = Endpoint {
                method: route.method,
                handler: handler.clone(),
                meta: route.handler,
                nested: 0,
                routes_known: true,
            };
            match route.path {
                Some(path) if !route.fallback => self.add(&path, endpoint),
                prefix => self.add_fallback(prefix.as_deref().unwrap_or(""), endpoint),
            }
        }
        self
    }

    /// Mounts a handler at a route, whatever route it names itself.
    #[must_use]
    pub fn route(self, method: Method, path: &str, handler: impl Handler) -> Router {
        self.at(Some(method), path, handler)
    }

    /// Mounts a handler at a path for every method that no other handler has there: it answers `HEAD` and
    /// `OPTIONS` as well, and nothing at that path is 405.
    #[must_use]
    pub fn any(self, path: &str, handler: impl Handler) -> Router {
        self.at(None, path, handler)
    }

    fn at(mut self, method: Option<Method>, path: &str, handler: impl Handler) -> Router {
        let endpoint = self.part(method, handler);
        self.add(path, endpoint);
        self
    }

    /// The handler for every request that no route claims, instead of 404.
    #[must_use]
    pub fn fallback(mut self, handler: impl Handler) -> Router {
        let endpoint = self.part(None, handler);
        self.add_fallback("", endpoint);
        self
    }

    /// Takes over all routes of another router, its fallback included.
    #[must_use]
    pub fn merge(mut self, other: Router) -> Router {
        self.mistakes.extend(other.mistakes);
        self.parts.extend(other.parts);
        self.reads_headers |= other.reads_headers;
        for mounted in other.routes.mounted {
            for endpoint in mounted.endpoints {
                self.add(&mounted.path, endpoint);
            }
        }
        for (prefix, endpoint) in other.fallbacks.listed() {
            self.add_fallback(prefix, endpoint.clone());
        }
        self
    }

    /// Mounts a handler, most often a router, with all its routes below a prefix: its `/users` becomes
    /// `/api/users`, and its `/` becomes `/api` itself. Where the prefix ends in `/`, so does what becomes of `/`.
    ///
    /// - The prefix may have parameters; handlers find them beside those of their own path.
    /// - Its fallback, or a handler without a route, answers what is left below the prefix, and nothing else.
    /// - Handlers see the URI that the client sent, prefix included, so that links and logs are right.
    #[must_use]
    pub fn nest(mut self, prefix: &str, handler: impl Handler) -> Router {
        let inner = Router::new().mount(handler);
        match Prefix::new(prefix) {
            Ok(prefix) => self.adopt(&prefix, inner),
            Err(mistake) => self.mistakes.push(mistake),
        }
        self
    }

    /// Whether a 404 lists the routes, for the developer who mistyped one. By default it does in debug builds
    /// (`cfg!(debug_assertions)`) and not in release builds. Of routers inside of each other, the outermost's
    /// setting counts.
    #[must_use]
    pub fn development_404(mut self, lists_routes: bool) -> Router {
        self.lists_routes = lists_routes;
        self
    }

    /// All routes, in the order of mounting, the fallbacks last.
    pub fn routes(&self) -> impl Iterator<Item = Route> {
        let fallbacks = self.fallbacks.listed().map(|(prefix, endpoint)| Route {
            method: None,
            path: Some(prefix.to_owned()).filter(|prefix| !prefix.is_empty()),
            handler: endpoint.meta,
            fallback: true,
        });
        self.routes
            .mounted
            .iter()
            .flat_map(|mounted| {
                mounted.endpoints.iter().map(|endpoint| Route {
                    method: endpoint.method.clone(),
                    path: Some(mounted.path.clone()),
                    handler: endpoint.meta,
                    fallback: false,
                })
            })
            .chain(fallbacks)
    }

    fn part(&mut self, method: Option<Method>, handler: impl Handler) -> Endpoint {
        let handler = self.keep(handler);
        Endpoint { method, meta: handler.meta(), handler, nested: 0, routes_known: false }
    }

    /// Each handler once, however many routes it is behind.
    fn keep(&mut self, handler: impl Handler) -> Arc<dyn Handler> {
        let handler: Arc<dyn Handler> = Arc::new(handler);
        self.reads_headers |= handler.reads_headers();
        self.parts.push((String::new(), handler.clone()));
        handler
    }

    fn add(&mut self, path: &str, endpoint: Endpoint) {
        self.mistakes.extend(self.routes.add(path, endpoint).err());
    }

    fn add_fallback(&mut self, prefix: &str, endpoint: Endpoint) {
        self.mistakes.extend(self.fallbacks.add(prefix, endpoint).err());
    }
}

fn name(handler: &dyn Handler) -> String {
    handler.meta().map_or_else(|| "a handler".to_owned(), ToString::to_string)
}

impl fmt::Debug for Router {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.routes()).finish()
    }
}

/// Mounts handlers at the routes that their `#[handler(GET, "/path")]` names, as one [`Router`].
///
/// A handler without a route answers whatever no route claims. Two handlers for the same method and path
/// are an error when the app starts.
///
/// ```
/// # use polyserve_core::{Reply, Router, handler_fn, routes};
/// let app: Router = routes![handler_fn(|_| Reply::from("anything"))];
/// # drop(app);
/// ```
#[macro_export]
macro_rules! routes {
    ($($handler:expr),* $(,)?) => {
        $crate::Router::new()$(.mount($handler))*
    };
}
