//! Both sides of each request on one axis.

use super::ask::Asked;
use super::notes::What;
use super::queue::Look;
use super::record::{Recorded, Thread};
use crate::report::{Moment, Poll, QueueDepth, Timeline, TraceCost, TracedRequest};

/// Times count from the first dial. Requests stand in the order in which they were dialled, and threads in the order in
/// which they first ran a handler; those that ran none come last.
pub(super) fn join(
    contender: String,
    mut asked: Vec<Asked>,
    mut recorded: Recorded,
    looks: &[Look],
) -> Timeline {
    asked.sort_by_key(|asked| (asked.dial_ns, asked.id));
    recorded.threads.sort_by_key(|thread| {
        let first = thread.polls.first().map(|poll| poll.from_ns);
        (first.is_none(), first)
    });
    let zero = asked.first().map_or(0, |first| first.dial_ns);
    let threads = &recorded.threads;
    let (event_ns, poll_ns) = recorded.price_ns;
    let notes = |thread: &Thread| thread.polls.len() + thread.happened.len();
    let (before, during): (Vec<&Look>, Vec<&Look>) = looks.iter().partition(|look| look.at_ns < zero);
    // What the queue was when the first client dialled, and what became of it.
    let looks = before.last().map(|look| Look { at_ns: zero, ..**look });
    let looks = looks.into_iter().chain(during.into_iter().copied());
    Timeline {
        contender,
        requests: asked.iter().map(|one| request(one, &asked, threads, zero)).collect(),
        thread_names: threads.iter().map(|thread| thread.name.clone()).collect(),
        overflows: Vec::new(),
        accept_queue: looks.map(|look| QueueDepth { at_ns: look.at_ns - zero, depth: look.depth }).collect(),
        cost: (event_ns > 0).then(|| TraceCost {
            event_ns,
            poll_ns,
            notes: threads.iter().map(notes).sum::<usize>() as u64,
            lost: recorded.lost,
        }),
    }
}

fn request(asked: &Asked, all: &[Asked], threads: &[Thread], zero: u64) -> TracedRequest {
    let at = |ns: u64| ns.saturating_sub(zero);
    let mut polls: Vec<Poll> = Vec::new();
    for (number, thread) in threads.iter().enumerate() {
        let own = thread.polls.iter().filter(|slice| slice.request == asked.id);
        polls.extend(own.map(|slice| Poll {
            thread: number,
            from_ns: at(slice.from_ns),
            to_ns: at(slice.to_ns),
            cpu_ns: slice.cpu_ns,
        }));
    }
    polls.sort_by_key(|poll| poll.from_ns);
    // A port may be used again by a later request.
    let next = all.iter().filter(|other| other.port == asked.port && other.dial_ns > asked.dial_ns);
    let next = next.map(|other| other.dial_ns).min().unwrap_or(u64::MAX);
    let mut happened: Vec<(What, Moment)> = Vec::new();
    for (number, thread) in threads.iter().enumerate() {
        let own = thread.happened.iter().filter(|happened| {
            happened.port == asked.port && (asked.dial_ns..next).contains(&happened.at_ns)
        });
        happened.extend(
            own.map(|happened| (happened.what, Moment { thread: number, at_ns: at(happened.at_ns) })),
        );
    }
    happened.sort_by_key(|(_, moment)| moment.at_ns);
    let first = |wanted| happened.iter().find(|(what, _)| *what == wanted).map(|(_, moment)| *moment);
    // Before the handler has answered, it is `100 Continue` that is written.
    let answered = polls.last().map_or(0, |poll| poll.to_ns);
    let mut writes = happened
        .iter()
        .filter(|(what, moment)| *what == What::Written && moment.at_ns >= answered)
        .map(|(_, moment)| *moment);
    let first_write = writes.next();
    TracedRequest {
        id: asked.id,
        dial_ns: at(asked.dial_ns),
        established_ns: at(asked.established_ns),
        sent_ns: Some(at(asked.sent_ns)),
        accepted: first(What::Accepted),
        read: first(What::Read),
        complete: first(What::Complete),
        first_write,
        last_write: writes.next_back().or(first_write),
        first_byte_ns: at(asked.first_byte_ns),
        done_ns: at(asked.done_ns),
        closed: first(What::Closed),
        polls,
    }
}

#[cfg(test)]
mod tests {
    use super::super::record::{Happened, Slice};
    use super::*;

    fn asked(id: u32, port: u16, dial_ns: u64) -> Asked {
        Asked {
            id,
            port,
            dial_ns,
            established_ns: dial_ns + 1,
            sent_ns: dial_ns + 2,
            first_byte_ns: dial_ns + 80,
            done_ns: dial_ns + 90,
        }
    }

    fn happened(what: What, port: u16, at_ns: u64) -> Happened {
        Happened { what, port, at_ns }
    }

    #[test]
    fn both_sides_meet_by_the_port_and_the_number() {
        let main = Thread {
            name: "main".to_owned(),
            polls: Vec::new(),
            happened: vec![happened(What::Accepted, 7, 1010), happened(What::Accepted, 7, 1110)],
        };
        let worker = Thread {
            name: "worker".to_owned(),
            polls: vec![
                Slice { request: 1, from_ns: 1020, to_ns: 1030, cpu_ns: 9 },
                Slice { request: 2, from_ns: 1120, to_ns: 1130, cpu_ns: 8 },
                Slice { request: 1, from_ns: 1040, to_ns: 1050, cpu_ns: 7 },
            ],
            happened: vec![
                happened(What::Read, 7, 1015),
                happened(What::Written, 7, 1016),
                happened(What::Complete, 7, 1017),
                happened(What::Written, 7, 1060),
                happened(What::Written, 7, 1070),
                happened(What::Closed, 7, 1095),
                happened(What::Closed, 8, 1000),
            ],
        };
        let recorded = Recorded { threads: vec![main, worker], price_ns: (50, 600), lost: 0 };
        let looks = [(900, 5), (990, 0), (1050, 1)].map(|(at_ns, depth)| Look { at_ns, depth });
        // The second request has got the first one's port again.
        let timeline = join("it".to_owned(), vec![asked(2, 7, 1100), asked(1, 7, 1000)], recorded, &looks);
        assert_eq!(timeline.thread_names, ["worker", "main"]);
        let [one, two] = &timeline.requests[..] else { panic!("two requests were asked") };
        let on = |thread, at_ns| Some(Moment { thread, at_ns });
        assert_eq!((one.accepted, one.read, one.complete), (on(1, 10), on(0, 15), on(0, 17)));
        // The first write was `100 Continue`.
        assert_eq!((one.first_write, one.last_write, one.closed), (on(0, 60), on(0, 70), on(0, 95)));
        assert_eq!(one.polls.iter().map(|poll| poll.cpu_ns).collect::<Vec<_>>(), [9, 7]);
        assert_eq!(one.kernel_queue_ns(), Some(9));
        assert_eq!((two.accepted, two.read, two.closed), (on(1, 110), None, None));
        let depths: Vec<(u64, u32)> = timeline.accept_queue.iter().map(|q| (q.at_ns, q.depth)).collect();
        assert_eq!(depths, [(0, 0), (50, 1)]);
        let cost = TraceCost { event_ns: 50, poll_ns: 600, notes: 12, lost: 0 };
        assert_eq!(timeline.cost, Some(cost));
    }
}
