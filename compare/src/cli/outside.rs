//! `--url`: a server that runs already.

use crate::Contender;
use std::net::{SocketAddr, ToSocketAddrs};

/// Where a server is, and what it is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Outside {
    host: String,
    addr: SocketAddr,
}

/// `http://HOST[:PORT]`; the path is that of `--path`, the same for all.
pub(super) fn outside(text: &str) -> Result<Outside, String> {
    const FORM: &str = "a server is http://HOST:PORT; the path of all requests is --path's";
    let rest = text.strip_prefix("http://").ok_or_else(|| match text.starts_with("https://") {
        true => "there is no TLS here: measure the server behind it, as http://HOST:PORT".to_owned(),
        false => FORM.to_owned(),
    })?;
    let host = rest.strip_suffix('/').unwrap_or(rest);
    if host.is_empty() || host.contains(['/', '?', '#', '@', ' ']) {
        return Err(FORM.to_owned());
    }
    let after_host = host.rsplit_once(']').map_or(host, |(_, after)| after);
    let authority = if after_host.contains(':') { host.to_owned() } else { format!("{host}:80") };
    let addr = authority.to_socket_addrs().map_err(|error| format!("{host}: {error}"))?.next();
    let addr = addr.ok_or_else(|| format!("{host} has no address"))?;
    Ok(Outside { host: host.to_owned(), addr })
}

impl Outside {
    pub(super) fn contender(self) -> Contender {
        Contender::outside(self.host.clone(), self.addr, self.host)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_its_host_and_port() {
        for (text, host, addr) in [
            ("http://127.0.0.1:8000", "127.0.0.1:8000", "127.0.0.1:8000"),
            ("http://127.0.0.1/", "127.0.0.1", "127.0.0.1:80"),
            ("http://[::1]", "[::1]", "[::1]:80"),
            ("http://[::1]:81", "[::1]:81", "[::1]:81"),
        ] {
            let expected = Outside { host: host.to_owned(), addr: addr.parse().unwrap() };
            assert_eq!(outside(text), Ok(expected), "{text}");
        }
    }

    #[test]
    fn what_is_none_is_explained() {
        for text in ["127.0.0.1:8000", "http://", "http://127.0.0.1/path", "http://a@127.0.0.1"] {
            assert!(outside(text).unwrap_err().starts_with("a server is http://HOST:PORT"), "{text}");
        }
        assert!(outside("https://127.0.0.1").unwrap_err().contains("no TLS"));
    }
}
