//! The model against the laws that it has to obey, and its pictures to the byte.

use std::num::NonZeroUsize;

use proptest::prelude::*;

use super::served::{Outcome, Served};
use super::*;
use crate::report;

const MS: u64 = 1_000_000;
const W: u64 = 100 * MS;

fn at_most(n: usize) -> NonZeroUsize {
    NonZeroUsize::new(n).unwrap()
}

const LOOP: Model = Model::Loops { threads: NonZeroUsize::MIN, sleeper: Sleeper::Loop };
const TIMER: Model = Model::Loops { threads: NonZeroUsize::MIN, sleeper: Sleeper::Timer };
const PER_CONNECTION: Model = Model::Threads(Threads::PerConnection);

fn pool(threads: usize) -> Model {
    Model::Threads(Threads::Fixed(at_most(threads)))
}

fn loops(threads: usize) -> Model {
    Model::Loops { threads: at_most(threads), sleeper: Sleeper::Timer }
}

fn run(scenario: &Scenario, model: Model, clients: usize, requests: usize) -> Outcome {
    engine::run(scenario, model, (clients, requests), Slow::Always)
}

fn scenario() -> Scenario {
    let named = [
        ("one thread", Model::ONE_THREAD),
        ("threads", PER_CONNECTION),
        ("pool of 4", pool(4)),
        ("loop", LOOP),
        ("loop with timer", TIMER),
    ];
    Scenario::new(named.map(|(name, model)| (name.to_owned(), model)).into())
}

fn latencies(outcome: &Outcome) -> Vec<u64> {
    outcome.requests.iter().map(|served| served.done_ns - served.dial_ns).collect()
}

#[test]
fn what_a_wait_holds_decides_how_many_are_served_at_once() {
    let scenario = scenario();
    for (model, at_once) in
        [(Model::ONE_THREAD, 1), (LOOP, 1), (pool(4), 4), (PER_CONNECTION, 10), (TIMER, 10), (loops(2), 10)]
    {
        let outcome = run(&scenario, model, 10, 100);
        assert_eq!(outcome.length_ns(), 100 * W / at_once.min(100), "{model}");
        // When all clients have had their first answer, everyone waits for c / at_once turns.
        let settled = &latencies(&outcome)[10..80];
        let turns = 10_u64.div_ceil(at_once);
        assert!(settled.iter().all(|ns| ns.abs_diff(turns * W) <= W), "{model}: {settled:?}");
        if at_once == 1 || at_once == 10 {
            assert!(settled.iter().all(|ns| *ns == 10 / at_once * W), "{model}: {settled:?}");
        }
    }
}

#[test]
fn a_processor_is_shared_whatever_waits_hold() {
    let mut scenario = Scenario { wait: Duration::ZERO, cpu: Duration::from_millis(10), ..scenario() };
    for model in [Model::ONE_THREAD, LOOP, TIMER, pool(4), PER_CONNECTION, loops(2)] {
        assert_eq!(run(&scenario, model, 10, 100).length_ns(), 1000 * MS, "{model} on one core");
    }
    scenario.cores = at_most(2);
    for (model, length) in
        [(Model::ONE_THREAD, 1000), (LOOP, 1000), (TIMER, 1000), (PER_CONNECTION, 500), (loops(2), 500)]
    {
        assert_eq!(run(&scenario, model, 10, 100).length_ns(), length * MS, "{model} on two cores");
    }
}

#[test]
fn a_client_that_sends_slowly_holds_a_thread_and_no_loop() {
    let scenario = Scenario {
        wait: Duration::ZERO,
        cpu: Duration::from_millis(1),
        send: Duration::from_millis(99),
        ..scenario()
    };
    assert_eq!(run(&scenario, LOOP, 10, 10).length_ns(), 109 * MS);
    // Who waits in the accept queue sends meanwhile: the thread waits for the first client only.
    assert_eq!(run(&scenario, Model::ONE_THREAD, 10, 10).length_ns(), 109 * MS);
    // If only the first of ten is slow, the nine others wait for it behind one thread, and nowhere else.
    let one_in = Scenario { slow_one_in: at_most(10), ..scenario };
    let [thread, looped] = [Model::ONE_THREAD, LOOP].map(|model| run(&one_in, model, 10, 1000).length_ns());
    assert!(thread > 9 * looped, "{thread} {looped}");
}

