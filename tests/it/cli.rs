//! The program `polyserve`, from the outside: what it prints, and how it ends.

mod listener;
mod process;
mod simulation;

use crate::client::Client;
use nix::sys::signal::Signal::{SIGINT, SIGTERM};
use polyserve::{Strategy, runtime};
use process::{Process, run};
use serde_json::Value;
use std::net::TcpListener;

on_every_runtime!(
    it_serves_until_its_stdin_ends,
    sigterm_lets_requests_in_flight_be_answered,
    a_second_sigterm_ends_at_once,
);

#[test]
fn an_unknown_runtime_is_refused_with_the_list_of_the_known() {
    let output = run(&["serve", "--runtime", "nginx"]);
    assert_eq!(output.status, Some(2));
    for runtime in runtime::ALL {
        assert!(output.stderr.contains(runtime.name), "{}", output.stderr);
    }
}

#[test]
fn a_taken_port_is_explained() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let addr = taken.local_addr().unwrap().to_string();
    for arguments in
        [["serve", "--addr", &addr], ["serve", "--port", addr.rsplit(':').next().unwrap_or_default()]]
    {
        let output = run(&arguments);
        assert_eq!(output.status, Some(1));
        let advice = "another program listens there: stop it, or choose another port";
        assert!(output.stderr.contains(advice), "{}", output.stderr);
    }
}

#[test]
fn a_duration_without_a_unit_is_explained() {
    for arguments in [["compare", "--duration", "5"], ["serve", "--wait", "100"]] {
        let output = run(&arguments);
        assert_eq!(output.status, Some(2));
        assert!(output.stderr.contains("a duration has a unit"), "{}", output.stderr);
    }
}

#[test]
fn workers_are_refused_where_there_are_none() {
    let output = run(&["serve", "--port", "0", "--runtime", "blocking", "--workers", "2"]);
    assert_eq!(output.status, Some(1));
    assert!(output.stderr.contains("leave --workers out"), "{}", output.stderr);
}

#[test]
fn the_runtimes_are_listed() {
    let output = run(&["runtimes"]);
    assert_eq!(output.status, Some(0));
    let listed = output.stdout.lines().filter_map(|line| line.split("  ").next());
    let listed: Vec<&str> = listed.map(str::trim).filter(|name| !name.is_empty()).collect();
    let all: Vec<&str> = runtime::ALL.iter().map(|runtime| runtime.name).collect();
    assert_eq!(listed, all);
    for runtime in runtime::ALL {
        assert!(output.stdout.contains(runtime.summary), "{}", output.stdout);
    }
}

#[test]
fn the_routes_are_listed_with_their_handlers() {
    let output = run(&["routes"]);
    assert_eq!(output.status, Some(0), "{}", output.stderr);
    let row = |line: &str| -> Vec<String> { line.split_whitespace().map(str::to_owned).collect() };
    let rows: Vec<Vec<String>> = output.stdout.lines().map(row).collect();
    assert_eq!(rows.len(), 10, "{}", output.stdout);
    assert_eq!(rows[0][..3], ["GET", "/", "page"]);
    assert_eq!(rows[6][..3], ["GET", "/hello/{name}", "hello"]);
    assert_eq!(rows[7][..3], ["POST", "/echo", "echo"]);
    assert!(rows.iter().all(|row| row[3].starts_with("src/main.rs:")), "{}", output.stdout);
}

#[test]
fn a_comparison_measures_every_runtime_in_both_connection_modes() {
    let output = run(&[
        "compare", "-n", "40", "--rounds", "2", "-c", "2", "--mode", "both", "--wait", "1ms", "--format",
        "json",
    ]);
    assert_eq!(output.status, Some(0), "{}", output.stderr);
    let report: Value = serde_json::from_str(&output.stdout).unwrap();
    let runs = report["runs"].as_array().unwrap();
    let all: Vec<&str> = runtime::ALL.iter().map(|runtime| runtime.name).collect();
    let modes = report["modes"].as_array().unwrap();
    assert_eq!(modes.len(), 2);
    for mode in modes {
        let of_the_mode = runs.iter().filter(|run| run["mode"] == *mode);
        let names: Vec<&str> = of_the_mode.filter_map(|run| run["contender"].as_str()).collect();
        assert_eq!(names, all);
    }
    for run in runs {
        let errors = run["errors"].as_object().unwrap();
        assert!(!errors.is_empty() && errors.values().all(|count| *count == 0), "{run:#}");
        assert!(run["responses"].as_u64() > Some(0), "{run:#}");
        assert_eq!(run["rounds"].as_array().map(Vec::len), Some(2));
    }
    assert_eq!(report["ceilings"].as_array().map(Vec::len), Some(2));
}

