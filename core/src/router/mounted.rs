//! What is mounted where, and who stands in whose way.

use super::path::{normalised, problem, same_shape};
use crate::{Handler, IntoResponse, Meta, Rejection, Reply};
use http::{HeaderValue, Method, StatusCode, header};
use matchit::InsertError;
use rustc_hash::FxHashMap;
use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

/// A handler at a route.
#[derive(Clone)]
pub(super) struct Endpoint {
    /// `None` answers every method.
    pub(super) method: Option<Method>,
    pub(super) handler: Arc<dyn Handler>,
    /// Of the function behind the route, which may be one of several behind `handler`.
    pub(super) meta: Option<&'static Meta>,
    /// Segments of the path that belong to the prefixes it is nested under.
    pub(super) nested: usize,
    /// The router has taken over all routes that the handler names, so that what reaches it as a fallback is for
    /// none of them.
    pub(super) routes_known: bool,
}

impl Endpoint {
    pub(super) fn name(&self) -> String {
        self.meta.map_or_else(|| "a handler".to_owned(), ToString::to_string)
    }
}

/// All handlers of one path.
pub(super) struct Mounted {
    /// As it was written.
    pub(super) path: String,
    pub(super) endpoints: Vec<Endpoint>,
}

impl Mounted {
    /// The handler for a method: its own, for `HEAD` that of `GET`, or the one for all.
    #[inline]
    pub(super) fn endpoint(&self, method: &Method) -> Option<&Endpoint> {
        let by = |wanted: Option<&Method>| {
            self.endpoints.iter().find(|endpoint| endpoint.method.as_ref() == wanted)
        };
        by(Some(method))
            .or_else(|| if method == Method::HEAD { by(Some(&Method::GET)) } else { None })
            .or_else(|| by(None))
    }

    /// 405, or what `OPTIONS` asked for.
    pub(super) fn without_handler(&self, method: &Method) -> Reply {
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
        let mut methods: Vec<&str> =
            self.endpoints.iter().filter_map(|endpoint| Some(endpoint.method.as_ref()?.as_str())).collect();
        for (automatic, wanted) in [("HEAD", methods.contains(&"GET")), ("OPTIONS", true)] {
            if wanted && !methods.contains(&automatic) {
                methods.push(automatic);
            }
        }
        // Method names are tokens, and tokens are valid in a header value.
        HeaderValue::from_str(&methods.join(", ")).unwrap_or(HeaderValue::from_static("OPTIONS"))
    }
}

/// Paths and their handlers.
#[derive(Default)]
pub(super) struct Table {
    /// Leads the path of a request to its place in `mounted`.
    tree: matchit::Router<usize>,
    /// Leads the path of a request straight there, where a route without parameters is mounted at that very path: no route
    /// goes before it. The keys are the app's own, so nobody can choose them to be in each other's way.
    literal: FxHashMap<Box<[u8]>, usize>,
    /// Leads the path of a route there, in its normal spelling.
    by_path: HashMap<String, usize>,
    pub(super) mounted: Vec<Mounted>,
    /// All that any path has.
    methods: HashSet<Method>,
}

impl Table {
    /// What is mounted where `path` leads, with the values of the parameters.
    pub(super) fn at<'p>(&self, path: &'p str) -> Option<(&Mounted, matchit::Params<'_, 'p>)> {
        let found = self.tree.at(path).ok()?;
        Some((&self.mounted[*found.value], found.params))
    }

    /// What is mounted at this path to the letter.
    #[inline]
    pub(super) fn straight(&self, path: &[u8]) -> Option<&Mounted> {
        self.literal.get(path).map(|place| &self.mounted[*place])
    }

    /// # Errors
    /// A sentence that names both handlers, where one stands in the way of the other.
    pub(super) fn add(&mut self, path: &str, endpoint: Endpoint) -> Result<(), String> {
        let name = endpoint.name();
        if let Some(problem) = problem(path) {
            return Err(format!("{name} cannot be mounted at {path:?}: {problem}"));
        }
        self.methods.extend(endpoint.method.clone());
        let normal = normalised(path);
        if let Some(place) = self.by_path.get(&*normal) {
            return add_method(&mut self.mounted[*place], endpoint);
        }
        let place = self.mounted.len();
        match self.tree.insert(&*normal, place) {
            Ok(()) => {
                if !normal.contains(['{', '}']) {
                    self.literal.insert(Box::from(normal.as_bytes()), place);
                }
                self.by_path.insert(normal.into_owned(), place);
                self.mounted.push(Mounted { path: path.to_owned(), endpoints: vec![endpoint] });
                Ok(())
            }
            Err(InsertError::Conflict { with }) => Err(self.conflict(&name, path, &with)),
            Err(error) => Err(format!("{name} cannot be mounted at {path:?}: {}", explained(&error))),
        }
    }

    fn conflict(&self, name: &str, path: &str, with: &str) -> String {
        let other = self.told(with);
        let first = other.and_then(|mounted| mounted.endpoints.first()).map(Endpoint::name);
        let first = first.unwrap_or_else(|| "another handler".to_owned());
        let with = other.map_or(with, |mounted| &mounted.path);
        let advice = if same_shape(path, with) {
            "give the parameters the same names in both, so that they are one path"
        } else {
            "some requests fit both equally well: change one of the paths"
        };
        format!("{first} at {with} and {name} at {path} are in each other's way: {advice}")
    }

    /// The route that the tree tells, with its doubled braces undone.
    fn told(&self, path: &str) -> Option<&Mounted> {
        if let Some(place) = self.by_path.get(path) {
            return Some(&self.mounted[*place]);
        }
        // It has such braces. A request for the very path finds it, for its parameters take their own names.
        let (mounted, _) = self.at(path)?;
        let plain = normalised(&mounted.path).replace("{{", "{").replace("}}", "}");
        (plain == path).then_some(mounted)
    }

    /// Whether any path has it.
    pub(super) fn knows(&self, method: &Method) -> bool {
        self.methods.contains(method)
    }
}

fn add_method(mounted: &mut Mounted, endpoint: Endpoint) -> Result<(), String> {
    if let Some(first) = mounted.endpoints.iter().find(|first| first.method == endpoint.method) {
        let method = endpoint.method.as_ref().map_or("any method of", Method::as_str);
        return Err(format!(
            "{} and {} both answer {method} {}: give one of them another path or method",
            first.name(),
            endpoint.name(),
            mounted.path
        ));
    }
    mounted.endpoints.push(endpoint);
    Ok(())
}

fn explained(error: &InsertError) -> &'static str {
    match error {
        InsertError::InvalidParamSegment => {
            "a segment has one parameter at the most: separate the two with `/`"
        }
        InsertError::InvalidCatchAll => "`{*rest}` takes all that follows: it must be the whole last segment",
        _ => "a parameter is `{name}` or, as the last segment, `{*rest}`; a literal brace is doubled",
    }
}