#[test]
fn a_queue_of_five_lets_seven_in_and_turns_three_away_for_as_long_as_the_seven_come_back() {
    let scenario = Scenario { backlog: 5, ..scenario() };
    let outcome = run(&scenario, Model::ONE_THREAD, 10, 1000);
    let (stuck, through): (Vec<&Served>, Vec<&Served>) =
        outcome.requests.iter().partition(|served| served.turned_away > 0);
    assert_eq!((stuck.len(), through.len()), (3, 997));
    // Attempts after 1, 3, 7, 15, 31 and 63 s find it full, and 99.7 s are enough for all others.
    for (at, served) in stuck.iter().enumerate() {
        assert_eq!((served.dial_ns, served.turned_away), (0, 7));
        assert_eq!(served.done_ns, 127_000 * MS + (at as u64 + 1) * W);
    }
    assert!(through[7..].iter().all(|served| served.done_ns - served.dial_ns == 7 * W));
    assert_eq!(outcome.overflows.len(), 3 * 7);
    assert_eq!(outcome.depths.iter().map(|(_, depth)| *depth).max(), Some(6));
    // Who accepts everybody at once needs no queue.
    assert!(run(&scenario, PER_CONNECTION, 10, 1000).overflows.is_empty());
}

#[test]
fn a_client_that_is_quicker_than_the_next_accept_loses_its_place_to_one_that_was_turned_away() {
    let scenario = Scenario { backlog: 5, accept: Duration::from_micros(200), ..scenario() };
    let outcome = run(&scenario, Model::ONE_THREAD, 10, 1000);
    let stuck = outcome.requests.iter().filter(|served| served.turned_away > 0).count();
    assert!(stuck > 100, "{stuck}");
    // Nobody waits for long.
    assert!(
        latencies(&outcome).into_iter().max() < Some(20_000 * MS),
        "{:?}",
        latencies(&outcome).iter().max()
    );
}

fn model() -> impl Strategy<Value = Model> {
    prop_oneof![Just(PER_CONNECTION), (1_usize..5).prop_map(pool), Just(LOOP), (1_usize..4).prop_map(loops),]
}

prop_compose! {
    fn any_scenario()(
        (wait, cpu, send) in (0_u64..5, 0_u64..5, 0_u64..3).prop_filter("takes time", |(wait, cpu, _)| wait + cpu > 0),
        backlog in 0_u32..12,
        retransmit in 1_u64..30,
        accept in 0_u64..2,
        redial in 0_u64..2,
        cores in 1_usize..4,
    ) -> Scenario {
        Scenario {
            wait: Duration::from_millis(wait),
            cpu: Duration::from_millis(cpu),
            send: Duration::from_millis(send),
            backlog,
            retransmit: Duration::from_millis(retransmit),
            accept: Duration::from_millis(accept),
            redial: Duration::from_millis(redial),
            cores: at_most(cores),
            ..scenario()
        }
    }
}