/// A comparison of one runtime that is over in no time.
const SHORT: [&str; 10] =
    ["compare", "-n", "4", "--rounds", "2", "--wait", "1ms", "--no-ceiling", "--runtimes", "threaded"];

#[test]
fn a_condition_that_is_so_ends_with_99() {
    let breached = run(&[&SHORT[..], &["--fail-if", "threaded.max > 0ms"]].concat());
    assert_eq!(breached.status, Some(99), "{}", breached.stderr);
    assert!(breached.stderr.contains("FAILED: threaded.max > 0ms (new connection per request, c=10)"));
    assert!(breached.stdout.contains("\nthreaded "), "{}", breached.stdout);
    let kept = run(&[&SHORT[..], &["--fail-if", "threaded.errors > 0"]].concat());
    assert_eq!(kept.status, Some(0), "{}", kept.stderr);
    let unknown = run(&[&SHORT[..], &["--fail-if", "threaded.p99 > 1s"]].concat());
    assert_eq!(unknown.status, Some(1), "{}", unknown.stderr);
    assert!(unknown.stderr.contains("threaded.p99 is not known"), "{}", unknown.stderr);
}

#[test]
fn a_comparison_is_held_against_an_earlier_one() {
    let file = std::env::temp_dir().join(format!("polyserve-against-{}.json", std::process::id()));
    let path = file.to_str().unwrap();
    let first = run(&[&SHORT[..], &["--format", "json", "--output", path]].concat());
    assert_eq!((first.status, first.stdout.as_str()), (Some(0), ""), "{}", first.stderr);
    let second =
        run(&[&SHORT[..], &["--against", path, "--fail-if", "threaded.rps < 0.0001 * base"]].concat());
    std::fs::remove_file(&file).unwrap();
    assert_eq!(second.status, Some(0), "{}", second.stderr);
    let change = second.stdout.lines().find(|line| line.starts_with("threaded  req/s "));
    assert!(change.is_some_and(|change| change.contains("  p50 ")), "{}", second.stdout);

    let missing = run(&[&SHORT[..], &["--against", path]].concat());
    assert_eq!(missing.status, Some(1));
    assert!(missing.stderr.contains("cannot read the report"), "{}", missing.stderr);
}

#[test]
fn ctrl_c_ends_a_comparison_with_130() {
    let mut process = Process::start(&[
        "compare",
        "--runtimes",
        "threaded",
        "--wait",
        "5ms",
        "-c",
        "1",
        "-r",
        "5000/s",
        "-d",
        "1h",
        "--no-ceiling",
    ]);
    process.await_stderr("NOTE: -c 1 at ");
    process.signal(SIGINT);
    assert_eq!(process.wait(), Some(130));
}

#[test]
fn a_comparison_leaves_a_page_and_its_data_behind() {
    let directory = std::env::temp_dir().join(format!("polyserve-page-{}", std::process::id()));
    let at = directory.to_str().unwrap();
    let measured = run(&[&SHORT[..], &["--report", at]].concat());
    let page = std::fs::read_to_string(directory.join("report.html")).unwrap();
    let data = directory.join("run.json");
    let again = run(&["compare", "--from", data.to_str().unwrap(), "--format", "html"]);
    let csv = run(&["compare", "--from", data.to_str().unwrap(), "--format", "csv"]);
    let timeline = run(&["compare", "--from", data.to_str().unwrap(), "--format", "timeline"]);
    let trace: Value =
        serde_json::from_str(&std::fs::read_to_string(directory.join("trace.json")).unwrap()).unwrap();
    std::fs::remove_dir_all(&directory).unwrap();
    // Six requests, on the three threads of their three clients or more.
    for lane in ["t3 │", "r1 │", "r6 │"] {
        assert!(timeline.stdout.contains(lane), "{}{}", timeline.stdout, timeline.stderr);
    }
    assert!(trace["traceEvents"].as_array().is_some_and(|events| events.len() > 6), "{trace}");
    assert_eq!(measured.status, Some(0), "{}", measured.stderr);
    assert!(measured.stdout.trim_end().ends_with("report.html"), "{}", measured.stdout);
    assert_eq!(again.stdout, page, "{}", again.stderr);
    assert_eq!(csv.stdout.lines().count(), 1 + 2, "{}", csv.stdout);

    let none = run(&[&SHORT[..], &["--no-report"]].concat());
    assert!(!none.stdout.contains("report.html"), "{}", none.stdout);
    let both = run(&["compare", "--from", "run.json", "-c", "7"]);
    assert_eq!(both.status, Some(2), "{}", both.stderr);
}

