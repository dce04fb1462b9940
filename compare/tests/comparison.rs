//! Whole comparisons, of servers that are this test binary started again (see `server`).

#![allow(clippy::unwrap_used, reason = "a failed precondition fails the test")]

use std::io::Read;
use std::net::{TcpListener, TcpStream};
use std::process::Command;
use std::time::Duration;
use std::{env, process, thread};

#[cfg(target_os = "linux")]
use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    fd::OwnedFd,
    process::{Pid, PidfdFlags, pidfd_open},
};

use polyserve_compare::{
    Bound, Contender, Error, Mode, Placement, Plan, Progress, RequestSpec, Step, report,
};

mod support;

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
    // A server of another make knows its port from its environment, and does not say so.
    let port =
        env::var("PORT").ok().filter(|_| role.starts_with("foreign")).and_then(|port| port.parse().ok());
    let listener = listener(if role == "shallow" { 5 } else { 128 }, port.unwrap_or(0));
    if !role.starts_with("foreign") {
        println!("\nlistening on http://{}", listener.local_addr().unwrap());
    }
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
        if role == "shallow" {
            // As Python's http.server: one at a time, and a queue of five.
            thread::sleep(Duration::from_millis(20));
            serve(stream, &role);
        } else {
            thread::spawn(move || serve(stream, &role));
        }
    }
}

fn listener(backlog: i32, port: u16) -> TcpListener {
    let socket = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None).unwrap();
    socket.bind(&std::net::SocketAddr::from(([127, 0, 0, 1], port)).into()).unwrap();
    socket.listen(backlog).unwrap();
    socket.into()
}

fn serve(stream: TcpStream, role: &str) {
    let (status, body) = match role {
        "other" => ("200 OK", "Hello from the other server"),
        "missing" => ("404 Not Found", "nothing here"),
        _ => ("200 OK", "Hello from this server"),
    };
    support::answer_each(stream, |close| {
        let connection = if close { "close" } else { "keep-alive" };
        let server = if role.starts_with("foreign") { "Server: foreign\r\n" } else { "" };
        let answer = format!(
            "HTTP/1.1 {status}\r\n{server}Content-Length: {}\r\nConnection: {connection}\r\n\r\n{body}",
            body.len()
        );
        answer.into_bytes()
    });
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
        connections: vec![4],
        rounds: 2,
        bound: Bound::Requests(200),
        warm_up: Duration::from_millis(10),
        modes: vec![Mode::NewConnection, Mode::KeepAlive],
        ..Plan::new(contenders.into(), RequestSpec::get("/".parse().unwrap()))
    }
}

#[test]
fn equal_servers_are_measured_in_rotated_rounds_in_both_modes() {
    #[derive(Default)]
    struct Steps(Vec<String>, bool);
    impl Progress for Steps {
        fn begin(&mut self, step: Step<'_>, index: usize, of: usize) {
            self.0.push(match step {
                Step::Check { contender } => format!("{index}/{of} check {contender}"),
                Step::Measure { contender, mode, connections, round } => {
                    format!("{index}/{of} round {round}: {contender}, {mode}, {connections}")
                }
                step => format!("{step:?}"),
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
            "0/10 check one",
            "1/10 check two",
            "2/10 round 1: one, new connection per request, 4",
            "3/10 round 1: two, new connection per request, 4",
            "4/10 round 2: two, new connection per request, 4",
            "5/10 round 2: one, new connection per request, 4",
            "6/10 round 1: one, keep-alive, 4",
            "7/10 round 1: two, keep-alive, 4",
            "8/10 round 2: two, keep-alive, 4",
            "9/10 round 2: one, keep-alive, 4",
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
        assert_eq!((run.responses, run.errors.total(), run.unanswered), (400, 0, 0));
        assert_eq!(run.rounds.iter().map(|round| round.number).collect::<Vec<_>>(), [0, 1]);
        assert!(run.rounds.iter().all(|round| round.responses == 200 && !round.distribution().is_empty()));
        let rate = run.requests_per_second;
        assert!(rate.low < Some(rate.value) && rate.value > 0.0 && run.latency.p50_ns.is_some());
        if cfg!(target_os = "linux") {
            assert!(run.server.cpu_ns_per_response > Some(0));
            assert!(run.server.peak_memory_bytes > Some(0));
            assert!(run.server.threads >= Some(2));
            assert!(run.server.voluntary_switches_per_response > Some(0.0));
            assert!(run.accept_queue.is_some() && run.listen_drops.is_some());
        }
    }
    assert_eq!(found.runs.iter().filter(|run| run.ratio.is_some()).count(), 2);
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

#[test]
fn a_server_outside_is_one_more_row_without_a_process() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let addr = listener.local_addr().unwrap();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            thread::spawn(move || serve(stream, "plain"));
        }
    });
    let plan = plan([contender("one", "plain"), Contender::outside("there", addr, "there.example")]);
    let found = polyserve_compare::run(&plan, &mut ()).unwrap();
    let there: Vec<_> = found.runs.iter().filter(|run| run.contender == "there").collect();
    assert_eq!(there.len(), 2);
    for run in there {
        assert_eq!((run.responses, run.errors.total()), (400, 0));
        assert_eq!(run.server, report::ServerCost::default());
    }
}

