//! How a server waits, as data: all that the engine knows of a runtime.

use std::fmt;
use std::num::NonZeroUsize;

use polyserve_host::{Capabilities, Held};

/// What a server does with connections, and what it holds meanwhile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Model {
    /// A thread accepts one connection and stays with it until its end: while its client sends, while its handler works,
    /// and while its handler sleeps.
    Threads(Threads),
    /// Loops that accept whoever waits, and serve in turn whatever is ready. A client that is still sending holds none.
    Loops {
        /// How many loops share what is ready, each on its own thread.
        threads: NonZeroUsize,
        /// What a handler that sleeps holds.
        sleeper: Sleeper,
    },
}

/// How many threads take connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Threads {
    /// As many as there are connections, each started for one.
    PerConnection,
    /// This many, for good. One is a server that does everything in turn; more are a pool.
    Fixed(NonZeroUsize),
}

/// Who waits on behalf of a handler that sleeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sleeper {
    /// The loop itself, which serves nobody meanwhile.
    Loop,
    /// A timer: the loop goes on.
    Timer,
}

impl Model {
    /// One thread that does everything.
    pub const ONE_THREAD: Self = Self::Threads(Threads::Fixed(NonZeroUsize::MIN));

    /// What a runtime says of itself. One whose number of workers can be set has one for each core, its default.
    #[must_use]
    pub fn of(capabilities: &Capabilities, cores: NonZeroUsize) -> Self {
        let one = NonZeroUsize::MIN;
        match capabilities.sleeping_handler_holds {
            Held::Server => Self::ONE_THREAD,
            Held::Thread => Self::Threads(Threads::PerConnection),
            Held::Loop => Self::Loops { threads: one, sleeper: Sleeper::Loop },
            Held::Nothing => {
                let threads = if capabilities.workers { cores } else { one };
                Self::Loops { threads, sleeper: Sleeper::Timer }
            }
        }
    }

    /// Whether a handler that sleeps keeps its thread.
    pub(super) fn sleeps_on_its_thread(&self) -> bool {
        !matches!(self, Self::Loops { sleeper: Sleeper::Timer, .. })
    }
}

/// In a sentence's predicate: `one thread, one connection at a time`.
impl fmt::Display for Model {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Threads(Threads::PerConnection) => f.write_str("a thread for each connection"),
            Self::Threads(Threads::Fixed(NonZeroUsize::MIN)) => {
                f.write_str("one thread, one connection at a time")
            }
            Self::Threads(Threads::Fixed(n)) => write!(f, "{n} threads, each with one connection at a time"),
            Self::Loops { threads, sleeper } => {
                match threads.get() {
                    1 => f.write_str("one loop")?,
                    n => write!(f, "{n} loops")?,
                }
                f.write_str(match sleeper {
                    Sleeper::Loop => " that a sleeping handler holds",
                    Sleeper::Timer => ", and a timer for handlers that sleep",
                })
            }
        }
    }
}