#[test]
fn a_comparison_starts_servers_of_any_make() {
    let own = format!("mine={} serve --runtime poll-loop --port {{port}}", env!("CARGO_BIN_EXE_polyserve"));
    let small = ["compare", "-n", "60", "--rounds", "2", "-c", "2", "--path", "/plaintext", "--no-report"];
    let kept = ["--mode", "keep-alive", "--pipeline", "3", "--same-core", "--runtimes", "threaded"];
    let measured = run(&[&small[..], &kept, &["--format", "json", "--server", &own]].concat());
    assert_eq!(measured.status, Some(0), "{}", measured.stderr);
    let report: Value = serde_json::from_str(&measured.stdout).unwrap();
    assert_eq!(report["contenders"], serde_json::json!(["threaded", "mine"]));
    assert_eq!(report["pipeline"], 3);
    assert_eq!(report["runs"][1]["errors"]["read"], 0);

    let ends = run(&[&small[..], &["--runtimes", "threaded", "--server", "mine=false {port}"]].concat());
    assert_eq!(ends.status, Some(1), "{}", ends.stderr);
    assert!(ends.stderr.contains("mine: the server ended before it listened"), "{}", ends.stderr);
}

#[test]
fn completions_and_a_man_page_are_made_of_the_command_line() {
    for (arguments, part) in [
        (vec!["completions", "bash"], "_polyserve()"),
        (vec!["completions", "zsh"], "--fail-if"),
        (vec!["completions", "fish"], "compare"),
        (vec!["man"], ".TH polyserve 1 "),
    ] {
        let output = run(&arguments);
        assert_eq!(output.status, Some(0), "{}", output.stderr);
        assert!(output.stdout.contains(part), "{part}: {}", output.stdout);
    }
    assert!(run(&["--version"]).stdout.starts_with("polyserve 0."));
}

/// Starts the program as `compare` does, and tells where it listens.
fn serve(runtime: Strategy) -> (Process, Client) {
    let mut process =
        Process::start(&["serve", "--runtime", runtime.name, "--addr", "127.0.0.1:0", "--for-compare"]);
    let line = process.stdout_line();
    let addr = line.strip_prefix("listening on http://").and_then(|addr| addr.parse().ok());
    let addr = addr.unwrap_or_else(|| panic!("not where it listens: {line:?}"));
    (process, Client::connect(addr))
}

fn it_serves_until_its_stdin_ends(runtime: Strategy) {
    let (mut process, mut client) = serve(runtime);
    assert_eq!(client.get("/plaintext").ok(), "Hello, World!");
    assert_eq!(client.get("/hello/you").ok(), "Hello, you!\n");
    process.close_stdin();
    client.assert_closed();
    drop(client);
    assert_eq!(process.wait(), Some(0));
}

/// A request that is in flight for as long as the test likes: half of its body is sent and echoed.
fn begin_an_echo(client: &mut Client) {
    client.send("POST /echo HTTP/1.1\r\nHost: test\r\nContent-Length: 6\r\n\r\nabc");
    assert_eq!(client.head().status, 200);
    assert_eq!(client.bytes(3), b"abc");
}

fn sigterm_lets_requests_in_flight_be_answered(runtime: Strategy) {
    let (mut process, mut client) = serve(runtime);
    begin_an_echo(&mut client);
    process.signal(SIGTERM);
    process.await_stderr("stopping");
    client.send("def");
    assert_eq!(client.bytes(3), b"def");
    client.assert_closed();
    drop(client);
    assert_eq!(process.wait(), Some(0));
}

fn a_second_sigterm_ends_at_once(runtime: Strategy) {
    let (mut process, mut client) = serve(runtime);
    begin_an_echo(&mut client);
    process.signal(SIGTERM);
    process.await_stderr("stopping");
    process.signal(SIGTERM);
    assert_eq!(process.wait(), Some(143));
}