fn foreign(name: &str, role: &'static str) -> Contender {
    Contender::foreign(name, move |_| {
        let mut command = Command::new(env::current_exe().unwrap());
        command.args(["--exact", "server", "--nocapture"]).env(ROLE, role);
        command
    })
}

#[test]
fn a_server_of_another_make_is_measured_like_the_others() {
    let mut plan = plan([contender("one", "plain"), foreign("other", "foreign")]);
    plan.modes = vec![Mode::KeepAlive];
    plan.pipeline = 4;
    plan.placement = Placement::Together;
    plan.baseline = Some("one".to_owned());
    let found = polyserve_compare::run(&plan, &mut ()).unwrap();
    assert_eq!(found.pipeline, 4);
    let other = &found.runs[1];
    assert_eq!((other.responses, other.errors.total()), (400, 0));
    assert!(found.runs[0].ratio.is_none());
    let ratio = other.ratio.as_ref().unwrap();
    let text = report::text(&found, 200);
    assert!(text.contains("4 pipelined"), "{text}");
    if cfg!(target_os = "linux") {
        assert!(other.server.cpu_ns_per_response > Some(0));
        let cpu = ratio.cpu.unwrap();
        assert!(cpu.low.unwrap() <= cpu.value && cpu.value <= cpu.high.unwrap());
        let cores = found.cores.clone().unwrap();
        assert_eq!(cores.server, [cores.client]);
        assert!(text.contains("server and client on core "), "{text}");
    }
}

#[test]
fn a_server_of_another_make_that_ends_says_why() {
    let error = polyserve_compare::run(&plan([foreign("other", "broken")]), &mut ()).unwrap_err();
    assert!(matches!(error, Error::Exited { .. }), "{error}");
    assert!(error.to_string().contains("cannot bind: no such luck"), "{error}");
}

#[test]
#[cfg(target_os = "linux")]
fn a_server_of_another_make_takes_its_children_along() {
    let contender = Contender::foreign("other", |_| {
        let mut command = Command::new("sh");
        // The child keeps the shell's output open, and ignores the polite signal.
        let script = r#"(trap "" TERM; echo child $$; while :; do sleep 1000; done) & exec "$0" --exact server --nocapture"#;
        command.args(["-c", script]).arg(env::current_exe().unwrap()).env(ROLE, "foreign");
        command
    });
    let server = polyserve_compare::Server::of(&contender).unwrap();
    let members = members_of(server.pid().unwrap());
    assert!(members.len() >= 2);
    drop(server);
    // Whoever is killed still takes a moment to end, of which only its parent is told: a process descriptor tells others.
    let limit = Timespec { tv_sec: 10, tv_nsec: 0 };
    for member in members {
        let ended = poll(&mut [PollFd::new(&member, PollFlags::IN)], Some(&limit)).unwrap();
        assert_eq!(ended, 1, "a child of the server outlives it");
    }
}

