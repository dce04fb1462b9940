//! Where a server's threads take their notes: a buffer for each, made when it takes its first.
//!
//! A note is a few relaxed stores into the thread's own buffer and one that publishes it. No lock is taken, nothing is
//! allocated and nobody waits; whoever collects the notes in the end may do so while the threads still run.

use std::cell::RefCell;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use polyserve_core::observer::Event;
use serde::{Deserialize, Serialize};

/// Notes of one thread: a hundred times what six requests give, in 32 KiB.
const ROOM: usize = 1024;

/// One thing that was noted. Times are the machine's nanoseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Note {
    /// Something happened to the connection of the client at this port of its machine.
    Event { what: What, port: u16, at_ns: u64 },
    /// A handler was polled, for `cpu_ns` of it on a processor.
    Poll { request: u32, from_ns: u64, to_ns: u64, cpu_ns: u64 },
}

/// What a connection's event was: an [`Event`] that has a place in a timeline.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum What {
    Accepted = 1,
    Read,
    Complete,
    Written,
    Closed,
}

impl What {
    const ALL: [Self; 5] = [Self::Accepted, Self::Read, Self::Complete, Self::Written, Self::Closed];

    /// `None` for an event that no timeline shows.
    pub(super) fn of(event: Event) -> Option<Self> {
        Some(match event {
            Event::Accepted => Self::Accepted,
            Event::Read => Self::Read,
            Event::Complete => Self::Complete,
            Event::Written => Self::Written,
            Event::Closed => Self::Closed,
            _ => return None,
        })
    }
}

/// Stands in the upper half of a poll's first word, where events have their [`What`].
const POLL: u32 = 0;

type Words = [u64; 4];

impl Note {
    fn to_words(self) -> Words {
        let word = |kind: u32, key: u32| u64::from(kind) << 32 | u64::from(key);
        match self {
            Note::Event { what, port, at_ns } => [word(what as u32, port.into()), at_ns, 0, 0],
            Note::Poll { request, from_ns, to_ns, cpu_ns } => [word(POLL, request), from_ns, to_ns, cpu_ns],
        }
    }

    fn of_words([first, a, b, c]: Words) -> Option<Note> {
        let (kind, key) = ((first >> 32) as u32, first as u32);
        if kind == POLL {
            return Some(Note::Poll { request: key, from_ns: a, to_ns: b, cpu_ns: c });
        }
        let what = What::ALL.into_iter().find(|what| *what as u32 == kind)?;
        Some(Note::Event { what, port: u16::try_from(key).ok()?, at_ns: a })
    }
}

/// One thread's notes. Only that thread writes.
#[derive(Debug)]
struct Pad {
    thread: String,
    notes: Box<[[AtomicU64; 4]]>,
    /// So many are written to their end.
    written: AtomicUsize,
    lost: AtomicU64,
}

impl Pad {
    fn of_this_thread() -> Self {
        Self {
            thread: thread::current().name().unwrap_or_default().to_owned(),
            notes: (0..ROOM).map(|_| Default::default()).collect(),
            written: AtomicUsize::new(0),
            lost: AtomicU64::new(0),
        }
    }

    fn write(&self, note: Note) {
        let written = self.written.load(Ordering::Relaxed);
        let Some(slot) = self.notes.get(written) else {
            self.lost.fetch_add(1, Ordering::Relaxed);
            return;
        };
        for (slot, word) in slot.iter().zip(note.to_words()) {
            slot.store(word, Ordering::Relaxed);
        }
        // Whoever sees this number sees the notes below it.
        self.written.store(written + 1, Ordering::Release);
    }

    fn read(&self) -> Vec<Note> {
        let written = self.written.load(Ordering::Acquire);
        let words = |slot: &[AtomicU64; 4]| slot.each_ref().map(|word| word.load(Ordering::Relaxed));
        self.notes[..written].iter().filter_map(|slot| Note::of_words(words(slot))).collect()
    }
}

thread_local! {
    /// This thread's pad, and which [`Notes`] it belongs to.
    static OWN: RefCell<Option<(usize, Arc<Pad>)>> = const { RefCell::new(None) };
}

