//! When the loop is going to look at which client by itself.

use std::{
    cmp::Reverse,
    collections::{BinaryHeap, VecDeque},
    time::Instant,
};

/// As many as there are timeouts that clients usually wait for: a head, the next request, room for an answer.
const LINES: usize = 4;

/// Places of clients by the time at which they are due. There may be tens of thousands of entries, most of them for
/// clients that have left.
///
/// Of one timeout, whoever begins to wait later is due later: a line that one joins at the end and leaves at the front has
/// them in order, and touches no others. The heap is for those that fit in no line.
#[derive(Debug, Default)]
pub(crate) struct Deadlines {
    lines: [VecDeque<(Instant, usize)>; LINES],
    others: BinaryHeap<Reverse<(Instant, usize)>>,
}

impl Deadlines {
    pub(crate) fn push(&mut self, at: Instant, place: usize) {
        let in_order =
            |line: &&mut VecDeque<(Instant, usize)>| line.back().is_none_or(|(last, _)| *last <= at);
        match self.lines.iter_mut().find(in_order) {
            Some(line) => line.push_back((at, place)),
            None => self.others.push(Reverse((at, place))),
        }
    }

    /// When the first is due.
    pub(crate) fn next(&self) -> Option<Instant> {
        let first = self.lines.iter().filter_map(VecDeque::front).map(|(at, _)| *at).min();
        let other = self.others.peek().map(|Reverse((at, _))| *at);
        first.into_iter().chain(other).min()
    }

    /// One that is due.
    pub(crate) fn pop(&mut self, now: Instant) -> Option<(Instant, usize)> {
        let in_line = self.lines.iter_mut().find_map(|line| line.pop_front_if(|(at, _)| *at <= now));
        in_line.or_else(|| {
            let Reverse((at, _)) = self.others.peek()?;
            if *at <= now { self.others.pop().map(|Reverse(entry)| entry) } else { None }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn who_is_due_is_told_whatever_the_order_of_coming() {
        let start = Instant::now();
        let at = |seconds: u64| start + Duration::from_secs(seconds);
        // More timeouts than lines, in an order that none of them keeps.
        let entries = [75, 5, 60, 5, 30, 20, 10, 76, 6, 3, 2, 1, 77, 4, 0];
        let mut deadlines = Deadlines::default();
        for (place, seconds) in entries.into_iter().enumerate() {
            deadlines.push(at(seconds), place);
        }
        for now in 0..80 {
            let mut due: Vec<_> = std::iter::from_fn(|| deadlines.pop(at(now))).collect();
            due.sort_unstable();
            let expected = entries.iter().enumerate().filter(|(_, seconds)| **seconds == now);
            assert_eq!(due, expected.map(|(place, _)| (at(now), place)).collect::<Vec<_>>(), "at {now}");
            assert_eq!(deadlines.next(), entries.into_iter().filter(|s| *s > now).min().map(at), "at {now}");
        }
    }

    #[test]
    fn clients_with_the_usual_timeouts_stand_in_line() {
        let start = Instant::now();
        let mut deadlines = Deadlines::default();
        for second in 0..100 {
            for timeout in [5, 75, 30] {
                deadlines.push(start + Duration::from_secs(second + timeout), 0);
            }
        }
        assert!(deadlines.others.is_empty());
    }
}
