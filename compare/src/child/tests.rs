//! Processes end with their guard. The servers are shell scripts that claim to listen.

use std::process::Command;

use super::*;

fn start(script: &'static str) -> Result<Server, Error> {
    let contender = Contender::new("it", move || {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    });
    Server::start(&contender, None)
}

/// Whether the process is still there; one that was waited for is not.
#[cfg(target_os = "linux")]
fn is_there(pid: u32) -> bool {
    std::path::Path::new(&format!("/proc/{pid}")).exists()
}

#[test]
#[cfg(target_os = "linux")]
fn closing_its_standard_input_stops_a_server() {
    let server = start("echo starting; echo listening on http://127.0.0.1:7; read _; exit 0").unwrap();
    assert_eq!(server.addr(), "127.0.0.1:7".parse().unwrap());
    let pid = server.pid().unwrap();
    assert!(is_there(pid));
    drop(server);
    assert!(!is_there(pid));
}

#[test]
#[cfg(target_os = "linux")]
fn a_server_that_does_not_stop_is_killed() {
    let server = start("echo http://127.0.0.1:7; exec sleep 1000").unwrap();
    let pid = server.pid().unwrap();
    drop(server);
    assert!(!is_there(pid));
}

#[test]
#[cfg(target_os = "linux")]
fn a_panic_leaves_no_process_behind() {
    let server = start("echo http://127.0.0.1:7; read _").unwrap();
    let pid = server.pid().unwrap();
    let outcome = thread::spawn(move || {
        let _held = server;
        panic!("on purpose");
    })
    .join();
    assert!(outcome.is_err());
    assert!(!is_there(pid));
}

#[test]
fn a_flood_on_standard_error_blocks_nobody() {
    let flood = "i=0; while [ $i -lt 3000 ]; do echo 'a line of about fifty bytes that says nothing new' >&2; \
                 i=$((i+1)); done; echo http://127.0.0.1:7; read _";
    let server = start(flood).unwrap();
    assert!(server.stderr().ends_with("new\n"));
}

#[test]
fn output_that_ends_without_an_address_is_an_error_with_the_last_words() {
    let error = start("echo listening; echo 'port 80: permission denied' >&2; exit 7").unwrap_err();
    let text = error.to_string();
    assert!(text.contains("it: the server ended before it listened (exit status: 7)"), "{text}");
    assert!(text.ends_with("\n  | port 80: permission denied"), "{text}");
}

#[test]
#[cfg(target_os = "linux")]
fn a_server_that_is_given_a_listener_and_takes_it_listens_there() {
    // The port of descriptor 3 stands beside its inode in the kernel's table.
    let script = "[ \"$LISTEN_FDS\" = 1 ] && [ -z \"$LISTEN_PID\" ] || exit 7; \
        inode=$(readlink /proc/self/fd/3 | tr -dc 0-9); \
        port=$(awk -v inode=\"$inode\" '$10 == inode { split($2, local, \":\"); print local[2] }' /proc/net/tcp); \
        echo http://127.0.0.1:$(printf '%d' 0x$port); read _";
    let mut command = Command::new("sh");
    command.args(["-c", script]);
    let server = Server::spawn("it".to_owned(), command, true, None).unwrap();
    // The kernel connects whoever comes, although nobody accepts; this process has let go of the listener.
    let client = std::net::TcpStream::connect(server.addr()).unwrap();
    let addr = server.addr();
    drop((client, server));
    assert!(std::net::TcpStream::connect(addr).is_err());
}

#[test]
#[cfg(unix)]
fn a_server_that_listens_elsewhere_than_it_was_told_to_is_an_error() {
    let mut command = Command::new("sh");
    command.args(["-c", "echo http://127.0.0.1:7; read _"]);
    let error = Server::spawn("it".to_owned(), command, true, None).unwrap_err().to_string();
    assert_eq!(error, "it: it was given a listener by LISTEN_FDS, and listens on 127.0.0.1:7 instead");
}