/// Tells notes of different servers in one process from each other.
static NEXT: AtomicUsize = AtomicUsize::new(0);

/// All notes of a server.
#[derive(Debug)]
pub(super) struct Notes {
    id: usize,
    /// Locked once by each thread, for its first note, and in the end.
    pads: Mutex<Vec<Arc<Pad>>>,
    /// Notes of threads that were ending.
    homeless: AtomicU64,
}

/// What one thread has noted, in the order of time.
#[derive(Debug)]
pub(super) struct OfThread {
    pub(super) name: String,
    pub(super) notes: Vec<Note>,
}

impl Notes {
    pub(super) fn new() -> Self {
        let id = NEXT.fetch_add(1, Ordering::Relaxed);
        Self { id, pads: Mutex::default(), homeless: AtomicU64::new(0) }
    }

    /// Takes a note, on the thread's own pad.
    pub(super) fn take(&self, note: Note) {
        let taken = OWN.try_with(|own| {
            let mut own = own.borrow_mut();
            let (_, pad) = match &mut *own {
                Some(own) if own.0 == self.id => own,
                other => other.insert((self.id, self.new_pad())),
            };
            pad.write(note);
        });
        if taken.is_err() {
            self.homeless.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn new_pad(&self) -> Arc<Pad> {
        let pad = Arc::new(Pad::of_this_thread());
        self.pads.lock().unwrap_or_else(PoisonError::into_inner).push(pad.clone());
        pad
    }

    /// What every thread has noted so far, and how many notes were lost.
    pub(super) fn collect(&self) -> (Vec<OfThread>, u64) {
        let pads = self.pads.lock().unwrap_or_else(PoisonError::into_inner);
        let lost = pads.iter().map(|pad| pad.lost.load(Ordering::Relaxed)).sum::<u64>();
        let of_thread = |pad: &Arc<Pad>| OfThread { name: pad.thread.clone(), notes: pad.read() };
        (pads.iter().map(of_thread).collect(), lost + self.homeless.load(Ordering::Relaxed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(at_ns: u64) -> Note {
        Note::Event { what: What::Read, port: 65_535, at_ns }
    }

    #[test]
    fn a_note_is_read_as_it_was_written() {
        let events = What::ALL.map(|what| Note::Event { what, port: 1, at_ns: u64::MAX });
        let poll = Note::Poll { request: u32::MAX, from_ns: 1, to_ns: u64::MAX, cpu_ns: 3 };
        for note in events.into_iter().chain([event(7), poll]) {
            assert_eq!(Note::of_words(note.to_words()), Some(note));
        }
    }

    #[test]
    fn every_thread_has_its_own_pad_and_they_can_be_read_while_it_runs() {
        let notes = Arc::new(Notes::new());
        let other = Notes::new();
        notes.take(event(1));
        other.take(event(2));
        notes.take(event(3));
        let writer = {
            let notes = notes.clone();
            thread::Builder::new().name("writer".into()).spawn(move || {
                (0..500).for_each(|at| notes.take(event(at)));
            })
        };
        let writer = writer.unwrap();
        while !writer.is_finished() {
            let (threads, _) = notes.collect();
            for thread in threads.iter().filter(|thread| thread.name == "writer") {
                assert!(thread.notes.iter().enumerate().all(|(at, note)| *note == event(at as u64)));
            }
        }
        writer.join().unwrap();
        let (threads, lost) = notes.collect();
        let written: Vec<usize> = threads.iter().map(|thread| thread.notes.len()).collect();
        // This thread has turned to another server between its two notes.
        assert_eq!((written, lost), (vec![1, 1, 500], 0));
        assert_eq!(other.collect().0.len(), 1);
    }

    #[test]
    fn a_full_pad_counts_what_it_loses() {
        let notes = Notes::new();
        (0..ROOM as u64 + 3).for_each(|at| notes.take(event(at)));
        let (threads, lost) = notes.collect();
        assert_eq!((threads[0].notes.len(), lost), (ROOM, 3));
        assert_eq!(threads[0].notes.last(), Some(&event(ROOM as u64 - 1)));
    }
}
