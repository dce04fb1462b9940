use std::time::Duration;

use super::*;

fn run(contender: &str, mode: Mode) -> Run {
    Run {
        contender: contender.to_owned(),
        mode,
        window_ns: 4_000_000_000,
        responses: 399,
        requests_per_second: 99.71,
        latency: Latency {
            count: 409,
            mean_ns: 100_290_000,
            p50_ns: Some(100_270_000),
            p90_ns: Some(100_900_000),
            p99_ns: None,
            max_ns: 103_412_000,
        },
        errors: Errors::default(),
        first_connect_error: None,
        reconnects: 0,
        left_open: 0,
        unanswered: 0,
        starved_connections: 0,
        productive_connections: 10.0,
        client_cpu_share: Some(0.01),
        listen_overflows: Some(0),
        server: ServerCost {
            cpu_ns_per_response: Some(61_200),
            peak_memory_bytes: Some(2_904_000),
            threads: Some(11),
        },
    }
}

/// A report in which `blocking` fares as badly as `threaded` fares well.
fn report() -> Report {
    let slow = Run {
        responses: 40,
        requests_per_second: 9.98,
        latency: Latency {
            count: 50,
            mean_ns: 1_001_000_000,
            p50_ns: Some(1_001_200_000),
            p90_ns: None,
            p99_ns: None,
            max_ns: 1_204_000_000,
        },
        server: ServerCost { threads: Some(1), ..run("", Mode::KeepAlive).server },
        ..run("blocking", Mode::NewConnection)
    };
    let starving = Run {
        unanswered: 9,
        starved_connections: 9,
        productive_connections: 1.0,
        errors: Errors { connect: 2, timeout: 1, ..Errors::default() },
        first_connect_error: Some("Connection refused (os error 111)".to_owned()),
        server: ServerCost::default(),
        ..Run { mode: Mode::KeepAlive, ..slow.clone() }
    };
    Report {
        schema: SCHEMA,
        method: "GET".to_owned(),
        path: "/hello_world".to_owned(),
        status: 200,
        body_bytes: 25,
        contenders: vec!["blocking".to_owned(), "threaded".to_owned()],
        connections: 10,
        modes: vec![Mode::NewConnection, Mode::KeepAlive],
        bound: Bound::Duration(Duration::from_secs(4)),
        timeout_ns: 30_000_000_000,
        wait_ns: 100_212_000,
        ideal_per_second: Some(99.79),
        environment: Environment {
            os: "linux".to_owned(),
            arch: "x86_64".to_owned(),
            cores: 2,
            debug_build: false,
        },
        runs: vec![slow, run("threaded", Mode::NewConnection), starving, run("threaded", Mode::KeepAlive)],
    }
}

fn lines(text: &str) -> Vec<&str> {
    text.lines().collect()
}

#[test]
fn the_text_of_a_wide_terminal() {
    let text = text(&report(), 110);
    let expected = "\
GET /hello_world · status 200, 25 bytes, identical from all 2
one request alone takes W = 100.2 ms · ideal 10/W = 99.8 req/s
closed loop of 10 connections · 4 s each · timeout 30 s

new connection per request (latency from before the connect)
runtime   req/s  of ideal       p50       p90     p99       max  CPU/req  peak mem  threads  errors
blocking   10.0      10 %    1.00 s     n<100  n<1000    1.20 s    61 µs    2.9 MB        1       0
threaded   99.7    99.9 %  100.3 ms  100.9 ms  n<1000  103.4 ms    61 µs    2.9 MB       11       0

keep-alive (latency from before the write)
runtime   req/s  of ideal       p50       p90     p99       max  CPU/req  peak mem  threads  errors
blocking   10.0      10 %    1.00 s     n<100  n<1000    1.20 s        –         –        –       3
threaded   99.7    99.9 %  100.3 ms  100.9 ms  n<1000  103.4 ms    61 µs    2.9 MB       11       0

! blocking (keep-alive): 3 requests failed: 2 not connected, 1 timed out (first: Connection refused (os error
  111))
! blocking (keep-alive): 9 of 10 connections had no answer in the window; a longer one tells a late turn from
  none
! blocking (keep-alive): rate × latency accounts for 1.0 of 10 connections; 9 requests unanswered at the end,
  which the latencies do not show
";
    assert_eq!(text, expected, "{text}");
}

#[test]
fn the_text_of_a_terminal_of_80_columns() {
    let text = text(&report(), 80);
    assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
    let expected = "\
GET /hello_world · status 200, 25 bytes, identical from all 2
one request alone takes W = 100.2 ms · ideal 10/W = 99.8 req/s
closed loop of 10 connections · 4 s each · timeout 30 s

new connection per request (latency from before the connect)
runtime   req/s  of ideal       p50     p99       max  CPU/req  peak mem  errors
blocking   10.0      10 %    1.00 s  n<1000    1.20 s    61 µs    2.9 MB       0
threaded   99.7    99.9 %  100.3 ms  n<1000  103.4 ms    61 µs    2.9 MB       0

keep-alive (latency from before the write)
runtime   req/s  of ideal       p50     p99       max  CPU/req  peak mem  errors
blocking   10.0      10 %    1.00 s  n<1000    1.20 s        –         –       3
threaded   99.7    99.9 %  100.3 ms  n<1000  103.4 ms    61 µs    2.9 MB       0

! blocking (keep-alive): 3 requests failed: 2 not connected, 1 timed out (first:
  Connection refused (os error 111))
! blocking (keep-alive): 9 of 10 connections had no answer in the window; a
  longer one tells a late turn from none
! blocking (keep-alive): rate × latency accounts for 1.0 of 10 connections; 9
  requests unanswered at the end, which the latencies do not show
";
    assert_eq!(text, expected, "{text}");
}

