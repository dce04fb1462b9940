//! Whole comparisons, of servers that are this test binary started again (see `server`).

#![allow(clippy::unwrap_used, reason = "a failed precondition fails the test")]

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::Command;
use std::time::Duration;
use std::{env, process, thread};

use polyserve_compare::{Bound, Contender, Error, Mode, Plan, Progress, RequestSpec, Step, report};

/// Names the way in which a child process serves.
const ROLE: &str = "COMPARE_TEST_ROLE";

/// Not a test of its own: in a process that [`contender`] starts, this is the server.
#[test]
fn server() {
    let Ok(role) = env::var(ROLE) else {
        return;
    };
    if role == "broken" {
        eprintln!("cannot bind: no such luck");
        process::exit(3);
    }
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    println!("\nlistening on http://{}", listener.local_addr().unwrap());
    thread::spawn(|| {
        let _ = std::io::stdin().read_to_end(&mut Vec::new());
        process::exit(0);
    });
    let mut connections = 0;
    for stream in listener.incoming().flatten() {
        connections += 1;
        let role = role.clone();
        // The check opens two connections, so the first process of this role survives it.
        if role == "mortal" && connections > 5 {
            eprintln!("connection {connections} is too many");
            process::exit(4);
        }
        thread::spawn(move || serve(stream, &role));
    }
}

fn serve(mut stream: TcpStream, role: &str) {
    let (status, body) = match role {
        "other" => ("200 OK", "Hello from the other server"),
        "missing" => ("404 Not Found", "nothing here"),
        _ => ("200 OK", "Hello from this server"),
    };
    let mut head = Vec::new();
    let mut byte = [0];
    while stream.read(&mut byte).is_ok_and(|read| read == 1) {
        head.push(byte[0]);
        if !head.ends_with(b"\r\n\r\n") {
            continue;
        }
        let close = String::from_utf8_lossy(&head).contains("connection: close");
        head.clear();
        let connection = if close { "close" } else { "keep-alive" };
        let answer = format!(
            "HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: {connection}\r\n\r\n{body}",
            body.len()
        );
        if stream.write_all(answer.as_bytes()).is_err() || close {
            return;
        }
    }
}

fn contender(name: &str, role: &'static str) -> Contender {
    Contender::new(name, move || {
        let mut command = Command::new(env::current_exe().unwrap());
        command.args(["--exact", "server", "--nocapture"]).env(ROLE, role);
        command
    })
}

fn plan(contenders: impl Into<Vec<Contender>>) -> Plan {
    Plan {
        connections: 4,
        bound: Bound::Requests(200),
        ..Plan::new(contenders.into(), RequestSpec::get("/".parse().unwrap()))
    }
}

#[test]
fn equal_servers_are_measured_in_both_modes_in_the_order_given() {
    #[derive(Default)]
    struct Steps(Vec<String>, bool);
    impl Progress for Steps {
        fn begin(&mut self, step: Step<'_>, index: usize, of: usize) {
            self.0.push(match step {
                Step::Check { contender } => format!("{index}/{of} check {contender}"),
                Step::Measure { contender, mode } => format!("{index}/{of} {contender}, {mode}"),
            });
        }
        fn finish(&mut self) {
            self.1 = true;
        }
    }

    let mut steps = Steps::default();
    let plan = plan([contender("one", "plain"), contender("two", "plain")]);
    let found = polyserve_compare::run(&plan, &mut steps).unwrap();

    assert_eq!(
        steps.0,
        [
            "0/6 check one",
            "1/6 check two",
            "2/6 one, new connection per request",
            "3/6 two, new connection per request",
            "4/6 one, keep-alive",
            "5/6 two, keep-alive",
        ]
    );
    assert!(steps.1);
    assert_eq!((found.status, found.body_bytes), (200, 22));
    let rows: Vec<_> = found.runs.iter().map(|run| (run.contender.as_str(), run.mode)).collect();
    assert_eq!(
        rows,
        [
            ("one", Mode::NewConnection),
            ("two", Mode::NewConnection),
            ("one", Mode::KeepAlive),
            ("two", Mode::KeepAlive),
        ]
    );
    for run in &found.runs {
        assert_eq!((run.responses, run.errors.total(), run.unanswered), (200, 0, 0));
        assert!(run.requests_per_second > 0.0 && run.latency.p50_ns.is_some());
        if cfg!(target_os = "linux") {
            assert!(run.server.cpu_ns_per_response > Some(0));
            assert!(run.server.peak_memory_bytes > Some(0));
            assert!(run.server.threads >= Some(2));
        }
    }
    let table = report::text(&found, 110);
    assert!(table.contains("\none ") && table.contains("\ntwo "), "{table}");
}

#[test]
fn different_answers_are_an_error_that_names_both_and_the_difference() {
    let plan = plan([contender("one", "plain"), contender("two", "other")]);
    let error = polyserve_compare::run(&plan, &mut ()).unwrap_err();
    assert!(matches!(error, Error::Mismatch { .. }));
    let text = error.to_string();
    for expected in [
        "one (new connection per request) and two (new connection per request)",
        "header content-length: ",
        "body at byte 13: ",
    ] {
        assert!(text.contains(expected), "{text}");
    }
}

#[test]
fn an_error_page_is_not_measured() {
    let error = polyserve_compare::run(&plan([contender("one", "missing")]), &mut ()).unwrap_err();
    assert!(matches!(error, Error::Status { status: 404, .. }), "{error}");
    assert!(error.to_string().contains("check --path"));
}

#[test]
fn a_server_that_does_not_start_gives_its_status_and_its_words() {
    let error = polyserve_compare::run(&plan([contender("one", "broken")]), &mut ()).unwrap_err();
    let Error::Exited { status, stderr, .. } = error else {
        panic!("{error}");
    };
    assert_eq!(status.and_then(|status| status.code()), Some(3));
    assert!(stderr.contains("no such luck"), "{stderr}");
}

#[test]
fn a_program_that_does_not_exist_is_named() {
    let missing = Contender::new("one", || Command::new("/no/such/program"));
    let error = polyserve_compare::run(&plan([missing]), &mut ()).unwrap_err();
    assert!(error.to_string().starts_with("one: cannot start /no/such/program: "), "{error}");
}

#[test]
fn a_server_that_dies_under_load_ends_the_comparison() {
    let mut plan = plan([contender("one", "mortal")]);
    plan.bound = Bound::Duration(Duration::from_secs(60));
    let error = polyserve_compare::run(&plan, &mut ()).unwrap_err();
    assert!(matches!(error, Error::Died { .. }), "{error}");
    assert!(error.to_string().contains("connection 6 is too many"), "{error}");
}
