//! The blocking detector: which handler has held the loop that all the others are served by.

use crate::{Meta, app::Named};
use std::{
    collections::HashMap,
    fmt,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

/// After a handler was reported it is only counted for so long: a busy route must not flood the log.
const QUIET: Duration = Duration::from_secs(10);

/// Reports handlers that keep a thread for longer than a bound.
pub(crate) struct Detector {
    /// What is held, as the log says it.
    what: &'static str,
    bound: Duration,
    /// Touched only when the bound was passed, so its lock costs a quick handler nothing.
    reported: Mutex<HashMap<Place, Reported>>,
}

/// A handler by its name and its line: a macro may write several on one.
type Place = Option<(&'static str, &'static str, u32)>;

struct Reported {
    at: Instant,
    /// Later overruns that only this counter has seen.
    unsaid: u64,
}

impl Detector {
    pub(crate) fn new(what: &'static str, bound: Duration) -> Detector {
        Detector { what, bound, reported: Mutex::default() }
    }

    /// Notes that `handler` has held its thread for `held`, until `now`.
    pub(crate) fn note(
        &self,
        handler: Option<&'static Meta>,
        held: Duration,
        now: Instant,
        has_a_pool: bool,
    ) {
        if held <= self.bound {
            return;
        }
        let Some(unsaid) = self.due(handler, now) else { return };
        let again = Again(unsaid);
        let (handler_name, what, ms) = (Named(handler), self.what, held.as_millis());
        let advice = advice(handler, has_a_pool);
        log::warn!("{handler_name} held the {what} for {ms} ms{again}: {advice}");
    }

    /// How often the bound was passed unsaid since it was said last; `None` while that is too recent.
    fn due(&self, handler: Option<&'static Meta>, now: Instant) -> Option<u64> {
        let place = handler.map(|meta| (meta.name, meta.file, meta.line));
        let mut reported = self.reported.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(last) = reported.get_mut(&place) else {
            reported.insert(place, Reported { at: now, unsaid: 0 });
            return Some(0);
        };
        if now.saturating_duration_since(last.at) < QUIET {
            last.unsaid += 1;
            return None;
        }
        last.at = now;
        Some(std::mem::take(&mut last.unsaid))
    }
}

struct Again(u64);

impl fmt::Display for Again {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            0 => Ok(()),
            1 => f.write_str(", and once more since this was last said"),
            times => write!(f, ", and {times} times more since this was last said"),
        }
    }
}

/// What to do about it, by what the function says of itself.
fn advice(handler: Option<&'static Meta>, has_a_pool: bool) -> &'static str {
    match handler {
        Some(meta) if meta.blocking && !has_a_pool => {
            "it says `blocking`, but this runtime has no pool of threads to move it to: choose one that has"
        }
        Some(meta) if meta.blocking => {
            "its arguments or its answer take long, for the function runs on the pool"
        }
        Some(meta) if meta.is_async => {
            "await `time::sleep` and async calls in it, and run what blocks with `offload::run`"
        }
        _ => "make it async, or `#[handler(blocking)]`",
    }
}
