//! The events of a run, one after the other, on a clock that jumps from one to the next.
//!
//! ```text
//!           ┌─────── queue full: back-off ──────┐
//!           ▼                                   │
//!   Dial ─▶ connect ─▶ accept queue ─▶ a thread accepts ─▶ handler: CPU ─▶ sleep ─▶ answered ─▶ Dial
//!                                      when, is the model               on the thread, or with a timer
//! ```
//!
//! At one instant the server comes first, then clients that ask again, and last whoever was turned away. So a place in the
//! accept queue that comes free with an answer is there for the client that was answered, as on a machine where the
//! server's next accept is quicker than the client's next connect ([`Scenario::accept`] and [`Scenario::redial`] change
//! that).

use std::collections::{BTreeSet, VecDeque};

use super::agenda::{Agenda, Event};
use super::listener::{Listener, back_off};
use super::model::{Model, Threads};
use super::served::{Outcome, Served};
use super::{Scenario, nanos};
use crate::report::{Moment, Poll};

/// How far the server has come with a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// Nobody has accepted it, or its client is still sending.
    Arriving {
        sent: bool,
        thread: Option<usize>,
        accepted: bool,
    },
    /// Its handler is on a core, or waits for one, since then.
    Computing {
        from_ns: u64,
    },
    Sleeping,
}

/// How often a slow client asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Slow {
    /// As often as it can, as everybody.
    Always,
    /// Once, while the others ask for all that is left, so that a short run shows whether it held them up. Where all are
    /// slow, as often as they can.
    Once,
}

pub(super) fn run(
    scenario: &Scenario,
    model: Model,
    (clients, requests): (usize, usize),
    slow: Slow,
) -> Outcome {
    let mut engine = Engine {
        model,
        cpu: nanos(scenario.cpu),
        wait: nanos(scenario.wait),
        send: nanos(scenario.send),
        slow_one_in: scenario.slow_one_in.get(),
        slow_again: slow == Slow::Always || clients == 1 || scenario.slow_one_in.get() == 1,
        accept: nanos(scenario.accept),
        redial: nanos(scenario.redial),
        retransmit: nanos(scenario.retransmit),
        most: requests,
        agenda: Agenda::default(),
        served: Vec::with_capacity(requests),
        stages: Vec::with_capacity(requests),
        listener: Listener::new(scenario.backlog),
        ready: VecDeque::new(),
        idle: BTreeSet::new(),
        alive: 0,
        most_alive: 0,
        free_cores: scenario.cores.get(),
        runnable: VecDeque::new(),
    };
    match model {
        Model::Threads(Threads::PerConnection) => {}
        Model::Threads(Threads::Fixed(n)) | Model::Loops { threads: n, .. } => {
            engine.idle = (0..n.get()).collect();
            engine.most_alive = n.get();
        }
    }
    (0..clients).for_each(|client| engine.agenda.after(0, Event::Dial { client }));
    while let Some(event) = engine.agenda.next() {
        engine.happen(event);
    }
    Outcome {
        requests: engine.served,
        depths: engine.listener.depths,
        overflows: engine.listener.overflows,
        threads: u32::try_from(engine.most_alive).unwrap_or(u32::MAX),
    }
}

struct Engine {
    model: Model,
    cpu: u64,
    wait: u64,
    send: u64,
    slow_one_in: usize,
    /// Whether a slow client asks again.
    slow_again: bool,
    accept: u64,
    redial: u64,
    retransmit: u64,
    /// Requests in all.
    most: usize,
    agenda: Agenda,
    served: Vec<Served>,
    stages: Vec<Stage>,
    listener: Listener,
    /// Requests that a loop may go on with.
    ready: VecDeque<usize>,
    /// Threads without work; the first takes what comes.
    idle: BTreeSet<usize>,
    alive: usize,
    most_alive: usize,
    free_cores: usize,
    /// Handlers that have a thread and no core.
    runnable: VecDeque<(usize, usize)>,
}

impl Engine {
    fn happen(&mut self, event: Event) {
        match event {
            Event::Dial { client } => self.dial(client),
            Event::Retry { request } => self.connect(request),
            Event::Sent { request } => self.sent(request),
            Event::Free { thread } => {
                self.idle.insert(thread);
                self.look();
            }
            Event::Computed { request, thread } => self.computed(request, thread),
            Event::Slept { request, thread } => self.slept(request, thread),
        }
    }

    fn dial(&mut self, client: usize) {
        if self.served.len() == self.most {
            return;
        }
        self.served.push(Served {
            client,
            dial_ns: self.agenda.now(),
            established_ns: 0,
            accepted: None,
            complete: None,
            done_ns: 0,
            turned_away: 0,
            polls: Vec::with_capacity(2),
        });
        self.stages.push(Stage::Arriving { sent: false, thread: None, accepted: false });
        self.connect(self.served.len() - 1);
    }

    fn connect(&mut self, request: usize) {
        if !self.listener.connect(request, self.agenda.now()) {
            let served = &mut self.served[request];
            served.turned_away += 1;
            let wait = back_off(self.retransmit, served.turned_away);
            return self.agenda.after(wait, Event::Retry { request });
        }
        self.served[request].established_ns = self.agenda.now();
        if self.is_slow(self.served[request].client) {
            self.agenda.after(self.send, Event::Sent { request });
        } else if let Stage::Arriving { sent, .. } = &mut self.stages[request] {
            *sent = true;
        }
        self.look();
    }

