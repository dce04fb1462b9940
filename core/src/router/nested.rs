//! Handlers under a prefix.

use super::{
    Router,
    mounted::{Endpoint, Mounted, Table},
    path::{parameters, problem},
};
use std::collections::HashMap;

/// Tells a router that it is nested: it finds its handler by what is behind the prefix. The request's URI stays
/// what the client sent.
#[derive(Debug, Clone, Copy)]
pub(super) struct Nested {
    /// The segments of the prefix.
    pub(super) segments: usize,
    /// The routers around it have found that none of its routes claims the request.
    pub(super) left_over: bool,
}

/// The parameter for what a fallback below a prefix does not care about.
pub(super) const REST: &str = "~";

/// A prefix that handlers are nested under.
pub(super) struct Prefix<'p> {
    written: &'p str,
    /// Without the `/` at its end.
    base: &'p str,
}

impl<'p> Prefix<'p> {
    /// # Errors
    /// What is wrong with the prefix.
    pub(super) fn new(written: &'p str) -> Result<Prefix<'p>, String> {
        let problem = match problem(written) {
            None if written.contains("{*") => {
                Some("only the last segment can take all that follows".to_owned())
            }
            problem => problem,
        };
        match problem {
            Some(problem) => Err(format!("nothing can be nested under {written:?}: {problem}")),
            None => Ok(Prefix { written, base: written.strip_suffix('/').unwrap_or(written) }),
        }
    }

    pub(super) fn segments(&self) -> usize {
        self.base.matches('/').count()
    }

    /// The path of a route under the prefix. The inner `/` is the prefix itself.
    ///
    /// # Errors
    /// When both have a parameter of the same name.
    pub(super) fn join(&self, path: &str) -> Result<String, String> {
        if let Some(name) = parameters(self.written).find(|name| parameters(path).any(|inner| inner == *name))
        {
            return Err(format!(
                "{path} under {} has `{{{name}}}` twice: give each parameter its own name",
                self.written
            ));
        }
        Ok(if path == "/" { self.written.to_owned() } else { format!("{}{path}", self.base) })
    }

    /// The prefix of a prefix.
    pub(super) fn around(&self, inner: &str) -> String {
        format!("{}{inner}", self.base)
    }
}

impl Endpoint {
    fn under(mut self, prefix: &Prefix<'_>) -> Endpoint {
        self.nested += prefix.segments();
        self
    }
}

impl Router {
    /// Moves every route of `inner` below `prefix`.
    pub(super) fn adopt(&mut self, prefix: &Prefix<'_>, inner: Router) {
        self.mistakes.extend(inner.mistakes);
        for Mounted { path, endpoints } in inner.routes.mounted {
            match prefix.join(&path) {
                Ok(path) => {
                    for endpoint in endpoints {
                        self.add(&path, endpoint.under(prefix));
                    }
                }
                Err(mistake) => {
                    self.mistakes
                        .extend(endpoints.iter().map(|endpoint| format!("{}: {mistake}", endpoint.name())));
                }
            }
        }
        for (inner, endpoint) in inner.fallbacks.listed() {
            self.add_fallback(&prefix.around(inner), endpoint.clone().under(prefix));
        }
        self.reads_headers |= inner.reads_headers;
        for (inner, part) in inner.parts {
            self.parts.push((prefix.around(&inner), part));
        }
    }
}

/// The handlers that answer what is left, each below its prefix.
#[derive(Default)]
pub(super) struct Fallbacks {
    below: Table,
    prefixes: Vec<(String, Endpoint)>,
    /// Where each prefix is in `prefixes`.
    by_prefix: HashMap<String, usize>,
    everywhere: Option<Endpoint>,
}

impl Fallbacks {
    /// # Errors
    /// When another answers the same rest.
    pub(super) fn add(&mut self, prefix: &str, endpoint: Endpoint) -> Result<(), String> {
        let name = endpoint.name();
        let taken = |first: &Endpoint, under: &str| {
            format!(
                "{} and {name} both answer whatever no route claims{under}: give one of them a route, as in \
                 `#[handler(GET, \"/path\")]`",
                first.name()
            )
        };
        if prefix.is_empty() {
            if let Some(first) = &self.everywhere {
                return Err(taken(first, ""));
            }
            self.everywhere = Some(endpoint);
            return Ok(());
        }
        if let Some(place) = self.by_prefix.get(prefix) {
            return Err(taken(&self.prefixes[*place].1, &format!(" under {prefix}")));
        }
        for path in [prefix.to_owned(), format!("{prefix}/"), format!("{prefix}/{{*{REST}}}")] {
            self.below.add(&path, endpoint.clone())?;
        }
        self.by_prefix.insert(prefix.to_owned(), self.prefixes.len());
        self.prefixes.push((prefix.to_owned(), endpoint));
        Ok(())
    }

    /// The one for a path, with the values of its prefix's parameters: the longest prefix wins.
    pub(super) fn at<'p>(&self, path: &'p str) -> Option<(&Endpoint, Option<matchit::Params<'_, 'p>>)> {
        match self.below.at(path) {
            Some((mounted, params)) => Some((mounted.endpoints.first()?, Some(params))),
            None => Some((self.everywhere.as_ref()?, None)),
        }
    }

    /// Prefixes and handlers; the prefix of the one for everything is empty.
    pub(super) fn listed(&self) -> impl Iterator<Item = (&str, &Endpoint)> {
        let below = self.prefixes.iter().map(|(prefix, endpoint)| (prefix.as_str(), endpoint));
        below.chain(self.everywhere.iter().map(|endpoint| ("", endpoint)))
    }
}