/// The processes of a group, by descriptors that become readable when they end.
#[cfg(target_os = "linux")]
fn members_of(group: u32) -> Vec<OwnedFd> {
    let of_the_group = |entry: std::fs::DirEntry| {
        let stat = std::fs::read_to_string(entry.path().join("stat")).ok()?;
        let (_, rest) = stat.rsplit_once(')')?;
        // State, parent, group.
        (rest.split_whitespace().nth(2)? == group.to_string()).then_some(())?;
        let pid = Pid::from_raw(entry.file_name().to_str()?.parse().ok()?)?;
        pidfd_open(pid, PidfdFlags::empty()).ok()
    };
    std::fs::read_dir("/proc").unwrap().flatten().filter_map(of_the_group).collect()
}

#[test]
fn an_open_loop_is_measured_from_both_ends() {
    let mut plan = plan([contender("one", "plain")]);
    plan.modes = vec![Mode::KeepAlive];
    plan.rate = Some(2000.0);
    let found = polyserve_compare::run(&plan, &mut ()).unwrap();
    let run = &found.runs[0];
    assert_eq!(run.responses, 400);
    let from_send = run.latency_from_send.as_ref().unwrap();
    assert!(from_send.count == run.latency.count && from_send.mean_ns <= run.latency.mean_ns);
}

/// Somebody who has had enough when this step begins.
struct Impatient {
    seen: usize,
    at: usize,
}

impl Progress for Impatient {
    fn begin(&mut self, _step: Step<'_>, index: usize, _of: usize) {
        self.seen = index;
    }
    fn cancelled(&self) -> bool {
        self.seen >= self.at
    }
}

#[test]
fn an_interrupted_comparison_reports_the_rounds_that_were_over() {
    let mut plan = plan([contender("one", "plain"), contender("two", "plain")]);
    plan.bound = Bound::Duration(Duration::from_millis(200));
    // Two checks, one round of both, and half a round.
    let found = polyserve_compare::run(&plan, &mut Impatient { seen: 0, at: 5 }).unwrap();
    assert!(found.interrupted);
    let rounds: Vec<_> = found.runs.iter().map(|run| (run.contender.as_str(), run.rounds.len())).collect();
    assert_eq!(rounds, [("one", 1), ("two", 2)]);
    assert!(report::text(&found, 100).starts_with("INTERRUPTED"));

    let error = polyserve_compare::run(&plan, &mut Impatient { seen: 0, at: 2 }).unwrap_err();
    assert!(matches!(error, Error::Interrupted), "{error}");
}

#[test]
fn a_load_beyond_the_connections_is_noticed_before_the_start() {
    #[derive(Default)]
    struct Notes(Vec<String>);
    impl Progress for Notes {
        fn note(&mut self, text: &str) {
            self.0.push(text.to_owned());
        }
    }
    let mut notes = Notes::default();
    let mut plan = plan([contender("one", "plain")]);
    plan.connections = vec![1];
    plan.rate = Some(5e6);
    plan.bound = Bound::Requests(20);
    let found = polyserve_compare::run(&plan, &mut notes).unwrap();
    assert!(notes.0[0].contains("you asked for 5000000/s: use -c "), "{:?}", notes.0);
    assert!(found.runs.iter().all(|run| run.unsent > 0));
}

#[test]
#[cfg(target_os = "linux")]
fn a_queue_that_overflows_is_seen_in_the_kernels_books() {
    let mut plan = plan([contender("one", "shallow")]);
    plan.connections = vec![20];
    plan.modes = vec![Mode::NewConnection];
    plan.rounds = 1;
    plan.bound = Bound::Duration(Duration::from_millis(300));
    plan.timeout = Duration::from_secs(2);
    let found = polyserve_compare::run(&plan, &mut ()).unwrap();
    let run = &found.runs[0];
    assert!(run.listen_overflows > Some(0), "{run:?}");
    // Linux holds one more than it is told, and the look may come just after an accept.
    assert!(matches!(run.accept_queue, Some(1..=6)), "{:?}", run.accept_queue);
    let text = report::text(&found, 100);
    assert!(text.contains("because a listen queue was full"), "{text}");
}