#[test]
fn the_narrowest_text_keeps_what_matters_most() {
    let text = text(&report(), 1);
    let header = text.lines().find(|line| line.starts_with("runtime")).unwrap();
    let heads: Vec<&str> = header.split_whitespace().collect();
    assert_eq!(heads, ["runtime", "req/s", "p50", "p99", "max", "errors"]);
}

#[test]
fn the_markdown() {
    let markdown = markdown(&report());
    assert_eq!(
        lines(&markdown),
        [
            r"GET /hello\_world · status 200, 25 bytes, identical from all 2  ",
            "one request alone takes W = 100.2 ms · ideal 10/W = 99.8 req/s  ",
            "closed loop of 10 connections · 4 s each · timeout 30 s  ",
            "",
            "**new connection per request (latency from before the connect)**",
            "",
            "| runtime | req/s | of ideal | p50 | p90 | p99 | max | CPU/req | peak mem | threads | errors |",
            "| :--- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
            r"| blocking | 10.0 | 10 % | 1.00 s | n\<100 | n\<1000 | 1.20 s | 61 µs | 2.9 MB | 1 | 0 |",
            r"| threaded | 99.7 | 99.9 % | 100.3 ms | 100.9 ms | n\<1000 | 103.4 ms | 61 µs | 2.9 MB | 11 | 0 |",
            "",
            "**keep-alive (latency from before the write)**",
            "",
            "| runtime | req/s | of ideal | p50 | p90 | p99 | max | CPU/req | peak mem | threads | errors |",
            "| :--- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
            r"| blocking | 10.0 | 10 % | 1.00 s | n\<100 | n\<1000 | 1.20 s | – | – | – | 3 |",
            r"| threaded | 99.7 | 99.9 % | 100.3 ms | 100.9 ms | n\<1000 | 103.4 ms | 61 µs | 2.9 MB | 11 | 0 |",
            "",
            "- blocking (keep-alive): 3 requests failed: 2 not connected, 1 timed out (first: Connection refused (os error 111))",
            "- blocking (keep-alive): 9 of 10 connections had no answer in the window; a longer one tells a late turn from none",
            "- blocking (keep-alive): rate × latency accounts for 1.0 of 10 connections; 9 requests unanswered at the end, which the latencies do not show",
        ]
    );
}

#[test]
fn json_is_versioned_and_reads_back_into_the_same_report() {
    let report = report();
    let json = json(&report).unwrap();
    let value: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(value["schema"], 1);
    assert_eq!(value["bound"]["duration_ns"], 4_000_000_000_u64);
    assert_eq!(value["runs"][0]["mode"], "new_connection");
    assert_eq!(value["runs"][0]["latency"]["p90_ns"], serde_json::Value::Null);
    assert_eq!(serde_json::from_str::<Report>(&json).unwrap(), report);
}

#[test]
fn a_run_without_an_answer_shows_dashes_and_says_so() {
    let mut report = report();
    report.modes = vec![Mode::KeepAlive];
    report.ideal_per_second = None;
    report.wait_ns = 61_000;
    report.connections = 1;
    report.bound = Bound::Requests(1000);
    report.environment.debug_build = true;
    report.runs = vec![Run {
        responses: 0,
        requests_per_second: 0.0,
        latency: Latency::default(),
        reconnects: 1,
        left_open: 2,
        listen_overflows: Some(3),
        client_cpu_share: Some(0.97),
        server: ServerCost::default(),
        ..run("dead", Mode::KeepAlive)
    }];
    let text = text(&report, 110);
    let expected = "\
GET /hello_world · status 200, 25 bytes, identical from all 2
one request alone takes W = 61 µs · no ideal rate: W is below 1 ms
closed loop of 1 connection · 1000 requests each · timeout 30 s

keep-alive (latency from before the write)
runtime  req/s  of ideal   p50    p90     p99  max  CPU/req  peak mem  threads  errors
dead       0.0         –  n<20  n<100  n<1000    –        –         –        –       0

! this is a debug build: measure with --release
! dead (keep-alive): no request was answered in the window
! dead (keep-alive): the kernel dropped 3 connection attempts because a listen queue was full: those clients
  waited a second or more to try again
! dead (keep-alive): 2 connections stayed open for 100 ms after the last answer: the server should close first
! dead (keep-alive): the server closed 1 connection although asked to keep them; the client reconnected
! dead (keep-alive): the load generator was busy 97 % of the time: the server may be faster than this rate
";
    assert_eq!(text, expected, "{text}");
}