proptest! {
    #[test]
    fn no_request_is_lost_and_each_gets_what_it_needs(
        scenario in any_scenario(), model in model(), clients in 1_usize..12, requests in 1_usize..60,
    ) {
        let outcome = run(&scenario, model, clients, requests);
        prop_assert_eq!(outcome.requests.len(), requests);
        for served in &outcome.requests {
            let (first, last) = (served.polls.first().unwrap(), served.polls.last().unwrap());
            prop_assert!(served.dial_ns <= served.established_ns);
            prop_assert!(served.established_ns + nanos(scenario.send) <= first.from_ns);
            prop_assert!(first.from_ns + nanos(scenario.cpu + scenario.wait) <= served.done_ns);
            prop_assert_eq!(last.to_ns, served.done_ns);
            let cpu: u64 = served.polls.iter().map(|poll| poll.cpu_ns).sum();
            prop_assert_eq!(cpu, nanos(scenario.cpu));
            prop_assert_eq!(served.established_ns > served.dial_ns, served.turned_away > 0);
        }
        prop_assert_eq!(outcome.depths.last().map(|(_, depth)| *depth), Some(0));
    }

    /// The mean number of requests in the system is their rate times their mean time, here without a remainder.
    #[test]
    fn littles_law_holds_to_the_nanosecond(
        scenario in any_scenario(), model in model(), clients in 1_usize..12, requests in 1_usize..60,
    ) {
        let outcome = run(&scenario, model, clients, requests);
        let mut changes: Vec<(u64, i64)> =
            outcome.requests.iter().flat_map(|served| [(served.dial_ns, 1), (served.done_ns, -1)]).collect();
        changes.sort_unstable();
        let (mut inside, mut since, mut area) = (0, 0, 0);
        for (at, change) in changes {
            area += inside * i64::try_from(at - since).unwrap();
            (inside, since) = (inside + change, at);
            prop_assert!(inside <= i64::try_from(clients).unwrap());
        }
        let sum: u64 = latencies(&outcome).iter().sum();
        prop_assert_eq!(u64::try_from(area).unwrap(), sum);
    }

    #[test]
    fn cores_and_threads_do_one_thing_at_a_time(
        scenario in any_scenario(), model in model(), clients in 1_usize..12, requests in 1_usize..60,
    ) {
        let outcome = run(&scenario, model, clients, requests);
        let polls = || outcome.requests.iter().flat_map(|served| &served.polls).filter(|poll| poll.cpu_ns > 0);
        for poll in polls() {
            let at_once: Vec<_> =
                polls().filter(|other| other.from_ns <= poll.from_ns && poll.from_ns < other.to_ns).collect();
            prop_assert!(at_once.len() <= scenario.cores.get());
            let of_its_thread = at_once.iter().filter(|other| other.thread == poll.thread).count();
            prop_assert_eq!(of_its_thread, 1);
        }
        if model.sleeps_on_its_thread() {
            // From its first poll to its answer a request has its thread to itself.
            for (at, served) in outcome.requests.iter().enumerate() {
                let span = |served: &Served| (served.polls[0].thread, served.polls[0].from_ns, served.done_ns);
                let (thread, from, to) = span(served);
                let others = outcome.requests[at + 1..].iter().map(span);
                let overlaps = others.filter(|other| other.0 == thread && other.1 < to && from < other.2).count();
                prop_assert_eq!(overlaps, 0);
            }
        }
    }

    /// While somebody is there to be served, nobody who could serve is idle: the run is as short as work and threads allow.
    #[test]
    fn work_is_conserved(clients in 1_usize..12, requests in 1_usize..60, wait in 1_u64..5, cpu in 0_u64..5) {
        let scenario =
            Scenario { wait: Duration::from_millis(wait), cpu: Duration::from_millis(cpu), ..scenario() };
        let each = (wait + cpu) * MS;
        for model in [Model::ONE_THREAD, LOOP] {
            prop_assert_eq!(run(&scenario, model, clients, requests).length_ns(), requests as u64 * each);
        }
        let work = requests as u64 * cpu * MS;
        for model in [PER_CONNECTION, TIMER, pool(3)] {
            let length = run(&scenario, model, clients, requests).length_ns();
            prop_assert!(length >= work && length >= each && length <= requests as u64 * each);
        }
        let idle = Scenario { wait: Duration::ZERO, cpu: Duration::from_millis(cpu + 1), ..scenario };
        for model in [Model::ONE_THREAD, LOOP, TIMER, pool(3), PER_CONNECTION] {
            let length = run(&idle, model, clients, requests).length_ns();
            prop_assert_eq!(length, requests as u64 * (cpu + 1) * MS);
        }
    }

    #[test]
    fn who_comes_first_is_served_first(
        model in model(), clients in 1_usize..12, requests in 1_usize..60, wait in 0_u64..5, cpu in 1_u64..5,
    ) {
        let scenario =
            Scenario { wait: Duration::from_millis(wait), cpu: Duration::from_millis(cpu), ..scenario() };
        let outcome = run(&scenario, model, clients, requests);
        prop_assert!(outcome.requests.is_sorted_by_key(|served| served.polls[0].from_ns));
    }

    #[test]
    fn the_same_scenario_happens_the_same_way(scenario in any_scenario(), model in model(), clients in 1_usize..12) {
        prop_assert_eq!(run(&scenario, model, clients, 50), run(&scenario, model, clients, 50));
    }
}

