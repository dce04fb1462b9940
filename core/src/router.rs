//! Several handlers at their paths, as one handler.

use crate::{
    Handler, IntoResponse, Meta, Rejection, Reply, Request, Start, ambient, extract::path::PathParams,
};
use http::{HeaderValue, Method, StatusCode, header};
use std::{fmt, sync::Arc};

/// Finds the handler for a request by path and method.
///
/// `routes![a, b]` makes one. It answers 404 where no path matches, 405 with `Allow` where the path has
/// other methods, 501 for a method that nothing here knows, `HEAD` with the handler of `GET`, and `OPTIONS` with `Allow`.
///
/// Paths are matchit's: `/hello/{name}` takes one segment, `/files/{*rest}` all that follow; a literal
/// segment goes before a parameter.
#[derive(Default)]
pub struct Router {
    paths: matchit::Router<usize>,
    mounted: Vec<Mounted>,
    fallback: Option<Arc<dyn Handler>>,
    mistakes: Vec<String>,
}

struct Mounted {
    path: String,
    methods: Vec<(Method, Arc<dyn Handler>)>,
}

/// One line of a route list.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Route {
    /// The method; `None` for the fallback, which answers every method.
    pub method: Option<Method>,
    /// The path; `None` for the fallback, which answers every path that is left.
    pub path: Option<String>,
    /// The handler behind it, where `#[handler]` made it.
    pub handler: Option<&'static Meta>,
}

