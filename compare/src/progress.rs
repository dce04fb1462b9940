//! How far a comparison has come, for whoever draws it.

use crate::Mode;

/// Is told what goes on. Every method has an empty default, and `()` takes no notice of anything.
///
/// Calls come from the measuring thread, at most every 50 ms: return at once, or what is measured is the drawing.
pub trait Progress {
    /// The next step begins; it is number `index` of `of`, counted from 0.
    fn begin(&mut self, step: Step<'_>, index: usize, of: usize) {
        let _ = (step, index, of);
    }

    /// The part of the current step's measurement that is done, from 0 to 1.
    fn advance(&mut self, done: f64) {
        let _ = done;
    }

    /// Something to know before the measurement, such as a load that cannot be carried.
    fn note(&mut self, text: &str) {
        let _ = text;
    }

    /// Whether to stop measuring, and report what there is. Asked every 50 ms.
    fn cancelled(&self) -> bool {
        false
    }

    /// There is no further step: after the last, or after an error. To be called once.
    fn finish(&mut self) {}
}

impl Progress for () {}

/// One of the steps of [`run`](crate::run).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step<'a> {
    /// The contender is asked the first requests.
    Check {
        /// Its name.
        contender: &'a str,
    },
    /// The load generator is measured, against a server that answers at once.
    Ceiling,
    /// A few requests to the contender are looked at one by one.
    Trace {
        /// Its name.
        contender: &'a str,
    },
    /// The contender is measured.
    Measure {
        /// Its name.
        contender: &'a str,
        /// The connection mode.
        mode: Mode,
        /// How many of them.
        connections: usize,
        /// Which round, from 1.
        round: usize,
    },
}
