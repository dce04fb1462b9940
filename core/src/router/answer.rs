//! From a request to its handler.

use super::{
    Route, RouteList, Router,
    mounted::{Endpoint, Mounted},
    nested::{Nested, REST},
    path::{behind, normalised, parameters},
};
use crate::{Handler, Rejection, Reply, Request, Start, ambient, extract::path::PathParams};
use http::{Method, StatusCode};

/// What becomes of a request.
enum Found<'r> {
    Endpoint(&'r Endpoint),
    /// The path is there, the method is not.
    Path(&'r Mounted),
    Fallback(&'r Endpoint),
    Nothing,
}

impl Router {
    fn find(&self, request: &Request, nested: Option<Nested>) -> (Found<'_>, Result<PathParams, Rejection>) {
        let path = normalised(request.uri().path());
        let path = behind(&path, nested.map_or(0, |nested| nested.segments));
        let left_over = nested.is_some_and(|nested| nested.left_over);
        let mounted = if left_over { None } else { self.routes.at(path) };
        let (found, params) = match mounted {
            Some((mounted, params)) => match mounted.endpoint(request.method()) {
                Some(endpoint) => (Found::Endpoint(endpoint), Some(params)),
                None => (Found::Path(mounted), None),
            },
            None => match self.fallbacks.at(path) {
                Some((endpoint, params)) => (Found::Fallback(endpoint), params),
                None => (Found::Nothing, None),
            },
        };
        let params = match params {
            Some(params) if !params.is_empty() => {
                PathParams::decode(params.iter().filter(|(name, _)| *name != REST))
            }
            _ => Ok(PathParams::default()),
        };
        (found, params)
    }

    /// A method that nothing here knows is another mistake than one that this path does not have (RFC 9110
    /// section 9.1).
    fn without_handler(&self, mounted: &Mounted, method: &Method) -> Reply {
        if is_common(method) || self.routes.knows(method) {
            mounted.without_handler(method)
        } else {
            Reply::from(Rejection::new(StatusCode::NOT_IMPLEMENTED, ""))
        }
    }

    fn not_found(&self, request: &Request) -> Reply {
        // The method is not in it, since `HEAD` is answered as `GET`.
        let message = if self.lists_routes {
            format!(
                "no route has the path {}. The routes are:\n\n{}\nOnly debug builds tell this: see `Router::development_404`.",
                request.uri().path(),
                RouteList::of(self)
            )
        } else {
            String::new()
        };
        Reply::from(Rejection::new(StatusCode::NOT_FOUND, message))
    }
}

#[diagnostic::do_not_recommend]
impl Handler for Router {
    fn call(&self, mut request: Request) -> Reply {
        // `OPTIONS *` asks about the server, not about a path (RFC 9110 section 9.3.7).
        if request.uri().path() == "*" {
            return Reply::from(StatusCode::NO_CONTENT);
        }
        let around = request.extensions().get::<Nested>().copied();
        let (found, params) = self.find(&request, around);
        let (endpoint, left_over) = match found {
            Found::Endpoint(endpoint) => (endpoint, false),
            Found::Fallback(endpoint) => (endpoint, endpoint.routes_known),
            Found::Path(mounted) => return self.without_handler(mounted, request.method()),
            Found::Nothing => return self.not_found(&request),
        };
        match params {
            Ok(params) => params.join(request.extensions_mut()),
            Err(rejection) => return Reply::from(rejection),
        }
        let segments = around.map_or(0, |nested| nested.segments) + endpoint.nested;
        // A function does not look for its handler any more.
        if endpoint.handler.meta().is_none() && (segments > 0 || left_over || around.is_some()) {
            request.extensions_mut().insert(Nested { segments, left_over });
        }
        ambient::set_called(endpoint.meta);
        endpoint.handler.call(request)
    }

    fn reads_headers(&self) -> bool {
        // Each handler once, however many routes it is behind.
        self.parts.iter().any(|(_, part)| part.reads_headers())
    }

    fn check(&self, start: &mut Start) {
        for mistake in &self.mistakes {
            start.mistake(mistake);
        }
        for mounted in &self.routes.mounted {
            for endpoint in &mounted.endpoints {
                check_parameters(start, &mounted.path, endpoint);
            }
        }
        for (prefix, endpoint) in self.fallbacks.listed() {
            check_parameters(start, prefix, endpoint);
        }
        for (prefix, part) in &self.parts {
            start.below(prefix, |start| part.check(start));
        }
    }

    fn routes(&self) -> Vec<Route> {
        Router::routes(self).collect()
    }
}

/// What a function takes from its own path must be in the path that it is mounted at.
fn check_parameters(start: &mut Start, mounted_at: &str, endpoint: &Endpoint) {
    // Other handlers look after what is inside of them.
    let Some(meta) = endpoint.handler.meta() else { return };
    let Some(own) = meta.path else { return };
    let path = format!("{}{mounted_at}", start.prefix());
    let at = if path.is_empty() { "as a fallback".to_owned() } else { format!("at {path}") };
    for name in parameters(own).filter(|name| !parameters(&path).any(|known| known == *name)) {
        start.mistake(format!(
            "{meta} takes `{name}` from its path, but is mounted {at}, which has no `{{{name}}}`: add it there, or \
             mount the handler at its own path, {own}"
        ));
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
