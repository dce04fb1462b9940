//! What is measured.

use std::time::Duration;

use bytes::Bytes;
use http::Method;
use polyserve_compare::{Bound, Contender, Mode, Placement, RequestSpec};

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
    pub(crate) placement: Placement,
    /// Closes the window after so many answers instead of after its time: so few do not fill a time evenly.
    pub(crate) answers: Option<u64>,
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
        placement: Placement::Together,
        answers: None,
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
        placement: Placement::Together,
        answers: None,
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
        placement: Placement::Together,
        answers: None,
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
        placement: Placement::Together,
        answers: None,
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
        placement: Placement::Apart,
        answers: None,
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
        placement: Placement::Together,
        answers: None,
        takes: |server| server.echoes,
    },
    Scenario {
        name: "stream-1g",
        column: "1 GiB streamed",
        what: "1 connection that is kept, each answer 1 GiB in pieces of 64 KiB that are made while it is sent",
        path: "/stream",
        body: 0,
        mode: Mode::KeepAlive,
        connections: 1,
        pipeline: 1,
        placement: Placement::Together,
        answers: Some(3),
        takes: |server| server.streams,
    },
];

impl Scenario {
    pub(crate) fn named(name: &str) -> Option<&'static Scenario> {
        ALL.iter().find(|scenario| scenario.name == name)
    }

    pub(crate) fn takes(&self, server: &Server) -> bool {
        (self.takes)(server)
    }

    /// The server, as it is started for this.
    pub(crate) fn contender(&self, server: &Server) -> Contender {
        match self.path {
            "/echo" | "/stream" => server.for_bodies(),
            _ => server.contender(Vec::new()),
        }
    }

    pub(crate) fn request(&self) -> RequestSpec {
        let method = if self.body > 0 { Method::POST } else { Method::GET };
        let path = http::uri::PathAndQuery::from_static(self.path);
        RequestSpec { method, body: Bytes::from(vec![b'x'; self.body]), ..RequestSpec::get(path) }
    }

    /// How long to load before a window: what has to be grown, is then. A window of answers opens with the first, so that it
    /// holds whole ones.
    pub(crate) fn warm_up(&self) -> Duration {
        match self.answers {
            Some(_) => Duration::ZERO,
            None if self.connections >= 1000 => Duration::from_secs(1),
            None => Duration::from_millis(300),
        }
    }

    /// Where it is measured on a machine with so many cores.
    pub(crate) fn placement(&self, cores: usize) -> Placement {
        match self.placement {
            Placement::Apart if cores < 2 => Placement::Together,
            wanted => wanted,
        }
    }

    /// How long it is measured, of a window that is usually this long.
    pub(crate) fn bound(&self, window: Duration) -> Bound {
        self.answers.map_or(Bound::Duration(window), Bound::Requests)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_waits_ask_for_two_cores_and_do_with_one() {
        for scenario in ALL {
            let wanted = if scenario.name == "waits-10000" { Placement::Apart } else { Placement::Together };
            assert_eq!(scenario.placement(2), wanted, "{}", scenario.name);
            assert_eq!(scenario.placement(1), Placement::Together, "{}", scenario.name);
        }
    }

    #[test]
    fn a_window_of_answers_holds_whole_ones() {
        let window = Duration::from_secs(3);
        for scenario in ALL {
            match scenario.bound(window) {
                Bound::Duration(length) => assert_eq!(length, window),
                // With one client and no warm-up, it opens and closes with an answer.
                Bound::Requests(_) => {
                    assert_eq!((scenario.connections, scenario.warm_up()), (1, Duration::ZERO));
                }
            }
        }
    }
}
