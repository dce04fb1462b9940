//! What it costs to take a note, tried out in the process that is going to take them.

use polyserve_core::observer::Event;
use std::hint::black_box;

use super::clock;
use super::notes::Notes;
use super::record::Begun;

/// Notes timed together: many looks at the clock long, and fewer than a thread's pad holds.
const BATCH: u64 = 500;
/// The median of so many batches is what a note costs; a batch that was interrupted is not.
const BATCHES: usize = 9;

/// Nanoseconds for noting an event, and for noting a poll. `None` where there is no clock.
pub(super) fn of_a_note() -> Option<(u64, u64)> {
    let event = |notes: &Notes| super::record::note_event(notes, black_box(4711), Event::Read);
    let poll = |notes: &Notes| {
        if let Some(begun) = Begun::now() {
            begun.note(black_box(7), notes);
        }
    };
    Some((median(event)?, median(poll)?))
}

fn median(take: impl Fn(&Notes)) -> Option<u64> {
    let mut batches = [0; BATCHES];
    for batch in &mut batches {
        let notes = Notes::new();
        // The first note makes the thread's pad, which is no part of a note.
        take(&notes);
        let before = clock::now_ns()?;
        (0..BATCH).for_each(|_| take(&notes));
        *batch = clock::now_ns()?.saturating_sub(before);
    }
    batches.sort_unstable();
    Some(batches[BATCHES / 2].div_ceil(BATCH))
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn a_note_costs_something_and_a_poll_costs_more() {
        let (event, poll) = of_a_note().unwrap();
        assert!(event > 0 && poll > event, "{event} ns, {poll} ns");
    }
}
