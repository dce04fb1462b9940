//! What is to happen, and when: the virtual clock.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Event {
    /// A handler has had its time on a core.
    Computed { request: usize, thread: usize },
    /// A handler has slept enough.
    Slept { request: usize, thread: usize },
    /// A thread looks for something to do.
    Free { thread: usize },
    /// A client has sent the last byte of its request.
    Sent { request: usize },
    /// A client begins its next request.
    Dial { client: usize },
    /// A client that was turned away tries again.
    Retry { request: usize },
}

impl Event {
    /// Who comes first at one instant.
    fn class(self) -> u8 {
        match self {
            Self::Computed { .. } | Self::Slept { .. } | Self::Free { .. } => 0,
            Self::Sent { .. } | Self::Dial { .. } => 1,
            Self::Retry { .. } => 2,
        }
    }
}

/// Events to come. The clock stands at the last one that was taken.
#[derive(Debug, Default)]
pub(super) struct Agenda {
    now: u64,
    /// Counts events: of two in one instant and of one class, the one noted first happens first.
    number: u64,
    events: BinaryHeap<Reverse<(u64, u8, u64, Event)>>,
}

impl Agenda {
    pub(super) fn now(&self) -> u64 {
        self.now
    }

    /// Notes an event that is that far away.
    pub(super) fn after(&mut self, delay: u64, event: Event) {
        self.number += 1;
        let at = self.now.saturating_add(delay);
        self.events.push(Reverse((at, event.class(), self.number, event)));
    }

    /// Puts the clock to the next event, if there is one.
    pub(super) fn next(&mut self) -> Option<Event> {
        let Reverse((at, _, _, event)) = self.events.pop()?;
        self.now = at;
        Some(event)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_instant_has_an_order_and_the_clock_never_goes_back() {
        let mut agenda = Agenda::default();
        let dial = |client| Event::Dial { client };
        for (delay, event) in [
            (5, Event::Retry { request: 0 }),
            (5, dial(1)),
            (5, dial(0)),
            (5, Event::Free { thread: 0 }),
            (3, dial(2)),
        ] {
            agenda.after(delay, event);
        }
        let mut happened = Vec::new();
        while let Some(event) = agenda.next() {
            happened.push((agenda.now(), event));
        }
        let free = Event::Free { thread: 0 };
        assert_eq!(
            happened,
            [(3, dial(2)), (5, free), (5, dial(1)), (5, dial(0)), (5, Event::Retry { request: 0 })]
        );
    }
}
