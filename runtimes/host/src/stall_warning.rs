//! When a handler is reported that keeps a loop from everybody else.

use std::time::Duration;

/// How long a handler may hold a loop before it is reported when nothing else was said: half of the tutorial's
/// wait, and long past what anybody would call non-blocking.
const USUAL: Duration = Duration::from_millis(50);

/// Whether handlers that hold a loop for too long are reported in the log.
///
/// Only what a function does without waiting counts. A `sleep` that holds `poll-loop` is what that runtime is, and
/// is not reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum StallWarning {
    /// After 50 ms in debug builds, never in release builds; nothing on runtimes that have no loop.
    #[default]
    InDebugBuilds,
    /// Never.
    Off,
    /// After this time, in every build; an error at start on a runtime that has no loop.
    After(Duration),
}

impl StallWarning {
    /// The bound in force; `None` when there is none.
    #[must_use]
    pub fn bound(self) -> Option<Duration> {
        match self {
            StallWarning::InDebugBuilds => cfg!(debug_assertions).then_some(USUAL),
            StallWarning::Off => None,
            StallWarning::After(bound) => Some(bound),
        }
    }
}

/// `None` is off.
impl From<Option<Duration>> for StallWarning {
    fn from(bound: Option<Duration>) -> StallWarning {
        bound.map_or(StallWarning::Off, StallWarning::After)
    }
}