#[test]
fn what_cannot_be_simulated_is_refused_with_the_reason() {
    type Change = fn(&mut Scenario);
    let cases: [(Change, &str); 7] = [
        (|scenario| scenario.contenders.clear(), "nothing to simulate"),
        (|scenario| scenario.contenders[1].0 = "one thread".to_owned(), "simulated twice"),
        (|scenario| scenario.connections = vec![3, 0], "0 connections"),
        (|scenario| scenario.requests = 2_000_000, "from 1 to 1000000 requests"),
        (|scenario| scenario.wait = Duration::ZERO, "nothing takes time"),
        (|scenario| scenario.retransmit = Duration::ZERO, "never stop trying"),
        (|scenario| scenario.wait = Duration::from_secs(86_400 * 365), "a hundred years"),
    ];
    for (change, reason) in cases {
        let mut scenario = scenario();
        change(&mut scenario);
        let error = simulate(&scenario).unwrap_err().to_string();
        assert!(error.contains(reason), "{error}");
    }
}

#[test]
fn every_view_has_the_same_bytes_every_time() {
    let drawn = Scenario {
        connections: vec![10],
        requests: 12,
        backlog: 5,
        cpu: Duration::from_millis(1),
        command: ["polyserve", "compare", "--simulate", "-n", "12", "--backlog", "5"]
            .map(str::to_owned)
            .into(),
        ..scenario()
    };
    let report = simulate(&drawn).unwrap();
    report::tests::assert_is("simulated.txt", &report::text(&report, 100));
    report::tests::assert_is("simulated.timeline.txt", &report::timeline(&report).unwrap());
    report::tests::assert_is("simulated.trace.json", &report::chrome_trace(&report).unwrap());
    assert_eq!(report::html(&report).unwrap(), report::html(&simulate(&drawn).unwrap()).unwrap());
    assert_eq!(report::json(&report).unwrap(), report::json(&simulate(&drawn).unwrap()).unwrap());
}

#[test]
fn a_picture_tells_whom_a_slow_client_held_up() {
    let mut scenario = scenario();
    (scenario.wait, scenario.cpu) = (Duration::ZERO, Duration::from_millis(1));
    (scenario.send, scenario.slow_one_in) = (Duration::from_millis(100), at_most(10));
    let report = simulate(&scenario).unwrap();
    for (timeline, held) in report.timelines.iter().zip([true, false, false, false, false]) {
        let [slow, next] = [&timeline.requests[0], &timeline.requests[1]];
        let until = |moment: Option<report::Moment>| moment.unwrap().at_ns;
        assert!(until(slow.complete) >= 100 * MS, "{timeline:?}");
        assert_eq!(next.complete, None, "who sends at once is not read for a while");
        // A pool has a thread for each of the three clients.
        assert_eq!(next.kernel_queue_ns().unwrap() >= 100 * MS, held, "{timeline:?}");
        assert!(until(slow.last_write) == slow.done_ns && slow.closed == slow.last_write);
        let last = timeline.accept_queue.last().unwrap();
        assert_eq!((last.at_ns, last.depth), (timeline.requests.iter().map(|r| r.done_ns).max().unwrap(), 0));
        // A slow client asks once, so that the others are there whom it could hold up.
        assert_eq!(timeline.requests.iter().filter(|request| request.complete.is_some()).count(), 1);
    }
    let accepting = report.timelines[1].thread_names.last().map(String::as_str);
    assert_eq!(accepting, Some("accept"), "of a server with a thread for each connection");
}

#[test]
fn a_full_queue_is_seen_where_it_was_full() {
    let mut scenario = scenario();
    (scenario.backlog, scenario.requests) = (5, 12);
    scenario.contenders.truncate(1);
    let report = simulate(&scenario).unwrap();
    let timeline = &report.timelines[0];
    assert_eq!(timeline.overflows, [0, 0, 0], "ten clients, one of whom is served and six are queued");
    let seen: Vec<u64> = report.runs[0].rounds[0].samples.iter().map(|sample| sample.overflows).collect();
    assert_eq!((seen[0], seen.iter().sum()), (3, 3_u64), "{seen:?}");
    let ticks = |report: &Report| report::html(report).unwrap().matches("class=\"dropped\"").count();
    // On the kernel's lane and in the legend; in the drawing of the queue.
    assert_eq!(ticks(&report), 1 + 1 + 1);
    scenario.backlog = 9;
    assert_eq!(ticks(&simulate(&scenario).unwrap()), 0);
}
