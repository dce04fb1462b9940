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