impl Route {
    /// The route that a handler names, where it names one.
    pub(crate) fn of(handler: Option<&'static Meta>) -> Route {
        let named = handler.and_then(|meta| Some((meta.method?, meta.path?)));
        Route {
            method: named.and_then(|(method, _)| Method::from_bytes(method.as_bytes()).ok()),
            path: named.map(|(_, path)| path.to_owned()),
            handler,
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
    /// answers whatever no route claims.
    #[must_use]
    pub fn mount(self, handler: impl Handler) -> Router {
        match handler.meta() {
            Some(Meta { method: Some(method), path: Some(path), .. }) => {
                match Method::from_bytes(method.as_bytes()) {
                    Ok(method) => self.route(method, path, handler),
                    Err(_) => self.mistaken(format!("`{method}` is not an HTTP method")),
                }
            }
            _ => self.fallback(handler),
        }
    }

    /// Mounts a handler at a route of its own.
    #[must_use]
    pub fn route(mut self, method: Method, path: &str, handler: impl Handler) -> Router {
        if let Err(mistake) = self.add(method, path, Arc::new(handler)) {
            return self.mistaken(mistake);
        }
        self
    }

    /// The handler for every request that no route claims, instead of 404.
    #[must_use]
    pub fn fallback(mut self, handler: impl Handler) -> Router {
        if let Some(first) = &self.fallback {
            let mistake = format!(
                "{} and {} both answer whatever no route claims: give one of them a route, as in \
                 `#[handler(GET, \"/path\")]`",
                name(&**first),
                name(&handler)
            );
            return self.mistaken(mistake);
        }
        self.fallback = Some(Arc::new(handler));
        self
    }

    /// All routes, in the order of mounting, the fallback last.
    pub fn routes(&self) -> impl Iterator<Item = Route> {
        let fallback =
            self.fallback.iter().map(|handler| Route { method: None, path: None, handler: handler.meta() });
        self.mounted
            .iter()
            .flat_map(|mounted| {
                mounted.methods.iter().map(|(method, handler)| Route {
                    method: Some(method.clone()),
                    path: Some(mounted.path.clone()),
                    handler: handler.meta(),
                })
            })
            .chain(fallback)
    }

    fn add(&mut self, method: Method, path: &str, handler: Arc<dyn Handler>) -> Result<(), String> {
        if !path.starts_with('/') {
            return Err(format!("{}: the path {path:?} must start with `/`", name(&*handler)));
        }
        if let Some(mounted) = self.mounted.iter_mut().find(|mounted| mounted.path == path) {
            if let Some((_, first)) = mounted.methods.iter().find(|(taken, _)| *taken == method) {
                return Err(format!(
                    "{} and {} both answer {method} {path}",
                    name(&**first),
                    name(&*handler)
                ));
            }
            mounted.methods.push((method, handler));
            return Ok(());
        }
        self.paths
            .insert(path, self.mounted.len())
            .map_err(|error| format!("{}: the path {path:?} cannot be mounted: {error}", name(&*handler)))?;
        self.mounted.push(Mounted { path: path.to_owned(), methods: vec![(method, handler)] });
        Ok(())
    }

    fn mistaken(mut self, mistake: String) -> Router {
        self.mistakes.push(mistake);
        self
    }

    /// A method that nothing here knows is another mistake than one that this path does not have (RFC 9110
    /// section 9.1).
    fn without_handler(&self, mounted: &Mounted, method: &Method) -> Reply {
        let mut methods = self.mounted.iter().flat_map(|mounted| &mounted.methods);
        if is_common(method) || methods.any(|(known, _)| known == method) {
            mounted.without_handler(method)
        } else {
            Reply::from(Rejection::new(StatusCode::NOT_IMPLEMENTED, ""))
        }
    }

    fn otherwise(&self, request: Request) -> Reply {
        match &self.fallback {
            Some(handler) => {
                ambient::set_called(handler.meta());
                handler.call(request)
            }
            None => Reply::from(Rejection::new(StatusCode::NOT_FOUND, "")),
        }
    }
}

#[diagnostic::do_not_recommend]
impl Handler for Router {
    fn call(&self, mut request: Request) -> Reply {
        // `OPTIONS *` asks about the server, not about a path (RFC 9110 section 9.3.7).
        if request.uri().path() == "*" {
            return Reply::from(StatusCode::NO_CONTENT);
        }
        let Ok(found) = self.paths.at(request.uri().path()) else {
            return self.otherwise(request);
        };
        let mounted = &self.mounted[*found.value];
        let Some(handler) = mounted.handler(request.method()) else {
            return self.without_handler(mounted, request.method());
        };
        if !found.params.is_empty() {
            match PathParams::decode(found.params.iter()) {
                Ok(params) => request.extensions_mut().insert(params),
                Err(rejection) => return Reply::from(rejection),
            };
        }
        ambient::set_called(handler.meta());
        handler.call(request)
    }

    fn check(&self, start: &mut Start) {
        for mistake in &self.mistakes {
            start.mistake(mistake);
        }
        let handlers = self.mounted.iter().flat_map(|mounted| &mounted.methods).map(|(_, handler)| handler);
        for handler in handlers.chain(&self.fallback) {
            handler.check(start);
        }
    }

    fn routes(&self) -> Vec<Route> {
        Router::routes(self).collect()
    }
}

impl Mounted {
    fn handler(&self, method: &Method) -> Option<&Arc<dyn Handler>> {
        let by = |wanted: &Method| {
            self.methods.iter().find(|(method, _)| method == wanted).map(|(_, handler)| handler)
        };
        by(method).or_else(|| if method == Method::HEAD { by(&Method::GET) } else { None })
    }

    fn without_handler(&self, method: &Method) -> Reply {
        let mut response = if method == Method::OPTIONS {
            StatusCode::NO_CONTENT.into_response()
        } else {
            Rejection::new(StatusCode::METHOD_NOT_ALLOWED, "").into_response()
        };
        response.headers_mut().insert(header::ALLOW, self.allow());
        Reply::Ready(response)
    }

    /// RFC 9110 section 10.2.1.
    fn allow(&self) -> HeaderValue {
        let mut methods: Vec<&str> = self.methods.iter().map(|(method, _)| method.as_str()).collect();
        for (automatic, wanted) in [("HEAD", methods.contains(&"GET")), ("OPTIONS", true)] {
            if wanted && !methods.contains(&automatic) {
                methods.push(automatic);
            }
        }
        // Method names are tokens, and tokens are valid in a header value.
        HeaderValue::from_str(&methods.join(", ")).unwrap_or(HeaderValue::from_static("OPTIONS"))
    }
}

/// The methods of RFC 9110 section 9.3, and `PATCH` (RFC 5789).
fn is_common(method: &Method) -> bool {
    const COMMON: [Method; 9] = [
        Method::GET,
        Method::HEAD,
        Method::POST,
        Method::PUT,
        Method::DELETE,
        Method::CONNECT,
        Method::OPTIONS,
        Method::TRACE,
        Method::PATCH,
    ];
    COMMON.contains(method)
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
