//! A server that is started with a listener, as systemd does it.

use super::process::{Process, run_with};
use crate::client::Client;
use command_fds::{CommandFdExt, FdMapping};
use polyserve::{Strategy, bind};
use std::{fs::File, net::TcpStream, os::fd::OwnedFd, process::Command};

on_every_runtime!(what_was_handed_down_is_served_until_the_server_stops);

/// Has the command inherit `descriptor` as its number 3, as a service inherits its socket.
fn hand_down(command: &mut Command, descriptor: impl Into<OwnedFd>) {
    command.fd_mappings(vec![FdMapping { parent_fd: descriptor.into(), child_fd: 3 }]).unwrap();
    command.env("LISTEN_FDS", "1");
}

fn what_was_handed_down_is_served_until_the_server_stops(runtime: Strategy) {
    let listener = bind("127.0.0.1:0").unwrap();
    let addr = listener.local_addr().unwrap();
    // Whoever comes before the server is there waits for it.
    let mut early = Client::connect(addr);
    early.ask("/plaintext");
    let arguments = ["serve", "--runtime", runtime.name, "--for-compare"];
    let mut process = Process::start_with(&arguments, |command| hand_down(command, listener));
    assert_eq!(process.stdout_line().trim_end(), format!("listening on http://{addr}"));
    assert_eq!(early.answer().ok(), "Hello, World!");
    process.close_stdin();
    assert_eq!(process.wait(), Some(0));
    assert!(TcpStream::connect(addr).is_err());
}

#[test]
fn what_cannot_be_served_is_explained() {
    let refused = |arguments: &[&str], set: &dyn Fn(&mut Command)| {
        let output = run_with(arguments, set);
        assert_eq!(output.status, Some(1), "{}", output.stderr);
        output.stderr
    };
    let several = refused(&["serve"], &|command| {
        command.env("LISTEN_FDS", "2");
    });
    assert!(several.contains("2 sockets were handed to this server"), "{several}");

    let file = refused(&["serve"], &|command| hand_down(command, File::open("/dev/null").unwrap()));
    assert!(file.contains("is not a socket; a .socket unit has ListenStream="), "{file}");

    let connected = refused(&["serve"], &|command| {
        let listener = bind("127.0.0.1:0").unwrap();
        let client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        hand_down(command, client);
    });
    assert!(connected.contains("it does not listen"), "{connected}");

    let both = refused(&["serve", "--addr", "127.0.0.1:0"], &|command| {
        hand_down(command, bind("127.0.0.1:0").unwrap());
    });
    assert!(both.contains("so it cannot listen on 127.0.0.1:0: leave --addr out"), "{both}");
}

#[test]
fn a_listener_for_another_process_is_left_alone() {
    let arguments = ["serve", "--addr", "127.0.0.1:0", "--for-compare"];
    let mut process = Process::start_with(&arguments, |command| {
        hand_down(command, bind("127.0.0.1:0").unwrap());
        command.env("LISTEN_PID", "1");
    });
    assert!(process.stdout_line().starts_with("listening on http://127.0.0.1:"));
    process.close_stdin();
    assert_eq!(process.wait(), Some(0));
}
