//! The header section of a request head: where its fields are, and what they say of the body behind it.
//!
//! A client sends the same fields with one request after the other, which is what HPACK lives on (RFC 7541), and the
//! same text says the same. So a thread remembers some sections, and one that comes again is compared instead of read.
//! One with credentials in it is not remembered: they are nobody's business once their request is over.

use super::{framing::Framing, spare};
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue};
use std::{cell::Cell, ops::Range};

/// Sections that a thread remembers. A loop may have thousands of clients, but they are of a few kinds.
const REMEMBERED: usize = 8;
/// Bytes of a section that is remembered, at the most: a browser's has 600 to 900, and a hundred short fields 2,300.
const LONGEST: usize = 4 * 1024;
/// Room for so many fields is kept.
const KEPT_FIELDS: usize = 128;

thread_local! {
    static KNOWN: Known = const { Known {
        sections: [const { Cell::new(None) }; REMEMBERED],
        last: Cell::new(0),
        hand: Cell::new(0),
        spare: Cell::new(None),
    } };
}

/// What a thread remembers. A section that is in use is not there: a handler may serve requests itself, in a test say.
struct Known {
    sections: [Cell<Option<Box<Section>>>; REMEMBERED],
    /// Which one came last.
    last: Cell<usize>,
    /// Which one is looked at next when one must be forgotten: it is, unless it has come again since the last look
    /// (the clock algorithm, Corbató 1968).
    hand: Cell<usize>,
    /// For the next one that is not remembered.
    spare: Cell<Option<Box<Section>>>,
}

#[derive(Debug, Default)]
struct Section {
    /// Its text, to the empty line at its end; empty where it is not remembered.
    text: Vec<u8>,
    fields: Vec<Field>,
    /// Of an HTTP/1.1 request with this section.
    framing: Framing,
    /// It has come again.
    again: bool,
}

/// Where a field's name and value are, counted from the start of the section.
#[derive(Debug)]
struct Field {
    name: Range<usize>,
    value: Range<usize>,
}

/// The section of the request at hand, which goes back to its thread when it is dropped.
#[derive(Debug)]
pub(crate) struct Fields {
    /// `None` while it is dropped.
    section: Option<Box<Section>>,
    /// Its place among those that are remembered.
    place: Option<usize>,
    /// Where it begins in the input.
    start: usize,
}

/// Fields of a request at the most, however many its limits allow: a [`HeaderMap`] takes no more than 24,576.
pub(super) const MOST_FIELDS: usize = 24_000;

/// The section at `start` of `input`, if the thread knows it.
#[inline]
pub(super) fn known(input: &[u8], start: usize) -> Option<Fields> {
    let text = &input[start..];
    KNOWN.with(|known| {
        let last = known.last.get();
        let (mut section, place) = known.take_if_starts(text, last).or_else(|| {
            let found = (0..REMEMBERED).find_map(|place| known.take_if_starts(text, place))?;
            known.last.set(found.1);
            Some(found)
        })?;
        section.again = true;
        Some(Fields { section: Some(section), place: Some(place), start })
    })
}

impl Fields {
    /// The section at `start` of the input, of which nothing is known yet, by the places of each name and value in the
    /// input; with its text and its framing, if it is to be remembered.
    pub(super) fn new(
        start: usize,
        fields: impl Iterator<Item = (Range<usize>, Range<usize>)>,
        remembered: Option<(&[u8], Framing)>,
    ) -> Fields {
        let remembered = remembered.filter(|(text, _)| text.len() <= LONGEST);
        let (section, place) = KNOWN.with(|known| match remembered {
            Some(_) => {
                let place = known.forget();
                (known.sections[place].take(), Some(place))
            }
            None => (known.spare.take(), None),
        });
        let mut section = section.unwrap_or_default();
        let behind = |place: Range<usize>| place.start - start..place.end - start;
        section.fields.clear();
        section.fields.extend(fields.map(|(name, value)| Field { name: behind(name), value: behind(value) }));
        section.text.clear();
        section.again = false;
        if let Some((text, framing)) = remembered {
            section.text.extend_from_slice(text);
            section.framing = framing;
        }
        Fields { section: Some(section), place, start }
    }

    /// How many there are.
    #[inline]
    pub(super) fn count(&self) -> usize {
        self.section.as_ref().map_or(0, |section| section.fields.len())
    }

    /// Bytes of a section that was [`known`].
    #[inline]
    pub(super) fn length(&self) -> usize {
        self.section.as_ref().map_or(0, |section| section.text.len())
    }

    /// What a section that was [`known`] says of the body.
    #[inline]
    pub(super) fn framing(&self) -> Framing {
        self.section.as_ref().map_or_else(Framing::default, |section| section.framing)
    }

    /// The fields as a map. Their values are slices of `input`, which this section is in.
    pub(crate) fn collect(&self, input: &Bytes) -> HeaderMap {
        let mut headers = spare::take();
        let fields = self.section.as_ref().map_or(&[][..], |section| &section.fields);
        headers.reserve(fields.len());
        for Field { name, value } in fields {
            let place = |place: &Range<usize>| self.start + place.start..self.start + place.end;
            let name = HeaderName::from_bytes(&input[place(name)]);
            let value = HeaderValue::from_maybe_shared(input.slice(place(value)));
            match (name, value) {
                (Ok(name), Ok(value)) => {
                    headers.append(name, value);
                }
                _ => unreachable!("`proto::head` passes on what `http` takes"),
            }
        }
        headers
    }
}

impl Known {
    /// The section at `place`, if `text` starts with it.
    #[inline]
    fn take_if_starts(&self, text: &[u8], place: usize) -> Option<(Box<Section>, usize)> {
        let section = self.sections[place].take()?;
        if text.starts_with(&section.text) {
            return Some((section, place));
        }
        self.sections[place].set(Some(section));
        None
    }

    /// Whose place is free for another.
    fn forget(&self) -> usize {
        loop {
            let place = self.hand.get();
            self.hand.set((place + 1) % REMEMBERED);
            let Some(mut section) = self.sections[place].take() else { return place };
            let again = std::mem::take(&mut section.again);
            self.sections[place].set(Some(section));
            if !again {
                return place;
            }
        }
    }
}

impl Drop for Fields {
    fn drop(&mut self) {
        let section = self.section.take().filter(|section| section.fields.capacity() <= KEPT_FIELDS);
        // A thread that is being torn down remembers nothing.
        let _ = KNOWN.try_with(|known| match self.place {
            Some(place) => known.sections[place].set(section),
            None => known.spare.set(section),
        });
    }
}

#[cfg(test)]
mod tests;
