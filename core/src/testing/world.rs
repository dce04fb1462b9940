//! All connections of one client, and the time that passes for them.

use super::{alarm::Bell, clock::VirtualClock, conversation::Conversation};
use crate::{App, time::Clock};
use std::{
    fmt,
    sync::{
        Arc,
        atomic::{Ordering::Acquire, fence},
    },
    time::{Duration, Instant},
};

/// Turns in which neither bytes move nor time passes, before some does: a handler that wakes itself again and again
/// would otherwise stop the clock.
const TURNS: u32 = 1000;
/// What passes then, in both times: another thread may be what it looks for.
const TICK: Duration = Duration::from_millis(1);
/// What a handler waits for, in real time, at the most.
const PATIENCE: Duration = Duration::from_secs(10);

pub(super) struct World {
    pub(super) app: Arc<App>,
    pub(super) clock: VirtualClock,
    pub(super) patience: Duration,
    bell: Arc<Bell>,
    conversations: Vec<Conversation>,
    /// Connections whose last answer was read to its end.
    idle: Vec<usize>,
    /// Turns since bytes moved or time passed, and ticks since there was anything to wait for.
    turns: u32,
    ticks: u32,
}

impl World {
    pub(super) fn new(app: App, clock: VirtualClock) -> World {
        World {
            app: Arc::new(app),
            clock,
            patience: PATIENCE,
            bell: Arc::default(),
            conversations: Vec::new(),
            idle: Vec::new(),
            turns: 0,
            ticks: 0,
        }
    }

    /// A new connection, by its number.
    pub(super) fn connect(&mut self) -> usize {
        let now = self.clock.now();
        self.conversations.push(Conversation::new(self.app.clone(), self.bell.clone(), now));
        self.conversations.len() - 1
    }

    /// A connection that is free for a request: a kept one, or a new one.
    #[track_caller]
    pub(super) fn connect_or_reuse(&mut self) -> usize {
        self.settle();
        while let Some(id) = self.idle.pop() {
            let kept = &self.conversations[id];
            assert!(
                !kept.wire.has_news_for_client(),
                "the server sent something that nobody asked for behind an answer: {:?}",
                String::from_utf8_lossy(&self.conversations[id].wire.receive())
            );
            if !kept.is_over() {
                return id;
            }
            self.leave(id);
        }
        self.connect()
    }

    pub(super) fn keep(&mut self, id: usize) {
        self.idle.push(id);
    }

    /// The client closes the connection.
    pub(super) fn leave(&mut self, id: usize) {
        let wire = &mut self.conversations[id].wire;
        wire.client_ended = true;
        wire.client_gone = true;
    }

    pub(super) fn connections(&self) -> usize {
        self.conversations.len()
    }

    pub(super) fn at(&mut self, id: usize) -> &mut Conversation {
        &mut self.conversations[id]
    }

    /// Every connection does what it can now; time stands. A handler that wakes itself again and again is never at
    /// rest, and is left to itself after a while.
    pub(super) fn settle(&mut self) {
        self.begin();
        while self.turns < TURNS && self.turn() {
            self.turns += 1;
        }
    }

    /// Lets `duration` pass, and everything happen that happens in it.
    pub(super) fn advance(&mut self, duration: Duration) {
        let end = self.clock.now() + duration;
        self.settle();
        while let Some(at) = self.next_instant().filter(|at| *at <= end) {
            self.clock.move_to(at);
            self.settle();
        }
        self.clock.move_to(end);
        self.settle();
    }

    /// Lets everybody go on, and time pass where nothing else can happen, until `done` is.
    #[track_caller]
    pub(super) fn until<T>(
        &mut self,
        what: &dyn fmt::Display,
        mut done: impl FnMut(&mut World) -> Option<T>,
    ) -> T {
        self.begin();
        loop {
            self.bell.silence();
            let went_on = self.turn();
            if let Some(outcome) = done(self) {
                return outcome;
            }
            if went_on {
                self.count_turn(what);
            } else {
                self.wait(what);
            }
        }
    }

    fn begin(&mut self) {
        (self.turns, self.ticks) = (0, 0);
    }

    /// A turn for everyone who can go on, in the order in which they connected. Whether there was anyone.
    fn turn(&mut self) -> bool {
        let now = self.clock.now();
        let mut went_on = false;
        for conversation in &mut self.conversations {
            if conversation.can_go_on(now) {
                if conversation.turn(now) {
                    self.turns = 0;
                }
                went_on = true;
            }
        }
        went_on
    }

    /// A handler that wakes itself all the time is not at rest. Time passes for it all the same.
    #[track_caller]
    fn count_turn(&mut self, what: &dyn fmt::Display) {
        self.turns += 1;
        if self.turns < TURNS {
            return;
        }
        (self.turns, self.ticks) = (0, self.ticks + 1);
        // Nobody rings this one.
        Bell::default().wait(TICK);
        self.clock.move_to(self.clock.now() + TICK);
        assert!(
            TICK * self.ticks < self.patience,
            "waited {:?} for {what}: a handler wakes itself again and again and never gets on",
            self.patience
        );
    }

    /// Nobody can go on. Sleeping handlers, and otherwise the timeouts in force, say when somebody can; but where a
    /// handler waits for anything else, that must come first.
    #[track_caller]
    fn wait(&mut self, what: &dyn fmt::Display) {
        self.turns = 0;
        let asleep = self.conversations.iter().any(|one| one.wake_at().is_some());
        let somebody = self.conversations.iter().any(Conversation::waits_for_somebody);
        // Whoever let go of a waker since the last turn may have used it: that is seen behind this fence.
        fence(Acquire);
        let now = self.clock.now();
        if self.conversations.iter().any(|one| one.can_go_on(now)) {
            return;
        }
        if somebody && !asleep {
            assert!(
                self.bell.wait(self.patience),
                "waited {:?} of real time for {what}: a handler waits for something that is neither time nor its \
                 request (a channel, a lock, a thread), and nobody woke it. If that is the test, say how much time \
                 passes: `start()` the request, then `client.advance(..)`",
                self.patience
            );
            return;
        }
        match self.next_instant() {
            Some(at) => self.clock.move_to(at),
            None => panic!("nothing that {what} could come from is left: every connection is closed"),
        }
    }

    fn next_instant(&self) -> Option<Instant> {
        self.conversations.iter().filter_map(Conversation::next_instant).min()
    }
}
