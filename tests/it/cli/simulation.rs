//! `compare --simulate` and `compare --shape`, from the outside.

use super::process::run;
use polyserve::{Held, runtime};
use serde_json::Value;

#[test]
fn a_simulation_has_the_same_bytes_every_time_and_follows_from_what_runtimes_say_of_themselves() {
    let line = ["compare", "--simulate", "--no-report", "--format", "json"];
    let (first, second) = (run(&line), run(&line));
    assert_eq!(first.status, Some(0), "{}", first.stderr);
    assert_eq!(first.stdout, second.stdout);
    let report: Value = serde_json::from_str(&first.stdout).unwrap();
    for (run, strategy) in report["runs"].as_array().unwrap().iter().zip(runtime::ALL) {
        assert_eq!(run["contender"], strategy.name);
        // Ten clients that each wait for 100 ms.
        let rate = match strategy.capabilities.sleeping_handler_holds {
            Held::Server | Held::Loop => 10.0,
            Held::Thread | Held::Nothing => 100.0,
        };
        assert_eq!(run["requests_per_second"]["value"], rate, "{}", strategy.name);
    }
}

/// A model leaves out what serving costs, so no machine is ever faster than it: neither by rate nor by latency.
#[test]
fn no_runtime_is_faster_than_its_model() {
    let load = ["-n", "40", "-c", "4", "--wait", "20ms", "--no-report", "--format", "json"];
    let runs = |flags: &[&str]| {
        let output = run(&[&["compare"], flags, &load[..]].concat());
        assert_eq!(output.status, Some(0), "{}", output.stderr);
        let report: Value = serde_json::from_str(&output.stdout).unwrap();
        report["runs"].as_array().unwrap().clone()
    };
    let measured = runs(&["--rounds", "1", "--no-ceiling", "--no-trace"]);
    for (measured, model) in measured.iter().zip(runs(&["--simulate"])) {
        assert_eq!(measured["contender"], model["contender"]);
        let figure = |run: &Value, of: &str, name: &str| run[of][name].as_f64().unwrap();
        let rates = [measured, &model].map(|run| figure(run, "requests_per_second", "value"));
        assert!(rates[0] <= 1.1 * rates[1], "{}: {rates:?}", model["contender"]);
        // The model's first clients find nobody before them, so its mean is a little below what follows.
        let latencies = [measured, &model].map(|run| figure(run, "latency", "mean_ns"));
        assert!(latencies[0] >= 0.8 * latencies[1], "{}: {latencies:?}", model["contender"]);
    }
}

#[test]
fn a_simulation_draws_the_run_it_was_asked_for() {
    let pool = ["--pool", "2", "-c", "3", "-n", "4", "--runtimes", "blocking", "--no-report"];
    let output = run(&[&["compare", "--simulate", "--format", "timeline"], &pool[..]].concat());
    let expected = "SIMULATED, NOT MEASURED\n\
        one column = 10.0 ms   █ on a processor   ▓ waits, holding its thread   ▒ waits, its thread free   ░ queued   \
        · nothing\n\
        \n\
        blocking\n\
        \x20 t1 │▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓│\n\
        \x20 r1 │▓▓▓▓▓▓▓▓▓▓······························│\n\
        \x20 r2 │░░░░░░░░░░▓▓▓▓▓▓▓▓▓▓····················│\n\
        \x20 r3 │░░░░░░░░░░░░░░░░░░░░▓▓▓▓▓▓▓▓▓▓··········│\n\
        \x20 r4 │··········░░░░░░░░░░░░░░░░░░░░▓▓▓▓▓▓▓▓▓▓│\n\
        \n\
        pool of 2\n\
        \x20 t1 │▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓│\n\
        \x20 t2 │▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓│\n\
        \x20 r1 │▓▓▓▓▓▓▓▓▓▓··········│\n\
        \x20 r2 │▓▓▓▓▓▓▓▓▓▓··········│\n\
        \x20 r3 │░░░░░░░░░░▓▓▓▓▓▓▓▓▓▓│\n\
        \x20 r4 │··········▓▓▓▓▓▓▓▓▓▓│\n";
    assert_eq!(output.stdout, expected, "{}", output.stderr);
}

/// The guide's simulation of the tutorial's server, to the byte.
#[test]
fn the_guide_shows_what_the_simulation_of_the_tutorial_says() {
    let guide = include_str!("../../../docs/guide/simulation.md");
    let mut shown = 0;
    for block in guide.split("```console\n").skip(1) {
        let Some((command, output)) = block.split_once('\n') else {
            panic!("a command without output: {block}");
        };
        let output = output.split("```").next().unwrap_or_default();
        let Some(arguments) = command.strip_prefix("$ polyserve ").filter(|line| line.contains("--simulate"))
        else {
            continue;
        };
        let arguments: Vec<&str> = arguments.split_whitespace().chain(["--no-report"]).collect();
        let said = run(&arguments);
        assert_eq!(said.status, Some(0), "{command}\n{}", said.stderr);
        // The whole output, or the part of it that a page has room for.
        assert!(said.stdout.contains(output.trim_end()), "{command} says\n{}", said.stdout);
        shown += 1;
    }
    assert_eq!(shown, 5);
}

#[test]
fn what_is_measured_only_is_refused_in_a_simulation() {
    let output = run(&["compare", "--simulate", "--shape", "big-body"]);
    assert_eq!(output.status, Some(1));
    assert!(output.stderr.contains("leave --simulate out"), "{}", output.stderr);
    for flags in [["--rate", "5/s"], ["--mode", "keep-alive"], ["--path", "/block"]] {
        let output = run(&[&["compare", "--simulate"], &flags[..]].concat());
        assert_eq!(output.status, Some(2), "{flags:?}");
        assert!(output.stderr.contains("cannot be used with"), "{}", output.stderr);
    }
    let output = run(&["compare", "--backlog", "5"]);
    assert_eq!(output.status, Some(2));
    assert!(output.stderr.contains("--simulate"), "{}", output.stderr);
}

#[test]
fn every_shape_is_measured_and_says_what_it_shows() {
    for (shape, path) in
        [("wait", "/"), ("cpu", "/cpu"), ("mixed", "/mixed"), ("big-body", "/big"), ("slow-client", "/")]
    {
        let output = run(&[
            "compare",
            "--shape",
            shape,
            "--work",
            "1000",
            "--wait",
            "1ms",
            "-n",
            "40",
            "--rounds",
            "2",
            "-c",
            "2",
            "--no-ceiling",
            "--no-report",
            "--runtimes",
            "threaded,async",
            "--format",
            "json",
        ]);
        assert_eq!(output.status, Some(0), "{shape}: {}", output.stderr);
        let report: Value = serde_json::from_str(&output.stdout).unwrap();
        assert_eq!(report["path"], path);
        assert_eq!(report["shape"]["name"], shape);
        assert!(report["shape"]["shows"].as_str().is_some_and(|shows| shows.len() > 20), "{report:#}");
        for run in report["runs"].as_array().unwrap() {
            assert!(run["responses"].as_u64() >= Some(40), "{run:#}");
        }
        if cfg!(target_os = "linux") && shape == "slow-client" {
            for timeline in report["timelines"].as_array().unwrap() {
                let first =
                    timeline["requests"].as_array().unwrap().iter().find(|one| one["id"] == 1).unwrap();
                let sent = first["sent_ns"].as_u64().unwrap() - first["established_ns"].as_u64().unwrap();
                assert!(sent >= 100_000_000, "its client is slow when it is looked at, too: {first:#}");
            }
        }
    }
}