    fn is_slow(&self, client: usize) -> bool {
        self.send > 0 && client.is_multiple_of(self.slow_one_in)
    }

    fn sent(&mut self, request: usize) {
        let Stage::Arriving { sent, thread, accepted } = &mut self.stages[request] else {
            return;
        };
        *sent = true;
        match (*thread, *accepted) {
            (Some(thread), _) => self.compute(request, thread),
            (None, true) => {
                self.ready.push_back(request);
                self.look();
            }
            (None, false) => {}
        }
    }

    /// Whoever has nothing to do takes what there is.
    fn look(&mut self) {
        match self.model {
            Model::Threads(Threads::PerConnection) => {
                while let Some(request) = self.listener.accept(self.agenda.now()) {
                    let thread = request;
                    self.alive += 1;
                    self.most_alive = self.most_alive.max(self.alive);
                    // Who accepts runs no handler, and so comes behind all who do.
                    self.take(request, Some(thread), self.most);
                }
            }
            Model::Threads(Threads::Fixed(_)) => {
                while let Some(thread) = self.idle.first().copied()
                    && let Some(request) = self.listener.accept(self.agenda.now())
                {
                    self.idle.remove(&thread);
                    self.take(request, Some(thread), thread);
                }
            }
            Model::Loops { .. } => {
                while let Some(thread) = self.idle.first().copied() {
                    // A loop looks at its sockets again when it is through with what they were ready for.
                    if self.ready.is_empty() {
                        while let Some(request) = self.listener.accept(self.agenda.now()) {
                            self.take(request, None, thread);
                        }
                    }
                    let Some(request) = self.ready.pop_front() else {
                        break;
                    };
                    self.idle.remove(&thread);
                    match self.stages[request] {
                        Stage::Sleeping => self.answer(request, thread),
                        _ => self.compute(request, thread),
                    }
                }
            }
        }
    }

    /// Somebody has accepted, for a thread of its own or for the loops.
    fn take(&mut self, request: usize, thread: Option<usize>, acceptor: usize) {
        self.served[request].accepted = Some(self.moment(acceptor));
        let Stage::Arriving { sent, .. } = self.stages[request] else {
            return;
        };
        self.stages[request] = Stage::Arriving { sent, thread, accepted: true };
        match thread {
            _ if !sent => {}
            Some(thread) => self.compute(request, thread),
            None => self.ready.push_back(request),
        }
    }

    fn moment(&self, thread: usize) -> Moment {
        Moment { thread, at_ns: self.agenda.now() }
    }

    fn compute(&mut self, request: usize, thread: usize) {
        if self.is_slow(self.served[request].client) {
            self.served[request].complete = Some(self.moment(thread));
        }
        if self.cpu == 0 {
            self.stages[request] = Stage::Computing { from_ns: self.agenda.now() };
            return self.wait_or_answer(request, thread);
        }
        self.runnable.push_back((request, thread));
        self.occupy_cores();
    }

    /// A handler keeps its core until it waits or answers. A real kernel takes turns, after a few milliseconds: with that,
    /// as many requests are served, and each takes as long on average.
    fn occupy_cores(&mut self) {
        while self.free_cores > 0
            && let Some((request, thread)) = self.runnable.pop_front()
        {
            self.free_cores -= 1;
            self.stages[request] = Stage::Computing { from_ns: self.agenda.now() };
            self.agenda.after(self.cpu, Event::Computed { request, thread });
        }
    }

    fn computed(&mut self, request: usize, thread: usize) {
        self.free_cores += 1;
        self.wait_or_answer(request, thread);
        self.occupy_cores();
    }

    fn wait_or_answer(&mut self, request: usize, thread: usize) {
        if let Stage::Computing { from_ns } = self.stages[request] {
            self.served[request].polls.push(Poll {
                thread,
                from_ns,
                to_ns: self.agenda.now(),
                cpu_ns: self.cpu,
            });
        }
        if self.wait == 0 {
            return self.finish(request, thread);
        }
        self.stages[request] = Stage::Sleeping;
        self.agenda.after(self.wait, Event::Slept { request, thread });
        if !self.model.sleeps_on_its_thread() {
            self.agenda.after(0, Event::Free { thread });
        }
    }

    fn slept(&mut self, request: usize, thread: usize) {
        if self.model.sleeps_on_its_thread() {
            return self.answer(request, thread);
        }
        self.ready.push_back(request);
        self.look();
    }

    /// The handler's last poll, after its sleep.
    fn answer(&mut self, request: usize, thread: usize) {
        let poll = Poll { thread, from_ns: self.agenda.now(), to_ns: self.agenda.now(), cpu_ns: 0 };
        self.served[request].polls.push(poll);
        self.finish(request, thread);
    }

    fn finish(&mut self, request: usize, thread: usize) {
        let served = &mut self.served[request];
        served.done_ns = self.agenda.now();
        let client = served.client;
        match self.model {
            Model::Threads(Threads::PerConnection) => self.alive -= 1,
            Model::Threads(Threads::Fixed(_)) | Model::Loops { .. } => {
                self.agenda.after(self.accept, Event::Free { thread });
            }
        }
        if self.slow_again || !self.is_slow(client) {
            self.agenda.after(self.redial, Event::Dial { client });
        }
    }
}
