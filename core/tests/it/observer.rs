//! What an observer is told, and when.

use crate::wire::{CHUNKED, GET};
use polyserve_core::{
    App, Connection, Reply, handler_fn,
    observer::{Event, Observer},
};
use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
    task::{Context, Waker},
    time::Instant,
};

#[derive(Debug, Default)]
struct Told(Mutex<Vec<(SocketAddr, Event)>>);

impl Observer for Told {
    fn observe(&self, peer: SocketAddr, event: Event) {
        self.0.lock().unwrap().push((peer, event));
    }
}

fn peer() -> SocketAddr {
    "192.0.2.7:4711".parse().unwrap()
}

/// The events of a connection that is sent each of these pieces, and may write after each.
fn told(pieces: &[&str], peer: Option<SocketAddr>) -> Vec<(SocketAddr, Event)> {
    let told = Arc::new(Told::default());
    let app = App::new(handler_fn(|_| Reply::from("hello")), Instant::now).with_observer(told.clone());
    let now = Instant::now();
    let mut connection = Connection::new(Arc::new(app), now);
    if let Some(peer) = peer {
        connection = connection.with_peer(peer);
    }
    let mut cx = Context::from_waker(Waker::noop());
    for piece in pieces {
        connection.read_from(&mut piece.as_bytes());
        let _ = connection.poll(&mut cx, now);
        connection.write_to(&mut Vec::new());
        let _ = connection.poll(&mut cx, now);
    }
    drop(connection);
    let told = told.0.lock().unwrap();
    told.clone()
}

#[test]
fn a_request_is_told_by_what_has_come_and_gone() {
    let seen = told(&[&GET[..9], &GET[9..], GET], Some(peer()));
    assert!(seen.iter().all(|(told, _)| *told == peer()));
    let events: Vec<Event> = seen.into_iter().map(|(_, event)| event).collect();
    let answered = [Event::Read, Event::Complete, Event::Written];
    assert_eq!(events, [&[Event::Read][..], &answered, &answered, &[Event::Closed]].concat());
}

#[test]
fn a_body_that_nobody_wanted_is_complete_when_it_is_thrown_away() {
    let seen = told(&[CHUNKED, "3\r\nabc\r\n", "0\r\n\r\n"], Some(peer()));
    let events: Vec<Event> = seen.into_iter().map(|(_, event)| event).collect();
    use Event::{Closed, Complete, Read, Written};
    assert_eq!(events, [Read, Written, Read, Read, Complete, Closed]);
}

#[test]
fn a_refused_request_was_never_complete() {
    let seen = told(&["GET / HTTP/1.1\r\n\r\n"], Some(peer()));
    let events: Vec<Event> = seen.into_iter().map(|(_, event)| event).collect();
    assert_eq!(events, [Event::Read, Event::Written, Event::Closed]);
}

#[test]
fn without_a_peer_there_is_nobody_to_tell_of() {
    assert_eq!(told(&[GET], None), []);
}
