//! What a runtime tells an observer of its connections.

use crate::facade::{Event, Handler, Observer, Strategy, handler, routes};
use crate::{client::DEADLINE, handlers::hello, server::Server};
use std::{
    net::SocketAddr,
    sync::{
        Arc,
        mpsc::{Receiver, Sender, channel},
    },
};

behaviours!(
    events:
    a_connection_is_told_from_its_accept_to_its_close,
    every_request_of_a_kept_connection_is_complete_once,
    a_request_is_complete_with_the_last_byte_of_its_body,
    clients_are_told_apart_by_their_addresses,
);

/// Hands on what it is told.
#[derive(Debug)]
struct Told(Sender<(SocketAddr, Event)>);

impl Observer for Told {
    fn observe(&self, peer: SocketAddr, event: Event) {
        // Nobody listens any more when the test has seen enough.
        let _ = self.0.send((peer, event));
    }
}

#[handler(POST, "/length")]
fn length(body: String) -> String {
    body.len().to_string()
}

fn observed(runtime: Strategy, handler: impl Handler) -> (Server, Receiver<(SocketAddr, Event)>) {
    let (told, events) = channel();
    let server =
        Server::start_with(runtime, handler, |options| options.observer = Some(Arc::new(Told(told))));
    (server, events)
}

/// All that is told until a connection is closed.
fn until_closed(events: &Receiver<(SocketAddr, Event)>) -> Vec<Event> {
    let mut seen = Vec::new();
    while seen.last() != Some(&Event::Closed) {
        seen.push(events.recv_timeout(DEADLINE).unwrap().1);
    }
    seen
}

fn a_connection_is_told_from_its_accept_to_its_close(runtime: Strategy) {
    let (server, events) = observed(runtime, hello);
    let mut client = server.connect();
    client.send("GET /hello HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n");
    client.answer();
    client.assert_closed();
    drop(client);
    let mut seen = until_closed(&events);
    seen.dedup();
    assert_eq!(seen, [Event::Accepted, Event::Read, Event::Complete, Event::Written, Event::Closed]);
}

fn every_request_of_a_kept_connection_is_complete_once(runtime: Strategy) {
    let (server, events) = observed(runtime, hello);
    let mut client = server.connect();
    for _ in 0..3 {
        client.get("/hello");
    }
    drop(client);
    let seen = until_closed(&events);
    let count = |event| seen.iter().filter(|seen| **seen == event).count();
    assert_eq!(
        [count(Event::Accepted), count(Event::Complete), count(Event::Written)],
        [1, 3, 3],
        "{seen:?}"
    );
}

fn a_request_is_complete_with_the_last_byte_of_its_body(runtime: Strategy) {
    let (server, events) = observed(runtime, routes![length]);
    let mut client = server.connect();
    client.send("POST /length HTTP/1.1\r\nHost: test\r\nContent-Length: 6\r\n\r\none");
    let next_but = |unwanted| loop {
        let event = events.recv_timeout(DEADLINE).unwrap().1;
        if event != unwanted {
            break event;
        }
    };
    assert_eq!(next_but(Event::Accepted), Event::Read);
    client.send("two");
    // hyper may read the head and what there is of the body in two pieces.
    assert_eq!(next_but(Event::Read), Event::Complete);
    assert_eq!(client.answer().text(), "6");
}

fn clients_are_told_apart_by_their_addresses(runtime: Strategy) {
    let (server, events) = observed(runtime, hello);
    for _ in 0..2 {
        let mut client = server.connect();
        let own = client.stream().local_addr().unwrap();
        client.get("/hello");
        drop(client);
        loop {
            let (peer, event) = events.recv_timeout(DEADLINE).unwrap();
            assert_eq!(peer, own);
            if event == Event::Closed {
                break;
            }
        }
    }
}
