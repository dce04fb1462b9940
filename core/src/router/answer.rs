//! From a request to its handler.

use super::{
    Route, RouteList, Router,
    mounted::{Endpoint, Mounted},
    nested::{Nested, REST},
    path::{behind, normalised, parameters},
};
use crate::{Handler, RawRequest, Rejection, Reply, Request, Start, ambient, extract::path::PathParams};
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
    fn find(
        &self,
        method: &Method,
        path: &str,
        nested: Option<Nested>,
    ) -> (Found<'_>, Result<PathParams, Rejection>) {
        let path = normalised(path);
        let path = behind(&path, nested.map_or(0, |nested| nested.segments));
        let left_over = nested.is_some_and(|nested| nested.left_over);
        let mounted = if left_over { None } else { self.routes.at(path) };
        let (found, params) = match mounted {
            Some((mounted, params)) => match mounted.endpoint(method) {
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

    fn not_found(&self, path: &str) -> Reply {
        // The method is not in it, since `HEAD` is answered as `GET`.
        let message = if self.lists_routes {
            format!(
                "no route has the path {path}. The routes are:\n\n{}\nOnly debug builds tell this: see `Router::development_404`.",
                RouteList::of(self)
            )
        } else {
            String::new()
        };
        Reply::from(Rejection::new(StatusCode::NOT_FOUND, message))
    }
}

/// The handler for a request, and what it must be told of the way to it.
struct Leads<'r> {
    endpoint: &'r Endpoint,
    params: PathParams,
    /// For a handler that looks for another behind the same prefixes.
    nested: Option<Nested>,
}

impl Leads<'_> {
    fn call(self, mut request: Request) -> Reply {
        self.params.join(request.extensions_mut());
        if let Some(nested) = self.nested {
            request.extensions_mut().insert(nested);
        }
        ambient::set_called(self.endpoint.meta);
        self.endpoint.handler.call(request)
    }

    fn call_raw(self, request: RawRequest<'_>) -> Reply {
        let handler = &self.endpoint.handler;
        if self.params.is_empty() && self.nested.is_none() {
            ambient::set_called(self.endpoint.meta);
            return handler.call_raw(request);
        }
        request.hand_over(handler.reads_headers(), |request| self.call(request))
    }
}

impl Router {
    /// # Errors
    /// The router's own answer, where there is no handler.
    #[expect(clippy::result_large_err, reason = "it is an answer, and is sent")]
    fn lead(&self, method: &Method, path: &str, around: Option<Nested>) -> Result<Leads<'_>, Reply> {
        // `OPTIONS *` asks about the server, not about a path (RFC 9110 section 9.3.7).
        if path == "*" {
            return Err(Reply::from(StatusCode::NO_CONTENT));
        }
        let (found, params) = self.find(method, path, around);
        let (endpoint, left_over) = match found {
            Found::Endpoint(endpoint) => (endpoint, false),
            Found::Fallback(endpoint) => (endpoint, endpoint.routes_known),
            Found::Path(mounted) => return Err(self.without_handler(mounted, method)),
            Found::Nothing => return Err(self.not_found(path)),
        };
        let params = params.map_err(Reply::from)?;
        let segments = around.map_or(0, |nested| nested.segments) + endpoint.nested;
        // A function does not look for its handler any more.
        let looks = endpoint.handler.meta().is_none() && (segments > 0 || left_over || around.is_some());
        Ok(Leads { endpoint, params, nested: looks.then_some(Nested { segments, left_over }) })
    }

    // Not inlined, for then its frame of a kilobyte would lie between that of the caller and that of every function.
    #[inline(never)]
    fn call_found(&self, request: RawRequest<'_>) -> Reply {
        match self.lead(request.method(), request.path(), None) {
            Ok(leads) => leads.call_raw(request),
            Err(reply) => reply,
        }
    }
}

#[diagnostic::do_not_recommend]
impl Handler for Router {
    fn call(&self, request: Request) -> Reply {
        let around = request.extensions().get::<Nested>().copied();
        match self.lead(request.method(), request.uri().path(), around) {
            Ok(leads) => leads.call(request),
            Err(reply) => reply,
        }
    }

    fn call_raw(&self, request: RawRequest<'_>) -> Reply {
        // Most requests are for a function at a path without parameters.
        if let Some(endpoint) =
            self.routes.straight(request.path_bytes()).and_then(|mounted| mounted.endpoint(request.method()))
            && endpoint.handler.meta().is_some()
        {
            ambient::set_called(endpoint.meta);
            return endpoint.handler.call_raw(request);
        }
        self.call_found(request)
    }

    fn reads_headers(&self) -> bool {
        self.reads_headers
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
