//! Clients that connect and say nothing keep nobody from being served.

use crate::facade::{Strategy, handler};
use crate::{client::Client, server::Server};

behaviours!(
    silent_clients:
    two_hundred_silent_clients_keep_nobody_out,
    a_browsers_spare_connection_keeps_nobody_out,
    a_silent_client_that_speaks_at_last_is_served,
    clients_that_left_at_once_keep_nobody_out,
);

#[handler]
fn hello() -> &'static str {
    "hello"
}

/// A runtime that talks with one client at a time gives the silent ones up; all others leave them alone.
fn two_hundred_silent_clients_keep_nobody_out(runtime: Strategy) {
    let server = Server::start(runtime, hello);
    let mut silent: Vec<Client> = (0..200).map(|_| server.connect()).collect();
    assert_eq!(server.get("/").ok(), "hello");
    if runtime.capabilities.keep_alive_under_contention {
        for client in &mut silent {
            assert_eq!(client.get("/").ok(), "hello");
        }
    } else {
        silent.iter_mut().for_each(Client::assert_closed);
    }
}

/// Browsers open a connection more than they need, and a second browser comes along.
fn a_browsers_spare_connection_keeps_nobody_out(runtime: Strategy) {
    let server = Server::start(runtime, hello);
    let _spare = server.connect();
    let mut first = server.connect();
    assert_eq!(first.get("/").ok(), "hello");
    // The first is idle now, and stays open.
    assert_eq!(server.get("/").ok(), "hello");
    assert_eq!(server.get("/").ok(), "hello");
}

fn a_silent_client_that_speaks_at_last_is_served(runtime: Strategy) {
    let server = Server::start(runtime, hello);
    let mut client = server.connect();
    client.send("\r\n");
    client.send("GET / HT");
    client.send("TP/1.1\r\nHost: test\r\n");
    client.send("\r\n");
    assert_eq!(client.answer().ok(), "hello");
}

fn clients_that_left_at_once_keep_nobody_out(runtime: Strategy) {
    let server = Server::start(runtime, hello);
    for _ in 0..50 {
        drop(server.connect());
    }
    assert_eq!(server.get("/").ok(), "hello");
}
