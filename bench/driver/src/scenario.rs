//! What is measured.

use std::time::Duration;

use bytes::Bytes;
use http::Method;
use polyserve_compare::{Mode, RequestSpec};

use crate::servers::{Kind, Server};

/// One load for all servers that can carry it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scenario {
    /// On the command line, in file names and in the document.
    pub(crate) name: &'static str,
    /// The head of its column.
    pub(crate) column: &'static str,
    /// What it is, as a sentence without a point.
    pub(crate) what: &'static str,
    path: &'static str,
    /// Bytes of the request's body.
    body: usize,
    pub(crate) mode: Mode,
    pub(crate) connections: usize,
    pub(crate) pipeline: usize,
    takes: fn(&Server) -> bool,
}

/// The 1 MiB of an echo.
const MIB: usize = 1 << 20;

pub(crate) const ALL: &[Scenario] = &[
    Scenario {
        name: "keep-alive",
        column: "keep-alive",
        what: "64 connections that are kept, one request in flight on each",
        path: "/",
        body: 0,
        mode: Mode::KeepAlive,
        connections: 64,
        pipeline: 1,
        takes: |_| true,
    },
    Scenario {
        name: "keep-alive-1000",
        column: "1,000 connections",
        what: "1,000 connections that are kept, one request in flight on each",
        path: "/",
        body: 0,
        mode: Mode::KeepAlive,
        connections: 1000,
        pipeline: 1,
        takes: |_| true,
    },
    Scenario {
        name: "pipeline-16",
        column: "16 pipelined",
        what: "64 connections that are kept, 16 requests in flight on each",
        path: "/",
        body: 0,
        mode: Mode::KeepAlive,
        connections: 64,
        pipeline: 16,
        takes: |_| true,
    },
    Scenario {
        name: "new-connection",
        column: "new connection each",
        what: "64 clients, each with a new connection for every request",
        path: "/",
        body: 0,
        mode: Mode::NewConnection,
        connections: 64,
        pipeline: 1,
        takes: |server| server.closes,
    },
    Scenario {
        name: "waits-10000",
        column: "10,000 waits",
        what: "10,000 connections that are kept, each request waits 100 ms",
        path: "/wait",
        body: 0,
        mode: Mode::KeepAlive,
        connections: 10_000,
        pipeline: 1,
        takes: |server| server.waits,
    },
    Scenario {
        name: "echo-1m",
        column: "echo of 1 MiB",
        what: "4 connections that are kept, each posts 1 MiB and reads it back",
        path: "/echo",
        body: MIB,
        mode: Mode::KeepAlive,
        connections: 4,
        pipeline: 1,
        takes: |server| server.echoes,
    },
];

impl Scenario {
    pub(crate) fn named(name: &str) -> Option<&'static Scenario> {
        ALL.iter().find(|scenario| scenario.name == name)
    }

    pub(crate) fn takes(&self, server: &Server) -> bool {
        (self.takes)(server)
    }

    pub(crate) fn request(&self) -> RequestSpec {
        let method = if self.body > 0 { Method::POST } else { Method::GET };
        let path = http::uri::PathAndQuery::from_static(self.path);
        RequestSpec { method, body: Bytes::from(vec![b'x'; self.body]), ..RequestSpec::get(path) }
    }

    /// How long to load before a window: what has to be grown, is then.
    pub(crate) fn warm_up(&self) -> Duration {
        if self.connections >= 1000 { Duration::from_secs(1) } else { Duration::from_millis(300) }
    }
}

/// Whom a server is held against: the limit of its own way to wait.
pub(crate) fn limit_of(server: &Server) -> Option<&'static str> {
    match (server.kind, server.threads) {
        (Kind::Canned, _) => None,
        (_, true) => Some("canned-threads"),
        (_, false) => Some("canned-loop"),
    }
}
