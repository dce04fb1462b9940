//! Who is to be looked at when.

use std::{
    collections::{BTreeMap, VecDeque},
    time::Instant,
};

/// As many as there are timeouts that clients usually wait for: a head, the next request, room for an answer.
const LINES: usize = 4;

/// Entries by the time at which they are due. There may be tens of thousands of them.
///
/// Of one timeout, whoever begins to wait later is due later: a line that one joins at the end and leaves at the front has
/// them in order, and touches no others. The tree is for those that fit in no line.
#[derive(Debug)]
pub struct Deadlines<T> {
    lines: [VecDeque<(Instant, T)>; LINES],
    /// The number keeps equal deadlines apart.
    others: BTreeMap<(Instant, u64), T>,
    next: u64,
}

impl<T> Default for Deadlines<T> {
    fn default() -> Deadlines<T> {
        Deadlines { lines: Default::default(), others: BTreeMap::new(), next: 0 }
    }
}

impl<T> Deadlines<T> {
    /// Has `entry` come out once `at` has come.
    pub fn push(&mut self, at: Instant, entry: T) {
        let in_order = |line: &&mut VecDeque<(Instant, T)>| line.back().is_none_or(|(last, _)| *last <= at);
        match self.lines.iter_mut().find(in_order) {
            Some(line) => line.push_back((at, entry)),
            None => {
                self.others.insert((at, self.next), entry);
                self.next += 1;
            }
        }
    }

    /// When the first is due.
    #[must_use]
    pub fn next(&self) -> Option<Instant> {
        let first = self.lines.iter().filter_map(VecDeque::front).map(|(at, _)| *at).min();
        let other = self.others.keys().next().map(|(at, _)| *at);
        first.into_iter().chain(other).min()
    }

    /// One that is due, and since when.
    pub fn pop(&mut self, now: Instant) -> Option<(Instant, T)> {
        let in_line = self.lines.iter_mut().find_map(|line| line.pop_front_if(|(at, _)| *at <= now));
        in_line.or_else(|| {
            let entry = self.others.first_entry().filter(|entry| entry.key().0 <= now)?;
            let ((at, _), entry) = entry.remove_entry();
            Some((at, entry))
        })
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.lines.iter().map(VecDeque::len).sum::<usize>() + self.others.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
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
            assert_eq!(deadlines.len(), entries.iter().filter(|seconds| **seconds >= now).count());
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
