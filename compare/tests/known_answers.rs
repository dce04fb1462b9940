//! Servers whose answer is known: what a comparison says of them has to be it. No test asserts how fast this machine is.
//!
//! A listen queue that overflows is among the whole comparisons (`comparison.rs`).

#![allow(clippy::unwrap_used, reason = "a failed precondition fails the test")]

use std::io::Read;
use std::net::{TcpListener, TcpStream};
use std::process::{self, Command};
use std::time::Duration;
use std::{env, thread};

use polyserve_compare::{Bound, Contender, Mode, Plan, RequestSpec, Run, run};

mod support;

/// Names the way in which a child process serves.
const ROLE: &str = "COMPARE_KNOWN_ANSWER";
/// What the server that waits waits.
const W: Duration = Duration::from_millis(50);
/// How long every hundredth request stalls the whole server.
const STALL: Duration = Duration::from_millis(400);
const STALLS_EVERY: usize = 100;

/// Not a test of its own: in a process that [`contender`] starts, this is the server.
#[test]
fn server() {
    let Ok(role) = env::var(ROLE) else {
        return;
    };
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    println!("\nlistening on http://{}", listener.local_addr().unwrap());
    thread::spawn(|| {
        let _ = std::io::stdin().read_to_end(&mut Vec::new());
        process::exit(0);
    });
    let mut requests = 0;
    for stream in listener.incoming().flatten() {
        match role.as_str() {
            "waits" => drop(thread::spawn(|| serve(stream, || thread::sleep(W)))),
            _ => serve(stream, || {
                requests += 1;
                if requests % STALLS_EVERY == 0 {
                    thread::sleep(STALL);
                }
            }),
        }
    }
}

fn serve(stream: TcpStream, mut before_answer: impl FnMut()) {
    support::answer_each(stream, |close| {
        before_answer();
        let answer: &[u8] = if close {
            b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"
        } else {
            b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
        };
        answer.to_vec()
    });
}

fn measure(role: &'static str, change: impl FnOnce(&mut Plan)) -> Run {
    let contender = Contender::new(role, move || {
        let mut command = Command::new(env::current_exe().unwrap());
        command.args(["--exact", "server", "--nocapture"]).env(ROLE, role);
        command
    });
    let mut plan = Plan {
        rounds: 1,
        modes: vec![Mode::NewConnection],
        warm_up: Duration::from_millis(100),
        ..Plan::new(vec![contender], RequestSpec::get("/".parse().unwrap()))
    };
    change(&mut plan);
    run(&plan, &mut ()).unwrap().runs.remove(0)
}

#[test]
fn whoever_waits_for_w_is_measured_as_waiting_for_w() {
    let run = measure("waits", |plan| plan.bound = Bound::Duration(20 * W));
    let w = u64::try_from(W.as_nanos()).unwrap();
    // No sleep is shorter than it was asked to be, and the histogram rounds by a thousandth at the most.
    assert!(run.latency.p50_ns > Some(w - w / 1000), "{:?}", run.latency);
    assert!(run.requests_per_second.value < 1.05 * 10.0 / W.as_secs_f64(), "{:?}", run.requests_per_second);
    // Little's law: ten clients, and nothing that is not accounted for.
    let in_system = run.in_system.unwrap();
    assert!((8.0..12.0).contains(&in_system), "{in_system}");
    assert_eq!((run.errors.total(), run.unanswered, run.starved_connections), (0, 0, 0));
}

/// One request in a hundred stalls the server, and those that are due meanwhile stall with it. A client that waits for its
/// answer asks none of these; so a closed loop, and in an open loop the time from the send, see one slow request in a
/// hundred, and the time from when they were due sees half of all.
#[test]
fn a_server_that_stalls_hides_it_from_a_closed_loop_and_not_from_an_open_one() {
    let closed = measure("stalls", |plan| {
        plan.connections = vec![1];
        plan.bound = Bound::Requests(400);
    });
    let open = measure("stalls", |plan| {
        plan.connections = vec![1];
        // 100 requests are 800 ms of which every second one is due in a stall.
        plan.rate = Some(125.0);
        plan.bound = Bound::Duration(Duration::from_millis(2400));
    });
    let stall = u64::try_from(STALL.as_nanos()).unwrap();
    let hidden = closed.latency.p90_ns.unwrap();
    let sent = open.latency_from_send.as_ref().unwrap().p90_ns.unwrap();
    let due = open.latency.p90_ns.unwrap();
    assert!(hidden < stall / 4 && sent < stall / 4, "closed {hidden}, from the send {sent}");
    // Of the requests of a stall the first quarter waits for three quarters of it.
    assert!(due > stall / 2, "from when they were due {due}");
    assert!(closed.latency.max_ns >= stall - stall / 1000 && open.latency.max_ns >= stall - stall / 1000);
}
