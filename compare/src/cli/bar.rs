//! Progress on stderr, if that is a terminal.

use super::interrupt::Interrupt;
use crate::{Progress, Step};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Positions of the bar for each step, so that it moves within one.
const PARTS: u64 = 100;

/// Redrawings a second: what is drawn is not served.
const REDRAWS: u8 = 5;

/// A bar that is drawn only when there is something to tell: no thread ticks beside the measurement.
pub(super) struct Bar {
    bar: ProgressBar,
    step: u64,
    interrupt: Interrupt,
}

impl Bar {
    /// Hidden where stderr is no terminal.
    pub(super) fn new(interrupt: Interrupt) -> Bar {
        let target = ProgressDrawTarget::stderr_with_hz(REDRAWS);
        let style =
            ProgressStyle::with_template("{bar:30} {msg}").unwrap_or_else(|_| ProgressStyle::default_bar());
        Bar { bar: ProgressBar::with_draw_target(Some(PARTS), target).with_style(style), step: 0, interrupt }
    }
}

impl Progress for Bar {
    fn begin(&mut self, step: Step<'_>, index: usize, of: usize) {
        self.step = index as u64;
        self.bar.set_length(of as u64 * PARTS);
        self.bar.set_position(self.step * PARTS);
        self.bar.set_message(match step {
            Step::Check { contender } => format!("{contender}: checking its answer"),
            Step::Ceiling => "the load generator's ceiling".to_owned(),
            Step::Trace { contender } => format!("looking at {contender}"),
            Step::Measure { contender, mode, connections, round } => {
                format!("round {round}, c={connections}, {mode}: {contender}")
            }
        });
    }

    fn advance(&mut self, done: f64) {
        // `done` is a part of one step.
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is from 0 to 1")]
        let part = (done.clamp(0.0, 1.0) * PARTS as f64) as u64;
        self.bar.set_position(self.step * PARTS + part);
    }

    #[expect(
        clippy::print_stderr,
        reason = "for whoever sits at the terminal; the bar prints only where there is one"
    )]
    fn note(&mut self, text: &str) {
        self.bar.suspend(|| eprintln!("NOTE: {text}"));
    }

    fn cancelled(&self) -> bool {
        self.interrupt.is_raised()
    }

    fn finish(&mut self) {
        self.bar.finish_and_clear();
    }
}
