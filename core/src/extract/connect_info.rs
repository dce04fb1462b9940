//! Who is at the other end of the connection.

use super::{Extract, FromRequest, Rejection};
use crate::{Request, ambient};
use core::net::SocketAddr;
use http::StatusCode;

/// The peer's address: the client's, or that of the proxy in front.
///
/// Every runtime knows it. Where somebody has put a `ConnectInfo` into the request's extensions, as a middleware
/// does that trusts its proxy's `Forwarded`, that one counts.
///
/// Answers 500 and says so in the log where nobody knows the address: under a host that does not tell it
/// ([`Connection::with_peer`](crate::Connection::with_peer)), or when the handler is called from a task of its own.
/// An `Option<ConnectInfo>` is `None` then.
///
/// ```
/// use polyserve_core::ConnectInfo;
///
/// fn whoami(ConnectInfo(peer): ConnectInfo) -> String {
///     format!("you are {}", peer.ip())
/// }
/// # let _ = whoami;
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConnectInfo(pub SocketAddr);

impl ConnectInfo {
    fn of(request: &Request) -> Option<ConnectInfo> {
        request.extensions().get().copied().or_else(|| ambient::peer().map(ConnectInfo))
    }
}

impl FromRequest for ConnectInfo {
    type Rejection = Rejection;
    const READS_HEADERS: bool = false;

    fn is_absent(request: &Request) -> bool {
        ConnectInfo::of(request).is_none()
    }

    fn from_request(request: &mut Request) -> Extract<ConnectInfo, Rejection> {
        ConnectInfo::of(request)
            .ok_or_else(|| {
                log::error!(
                    "a handler takes `ConnectInfo`, but its host does not tell the peer's address: call \
                     `Connection::with_peer`, or put a `ConnectInfo` into the request's extensions"
                );
                Rejection::new(StatusCode::INTERNAL_SERVER_ERROR, "")
            })
            .into()
    }
}
