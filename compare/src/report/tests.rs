//! The views of a report that nobody measured.

use super::*;
use fixture::run;

mod fixture;

pub(crate) use fixture::report;

#[test]
fn a_timeline_tells_a_wait_that_holds_its_thread_from_one_that_does_not() {
    assert_is("timeline.txt", &timeline(&report()).unwrap());
    let nothing = Report { timelines: Vec::new(), ..report() };
    assert_eq!(timeline(&nothing), None);
}

/// Holds a view against the file of that name in `snapshots`, or writes it there with `POLYSERVE_BLESS=1`.
pub(crate) fn assert_is(name: &str, view: &str) {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/report/snapshots").join(name);
    if std::env::var_os("POLYSERVE_BLESS").is_some() {
        std::fs::write(&path, view).unwrap();
    }
    let expected = std::fs::read_to_string(&path).unwrap();
    assert_eq!(view, expected, "{name} has changed:\n{view}");
}

#[test]
fn the_text_of_a_wide_terminal() {
    let text = text(&report(), 100);
    assert!(text.lines().all(|line| line.chars().count() <= 100), "{text}");
    assert_is("wide.txt", &text);
}

#[test]
fn the_text_of_a_terminal_of_80_columns() {
    let text = text(&report(), 80);
    assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
    assert_is("narrow.txt", &text);
}

#[test]
fn the_narrowest_text_keeps_what_matters_most() {
    let text = text(&report(), 1);
    let mut headers = text.lines().filter(|line| line.starts_with("runtime"));
    let heads: Vec<&str> = headers.next().unwrap().split_whitespace().collect();
    assert_eq!(heads, ["runtime", "req/s", "p50", "p99", "max", "errors"]);
    let heads = headers.next().unwrap();
    assert_eq!(heads.split("  ").filter(|head| !head.is_empty()).count(), 5, "{heads}");
}

#[test]
fn the_markdown() {
    let markdown = markdown(&report());
    assert_is("markdown.md", &markdown);
}

#[test]
fn every_view_can_be_made_from_the_json_alone() {
    let report = report();
    let read = from_json(&json(&report).unwrap()).unwrap();
    assert_eq!(read, report);
    for width in [80, 100] {
        assert_eq!(text(&read, width), text(&report, width));
    }
    assert_eq!(markdown(&read), markdown(&report));
    assert_eq!(csv(&read).unwrap(), csv(&report).unwrap());
    assert_eq!(against(&read, &report), against(&report, &read));
}

#[test]
fn the_json_is_versioned_and_says_what_it_is_in_plain_names() {
    let json = json(&report()).unwrap();
    let value: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(value["schema"], 2);
    assert_eq!(value["bound"]["duration_ns"], 800_000_000_u64);
    assert_eq!(value["runs"][0]["mode"], "new_connection");
    assert_eq!(value["runs"][0]["latency"]["p90_ns"], serde_json::Value::Null);
    assert_eq!(value["runs"][0]["ratio"]["verdict"], "slower");
    assert_eq!(value["runs"][1]["ratio"], serde_json::Value::Null);
    assert_eq!(value["runs"][1]["rounds"].as_array().map(Vec::len), Some(5));
}

#[test]
fn what_is_no_report_of_this_schema_is_refused_with_the_reason() {
    for (text, reason) in [
        ("", "this is not a report of `compare --format json`"),
        ("{\"schema\": 1}", "the report has schema 1, and this program reads schema 2: measure again"),
        ("{\"schema\": 2}", "the report is damaged: missing field"),
    ] {
        let error = from_json(text).unwrap_err();
        assert!(error.contains(reason), "{error}");
    }
}

#[test]
fn the_histogram_of_a_round_gives_its_percentiles_again() {
    let report = report();
    let round = &report.runs[1].rounds[0];
    let distribution = round.distribution();
    let count: u64 = distribution.iter().map(|(_, count)| count).sum();
    assert_eq!(count, round.latency.count);
    let mut below = 0;
    let median = distribution.iter().find(|(_, count)| {
        below += count;
        2 * below >= round.latency.count
    });
    assert_eq!(median.map(|(ns, _)| *ns), round.latency.p50_ns);
    assert_eq!(Round { histogram: "?".to_owned(), ..round.clone() }.distribution(), []);
}

#[test]
fn the_csv_has_a_line_for_each_round() {
    let csv = csv(&report()).unwrap();
    let lines: Vec<&str> = csv.lines().collect();
    assert_eq!(lines.len(), 1 + 4 * 5);
    assert!(lines[1].starts_with("blocking,new_connection,10,0,0,0,800000000,8,10,"), "{}", lines[1]);
    let fields = |line: &str| line.split(',').count();
    assert!(lines.iter().all(|line| fields(line) == fields(lines[0])), "{csv}");
}

