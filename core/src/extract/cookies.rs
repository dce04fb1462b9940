//! Cookies (RFC 6265), in both directions.

use super::{Extract, FromRequest};
use crate::Request;
use cookie::{Cookie, CookieJar};
use http::{HeaderMap, HeaderValue, header};
use std::convert::Infallible;

/// The request's cookies. In front of an answer, those that were added or removed are sent as `Set-Cookie`,
/// the others are not.
///
/// Names and values are percent-encoded where they need it, and decoded when they come back, so a value may be
/// any text. A browser sends what any page of the site has ever set, so nothing is rejected: a cookie that cannot
/// be read (it is not `name=value`, or not UTF-8 once decoded) is left out. Of two cookies of one name the first
/// counts, which is the one of the more specific path (RFC 6265 section 5.4). To see what the client has sent
/// byte by byte, take the `HeaderMap`.
///
/// A cookie whose path or domain cannot stand in a header field is not sent, and logged.
///
/// An `Option<Cookies>` is `None` for a request without a `Cookie` field.
///
/// ```
/// use polyserve_core::{Cookies, cookie::{Cookie, SameSite}};
///
/// fn visit(cookies: Cookies) -> (Cookies, String) {
///     let visits = cookies.get("visits").and_then(|cookie| cookie.value().parse().ok()).unwrap_or(0u32) + 1;
///     let cookie = Cookie::build(("visits", visits.to_string()))
///         .path("/")
///         .http_only(true)
///         .same_site(SameSite::Lax);
///     (cookies.add(cookie), format!("visit {visits}"))
/// }
/// # let _ = visit;
/// ```
#[derive(Debug, Clone, Default)]
pub struct Cookies(CookieJar);

impl Cookies {
    /// No cookies: for an answer that sets some and has not read any.
    #[must_use]
    pub fn new() -> Cookies {
        Cookies::default()
    }

    /// The cookie of this name: as the client has sent it, or as it was added since.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Cookie<'static>> {
        self.0.get(name)
    }

    /// All cookies, in no particular order.
    pub fn iter(&self) -> impl Iterator<Item = &Cookie<'static>> {
        self.0.iter()
    }

    /// Sets a cookie, in place of one of the same name. Without a `path`, a browser sends it to the folder of the
    /// request's path only.
    #[must_use]
    #[expect(clippy::should_implement_trait, reason = "the word of the cookie crate, and of axum")]
    pub fn add(mut self, cookie: impl Into<Cookie<'static>>) -> Cookies {
        self.0.add(cookie);
        self
    }

    /// Has the client forget a cookie that it has sent. `cookie` needs the path and the domain that it was set
    /// with: `Cookie::build("visits").path("/")`.
    #[must_use]
    pub fn remove(mut self, cookie: impl Into<Cookie<'static>>) -> Cookies {
        self.0.remove(cookie);
        self
    }

    /// Adds what has changed to an answer.
    pub(crate) fn set(self, headers: &mut HeaderMap) {
        let mut changed: Vec<_> = self.0.delta().collect();
        // The jar has no order, and an answer is the same each time.
        changed.sort_by(|one, other| one.name().cmp(other.name()));
        for cookie in changed {
            let is_text = |part: &str| !part.contains(|c: char| c == ';' || c.is_control());
            let fits = cookie.path().is_none_or(is_text) && cookie.domain().is_none_or(is_text);
            match HeaderValue::try_from(cookie.encoded().to_string()) {
                Ok(value) if fits => drop(headers.append(header::SET_COOKIE, value)),
                _ => log::error!("the cookie `{}` is not sent: its path or domain is invalid", cookie.name()),
            }
        }
    }
}

impl FromRequest for Cookies {
    type Rejection = Infallible;

    fn is_absent(request: &Request) -> bool {
        !request.headers().contains_key(header::COOKIE)
    }

    fn from_request(request: &mut Request) -> Extract<Cookies, Infallible> {
        let mut jar = CookieJar::new();
        let fields = request.headers().get_all(header::COOKIE).iter();
        for pair in fields.flat_map(|field| field.as_bytes().split(|byte| *byte == b';')) {
            let text = std::str::from_utf8(pair).ok();
            let Some(Ok(cookie)) = text.map(|text| Cookie::parse_encoded(text.to_owned())) else { continue };
            if jar.get(cookie.name()).is_none() {
                jar.add_original(cookie);
            }
        }
        Extract::Ready(Ok(Cookies(jar)))
    }
}
