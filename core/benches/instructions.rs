//! Instructions of one request in the engine, counted by callgrind: they are the same on a busy machine as on an idle
//! one, so a change that costs some is seen. `cargo bench -p polyserve-core --bench instructions` needs valgrind.
//!
//! [`SCENARIOS`] holds what was counted last. More than that and 5 % fails, and so does less than that less 5 %: who
//! makes the engine cheaper records it, and who makes it dearer says in the commit what was bought. gungraun does the
//! same and more; its runner alone takes longer to build than all of this workspace.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "it prints what was counted")]

use http::Method;
use polyserve_core::{App, Connection, Handler, Router};
use shared::{Hello, exchange, hello_with_headers, request_of};
use shelves::shelves;
use std::{
    collections::VecDeque,
    env,
    process::{Command, ExitCode},
    sync::Arc,
    time::Instant,
};

mod shared;
mod shelves;

/// Instructions vary a little with the compiler and the C library.
const TOLERANCE: f64 = 0.05;

type Scenario = (&'static str, u64, fn() -> Kept);

const SCENARIOS: [Scenario; 9] = [
    ("a GET as wrk sends it", 1_566, || plain("wrk", 1)),
    ("a GET as curl sends it", 1_585, || plain("curl", 1)),
    ("a GET as Chromium sends it", 1_808, || plain("browser", 1)),
    ("the same for a handler that reads headers", 12_418, || {
        kept(hello_with_headers(), request_of("browser").into())
    }),
    ("a GET as Chromium sends it, of others each time", 9_264, || others(&["a", "b", "c", "d"], Hello)),
    ("the same for a handler that reads headers, of others each time", 21_271, || {
        others(&["a", "b", "c", "d"], hello_with_headers())
    }),
    ("16 GETs at once", 13_360, || plain("wrk", 16)),
    ("a GET of the last of 1,000 routes", 4_834, || routed(1_000)),
    ("a GET of a route with two parameters", 5_282, || {
        let router = Router::new().route(Method::GET, "/users/{id}/posts/{post}", Hello);
        kept(router, "GET /users/7/posts/the-last-one HTTP/1.1\r\nHost: a\r\n\r\n".into())
    }),
];

/// A connection that has had its first exchanges, and what the next reads bring.
struct Kept {
    connection: Connection,
    requests: VecDeque<String>,
    now: Instant,
}

fn kept(handler: impl Handler, requests: String) -> Kept {
    let now = Instant::now();
    let connection = Connection::new(Arc::new(App::new(handler, Instant::now)), now);
    Kept { connection, requests: VecDeque::from([requests]), now }
}

/// Requests no two of which have the same fields.
fn others(names: &[&str], handler: impl Handler) -> Kept {
    let mut kept = kept(handler, String::new());
    let host = "Host: 127.0.0.1:8000\r\n";
    let named = |name| request_of("browser").replace(host, &format!("{host}X-Request-Id: {name}\r\n"));
    kept.requests = names.iter().map(named).collect();
    kept
}

fn plain(client: &str, times: usize) -> Kept {
    kept(Hello, request_of(client).repeat(times))
}

fn routed(routes: usize) -> Kept {
    let (router, request) = shelves(routes);
    kept(router, request)
}

fn run(kept: &mut Kept) {
    exchange(&mut kept.connection, kept.requests[0].as_bytes(), kept.now);
    kept.requests.rotate_left(1);
}

/// What callgrind counts: it knows the function by its name.
#[inline(never)]
fn counted_exchange(kept: &mut Kept) {
    run(kept);
}

/// As callgrind runs it: the buffers of the thread are there, and every page was touched.
fn perform(name: &str) -> ExitCode {
    let Some((_, _, set_up)) = SCENARIOS.iter().find(|(known, ..)| *known == name) else {
        eprintln!("there is no scenario {name:?}");
        return ExitCode::FAILURE;
    };
    let mut kept = set_up();
    (0..3).for_each(|_| run(&mut kept));
    counted_exchange(&mut kept);
    ExitCode::SUCCESS
}

/// Lets callgrind count one scenario in a process of its own.
fn count(name: &str) -> Result<u64, String> {
    let this = env::current_exe().map_err(|error| format!("this program cannot be found: {error}"))?;
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null", "--toggle-collect=*counted_exchange*"])
        .arg(this)
        .args(["--perform", name])
        .output()
        .map_err(|error| {
            format!("valgrind cannot be started: {error}; `apt-get install valgrind` installs it")
        })?;
    let said = String::from_utf8_lossy(&output.stderr);
    let counted = said.lines().find_map(|line| line.split_once("Collected : ")?.1.trim().parse().ok());
    counted.filter(|_| output.status.success()).ok_or_else(|| format!("callgrind counted nothing:\n{said}"))
}

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().collect();
    if let [_, flag, name] = &arguments[..]
        && flag == "--perform"
    {
        return perform(name);
    }
    let mut outcome = ExitCode::SUCCESS;
    for (name, recorded, _) in SCENARIOS {
        let counted = match count(name) {
            Ok(counted) => counted,
            Err(error) => {
                eprintln!("{error}");
                return ExitCode::FAILURE;
            }
        };
        let change = counted as f64 / recorded as f64 - 1.0;
        let word = if change.abs() <= TOLERANCE { "" } else { "  record it in SCENARIOS, and say why" };
        println!("{counted:>9} instructions  {:>+6.1} %  {name}{word}", change * 100.0);
        if !word.is_empty() {
            outcome = ExitCode::FAILURE;
        }
    }
    outcome
}
