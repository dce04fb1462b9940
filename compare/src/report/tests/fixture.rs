//! A report that nobody measured.

use std::time::Duration;

use crate::latency::Recorder;
use crate::report::*;

/// Five rounds at about this rate, each answer after that time.
pub(super) fn rounds(rate: f64, latency_ms: u64, server: &ServerCost) -> Vec<Measured> {
    let round = |number: usize| {
        let mut latency = Recorder::new();
        (0..(rate * 0.8) as u64 + 2)
            .for_each(|n| latency.record(Duration::from_micros(latency_ms * 1000 + 270 + 10 * n)));
        let round = Round {
            number,
            place: number % 2,
            started_ns: 1_000_000_000 * number as u64,
            window_ns: 800_000_000,
            responses: (rate * 0.8) as u64,
            requests_per_second: rate * [1.0, 1.002, 0.998, 1.001, 0.999][number],
            latency: latency.summary(),
            histogram: latency.encoded(),
            latency_from_send: None,
            histogram_from_send: None,
            errors: Errors::default(),
            reconnects: 0,
            left_open: 0,
            unanswered: 0,
            unsent: 0,
            starved_connections: 0,
            productive_connections: 10.0,
            client_cpu_share: Some(0.01),
            listen_overflows: Some(0),
            listen_drops: Some(0),
            accept_queue: Some(if rate < 50.0 { 9 } else { 0 }),
            server: server.clone(),
            samples: [0, 400_000_000, 1_000_000_000]
                .map(|at_ns| Sample {
                    at_ns,
                    in_window: at_ns > 0,
                    accept_queue: Some(if rate < 50.0 && at_ns > 0 { 9 } else { 0 }),
                    threads: server.threads,
                    overflows: 0,
                })
                .into(),
        };
        Measured { round, latency, from_send: None, first_connect_error: None }
    };
    (0..5).map(round).collect()
}

pub(super) fn run(contender: &str, mode: Mode) -> Run {
    let slow = contender == "blocking";
    let server = ServerCost {
        cpu_ns_per_response: Some(61_200),
        cpu_user_ns_per_response: Some(20_000),
        cpu_system_ns_per_response: Some(41_200),
        voluntary_switches_per_response: Some(2.04),
        involuntary_switches_per_response: Some(0.01),
        peak_memory_bytes: Some(2_904_000),
        memory_bytes_per_connection: Some(12_700),
        threads: Some(if slow { 1 } else { 11 }),
    };
    let (rate, latency) = if slow { (10.0, 1001) } else { (99.71, 100) };
    Run::of(contender.to_owned(), mode, 10, None, rounds(rate, latency, &server))
}

/// A report in which `blocking` fares as badly as `threaded` fares well, and in one mode even worse.
pub(crate) fn report() -> Report {
    let mut runs = Vec::new();
    for mode in [Mode::NewConnection, Mode::KeepAlive] {
        let mut table = [run("blocking", mode), run("threaded", mode)];
        if mode == Mode::KeepAlive {
            let starving = &mut table[0];
            starving.unanswered = 9;
            starving.starved_connections = 9;
            starving.productive_connections = 1.0;
            starving.errors = Errors { connect: 2, timeout: 1, ..Errors::default() };
            starving.first_connect_error = Some("Connection refused (os error 111)".to_owned());
            starving.server = ServerCost::default();
        }
        hold_against(&mut table, None);
        runs.extend(table);
    }
    Report {
        schema: SCHEMA,
        command: ["/target/polyserve", "compare", "--path", "/hello_world"].map(str::to_owned).into(),
        method: "GET".to_owned(),
        path: "/hello_world".to_owned(),
        status: 200,
        body_bytes: 25,
        contenders: vec!["blocking".to_owned(), "threaded".to_owned()],
        connections: vec![10],
        modes: vec![Mode::NewConnection, Mode::KeepAlive],
        pipeline: 1,
        rate_per_second: None,
        rounds: 5,
        bound: Bound::Duration(Duration::from_millis(800)),
        warm_up_ns: 200_000_000,
        seed: 1,
        timeout_ns: 30_000_000_000,
        wait_ns: 100_212_000,
        cores: Some(Cores { server: vec![0], client: 1 }),
        ceilings: vec![Ceiling { connections: 10, mode: Mode::NewConnection, requests_per_second: 38_000.0 }],
        interrupted: false,
        environment: Environment {
            os: "linux".to_owned(),
            arch: "x86_64".to_owned(),
            cores: 2,
            ..Environment::default()
        },
        runs,
        outside: Vec::new(),
        timelines: vec![one_at_a_time(), all_at_once()],
        shape: None,
        simulated: None,
    }
}

/// Two clients of one thread: it sleeps in the handler, the other waits.
pub(super) fn one_at_a_time() -> Timeline {
    let request = |id: u32| {
        let from_ns = 100_000_000 * u64::from(id - 1) + 200_000;
        let poll = Poll { thread: 0, from_ns, to_ns: from_ns + 100_000_000, cpu_ns: 50_000 };
        let done_ns = poll.to_ns + 100_000;
        let first_byte_ns = poll.to_ns + 50_000;
        let at = |at_ns| Some(Moment { thread: 0, at_ns });
        TracedRequest {
            id,
            dial_ns: 0,
            established_ns: 100_000,
            sent_ns: Some(130_000),
            // The second client waits in the kernel's queue for the first to be served.
            accepted: at(from_ns - 50_000),
            read: at(from_ns - 20_000),
            complete: at(from_ns - 10_000),
            first_write: at(poll.to_ns + 40_000),
            last_write: at(poll.to_ns + 40_000),
            first_byte_ns,
            done_ns,
            closed: at(done_ns + 10_000),
            polls: vec![poll],
        }
    };
    let depths = [(0, 0), (1_000_000, 1), (99_000_000, 1), (101_000_000, 0)];
    Timeline {
        overflows: Vec::new(),
        contender: "blocking".to_owned(),
        requests: vec![request(1), request(2)],
        thread_names: vec!["main".to_owned()],
        accept_queue: depths.map(|(at_ns, depth)| QueueDepth { at_ns, depth }).into(),
        cost: Some(TraceCost { event_ns: 52, poll_ns: 610, notes: 14, lost: 0 }),
    }
}

/// Two clients of one thread again: their handlers wait without it.
pub(super) fn all_at_once() -> Timeline {
    let request = |id: u32| {
        let at = |ns: u64| ns + 60_000 * u64::from(id);
        let poll = |ns| Poll { thread: 0, from_ns: at(ns), to_ns: at(ns) + 50_000, cpu_ns: 50_000 };
        let polls = vec![poll(0), poll(100_000_000)];
        let (first_byte_ns, done_ns) = (at(100_060_000), at(100_080_000));
        // Its server has not told what it did with the connection.
        TracedRequest {
            id,
            established_ns: 20_000,
            first_byte_ns,
            done_ns,
            polls,
            ..TracedRequest::default()
        }
    };
    Timeline {
        contender: "threaded".to_owned(),
        requests: vec![request(1), request(2)],
        ..Timeline::default()
    }
}
