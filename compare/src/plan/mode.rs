//! What becomes of connections.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What a client does with its connection after an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// A fresh connection for each request, as `ab` does by default: HTTP/1.1 with `Connection: close`. Latency counts
    /// from just before connecting. The client waits for the server to close first, as `ab` does, so that the wait for
    /// late packets (TIME_WAIT) uses up no client ports.
    NewConnection,
    /// The connection is used again for as long as the server allows. Latency counts from just before the request is
    /// written.
    KeepAlive,
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NewConnection => "new connection per request",
            Self::KeepAlive => "keep-alive",
        })
    }
}
