//! The timelines in the Trace Event Format, which Perfetto and Chrome's tracing page open.

use std::io;

use serde_json::{Value, json};

use super::timeline::State;
use super::{Report, Timeline};

/// A process for each contender; in it a lane for each thread, one for each request, and the accept queue over time. Times
/// are microseconds, as the format has them.
///
/// # Errors
///
/// None for a report made by [`run`](crate::run); the signature leaves room for fields that can fail.
pub fn chrome_trace(report: &Report) -> io::Result<String> {
    let events: Vec<Value> = report
        .timelines
        .iter()
        .enumerate()
        .flat_map(|(at, timeline)| events(at + 1, timeline, report.simulated.is_some()))
        .collect();
    let mut text = serde_json::to_string(&json!({ "displayTimeUnit": "ms", "traceEvents": events }))?;
    text.push('\n');
    Ok(text)
}

fn events(process: usize, timeline: &Timeline, simulated: bool) -> Vec<Value> {
    let mark = if simulated { " (simulated)" } else { "" };
    let mut events = vec![named("process_name", process, 0, &format!("{}{mark}", timeline.contender))];
    for thread in 0..timeline.threads().max(timeline.thread_names.len()) {
        let number = thread + 1;
        let name = match timeline.thread_names.get(thread).filter(|name| !name.is_empty()) {
            Some(name) => format!("thread {number}: {name}"),
            None => format!("thread {number}"),
        };
        events.push(named("thread_name", process, number, &name));
    }
    for request in &timeline.requests {
        let lane = format!("request {}", request.id);
        for span in timeline.spans(request) {
            let name = match span.state {
                State::Queued => "queued",
                State::Running => "on a processor",
                State::Holding => "waits, holding its thread",
                State::Parked => "waits, its thread is free",
                State::Answered => "answered",
            };
            let (from, to) = (micros(span.from_ns), micros(span.to_ns));
            // Slices of a thread nest; what requests do beside each other is asynchronous, paired by id.
            if let Some(thread) = span.thread {
                events.push(json!({
                    "ph": "X", "name": format!("r{}: {name}", request.id), "cat": "thread", "pid": process,
                    "tid": thread + 1, "ts": from, "dur": to - from
                }));
            }
            for (phase, at) in [("b", from), ("e", to)] {
                events.push(json!({
                    "ph": phase, "name": name, "cat": lane, "id": request.id, "pid": process, "tid": 0, "ts": at
                }));
            }
        }
    }
    for request in &timeline.requests {
        let moments = [
            ("accepted", request.accepted),
            ("first byte read", request.read),
            ("request complete", request.complete),
            ("first byte written", request.first_write),
            ("last byte written", request.last_write),
            ("closed", request.closed),
        ];
        for (name, moment) in moments.iter().filter_map(|(name, moment)| Some((name, (*moment)?))) {
            events.push(json!({
                "ph": "i", "s": "t", "name": format!("r{}: {name}", request.id), "cat": "connection", "pid": process,
                "tid": moment.thread + 1, "ts": micros(moment.at_ns)
            }));
        }
    }
    for queue in &timeline.accept_queue {
        events.push(json!({
            "ph": "C", "name": "accept queue", "pid": process, "ts": micros(queue.at_ns),
            "args": { "connections": queue.depth }
        }));
    }
    events
}

fn named(what: &str, process: usize, thread: usize, name: &str) -> Value {
    json!({ "ph": "M", "name": what, "pid": process, "tid": thread, "args": { "name": name } })
}

fn micros(ns: u64) -> f64 {
    ns as f64 / 1e3
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slices_of_a_thread_do_not_overlap_and_requests_end_as_often_as_they_begin() {
        let text = chrome_trace(&crate::report::tests::report()).unwrap();
        let trace: Value = serde_json::from_str(&text).unwrap();
        let events = trace["traceEvents"].as_array().unwrap();
        let of = |phase: &str| events.iter().filter(|event| event["ph"] == phase).collect::<Vec<_>>();
        for process in [1, 2] {
            let mut slices: Vec<(f64, f64)> = of("X")
                .into_iter()
                .filter(|event| event["pid"] == process)
                .map(|event| (event["ts"].as_f64().unwrap(), event["dur"].as_f64().unwrap()))
                .collect();
            slices.sort_by(|a, b| a.0.total_cmp(&b.0));
            assert!(slices.len() >= 4, "{text}");
            assert!(slices.windows(2).all(|pair| pair[0].0 + pair[0].1 <= pair[1].0 + 1e-6), "{slices:?}");
        }
        assert_eq!(of("b").len(), of("e").len());
        assert!(of("b").len() > of("X").len());
        assert_eq!((of("i").len(), of("C").len()), (12, 4), "one contender has told of its connections");
    }
}