#[test]
fn a_baseline_that_is_named_is_held_to() {
    let mut table = [run("blocking", Mode::KeepAlive), run("threaded", Mode::KeepAlive)];
    hold_against(&mut table, Some("blocking"));
    assert_eq!(table[0].ratio, None);
    let ratio = table[1].ratio.as_ref().unwrap();
    assert_eq!((ratio.baseline.as_str(), ratio.verdict), ("blocking", Verdict::Faster));
    assert!((ratio.rate.value - 9.971).abs() < 1e-9);
}

#[test]
fn a_run_without_an_answer_shows_dashes_and_says_so() {
    let mut report = report();
    report.modes = vec![Mode::KeepAlive];
    report.wait_ns = 61_000;
    report.bound = Bound::Requests(1000);
    report.environment.debug_build = true;
    report.interrupted = true;
    report.contenders = vec!["dead".to_owned()];
    report.runs = vec![Run {
        responses: 0,
        requests_per_second: Interval::of_mean(&[0.0]),
        latency: Latency::default(),
        in_system: None,
        reconnects: 1,
        left_open: 2,
        listen_overflows: Some(3),
        client_cpu_share: Some(0.97),
        server: ServerCost::default(),
        ..run("dead", Mode::KeepAlive)
    }];
    let text = text(&report, 100);
    for line in [
        "INTERRUPTED: these are the rounds that were over",
        "one request alone takes W = 61 µs · no ideal rate: W is below 1 ms",
        "dead       0.0        –         –  n<20  n<100  n<1000    –    –       0",
        "! this is a debug build: measure with --release",
        "! dead (keep-alive): no request was answered in the window",
        "! dead (keep-alive): the kernel dropped 3 connection attempts because a listen queue was full: those",
        "! dead (keep-alive): 2 connections stayed open for 100 ms after the last answer: the server should",
        "! dead (keep-alive): the server closed 1 connection although asked to keep them; the client",
        "! dead (keep-alive): the load generator was busy 97 % of the time: the server may be faster than",
        "next          polyserve compare --path /hello_world   (to its end)",
    ] {
        assert!(text.lines().any(|found| found == line), "{line}\n{text}");
    }
}

#[test]
fn an_open_loop_shows_both_latencies_and_says_what_the_difference_means() {
    let mut report = report();
    report.rate_per_second = Some(500.0);
    for run in &mut report.runs {
        run.latency_from_send = Some(Latency { p50_ns: Some(99_000_000), ..Latency::default() });
        run.unsent = 1234;
    }
    let text = text(&report, 100);
    for part in [
        "open loop, 500.0 req/s, c=10",
        "latency counts from when a request was due, `sent` from when a connection was free to send it:",
        "sent p50  sent p99  unsent",
        "1234 requests were due and found no free connection",
        "-c 76   (enough connections for 500.0/s)",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
    assert!(!text.contains("X·W"), "{text}");
}

#[test]
fn a_sweep_has_a_table_for_each_number_and_one_of_all_rates() {
    let mut report = report();
    report.connections = vec![10, 100];
    report.modes = vec![Mode::NewConnection];
    report.runs.truncate(2);
    let more: Vec<Run> =
        report.runs.iter().map(|run| Run { connections: 100, client_bound: true, ..run.clone() }).collect();
    report.runs.extend(more);
    let text = text(&report, 100);
    assert!(text.contains("ideal 99.8, 997.9 req/s") && text.contains("closed loop, c=10,100"), "{text}");
    assert!(text.contains("c=100, new connection per request (latency"), "{text}");
    assert!(
        text.contains("req/s at c=    10    100\nblocking     10.0  10.0†\nthreaded     99.7  99.7†\n"),
        "{text}"
    );
    assert!(
        text.contains("! threaded (new connections, c=100): † client-bound: the load generator"),
        "{text}"
    );
}

#[test]
fn latencies_that_do_not_fill_the_connections_are_remarked_upon() {
    let mut report = report();
    report.runs[1].in_system = Some(8.2);
    let text = text(&report, 200);
    let warning = "! threaded (new connections): rate × latency is 8.2, with 10 connections (Little's law)";
    assert!(text.contains(warning), "{text}");
}

#[test]
fn a_server_that_ran_already_is_said_to_be_measured_otherwise() {
    let outside = |here| Outside { contender: "127.0.0.1:80".to_owned(), here };
    let said = |here, cores: Option<Cores>| {
        let report = Report { outside: vec![outside(here)], cores, ..report() };
        warnings::warnings(&report).into_iter().find(|warning| warning.starts_with("127.0.0.1:80")).unwrap()
    };
    let cores = report().cores;
    let here = said(true, cores.clone());
    assert!(here.contains("what it costs is not counted"), "{here}");
    assert!(here.ends_with("start it with `taskset -c 0`, or measure all with --no-pin"), "{here}");
    for (here, cores) in [(true, None), (false, cores)] {
        let elsewhere = said(here, cores);
        assert!(elsewhere.ends_with("not counted"), "{elsewhere}");
    }
}
