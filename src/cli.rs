//! A command line around an app: `serve`, `compare`, `routes`, `runtimes`.
//!
//! A command line cannot load Rust functions, so the user's own program is the command line:
//!
//! ```no_run
//! use polyserve::{handler, routes};
//!
//! #[handler(GET, "/")]
//! fn hello() -> &'static str {
//!     "hello"
//! }
//!
//! fn main() -> polyserve::Result {
//!     polyserve::cli::run(routes![hello])
//! }
//! ```

use crate::{Handler, Result, runtime};

pub use polyserve_compare::cli::{wait, work};

/// Reads the program's arguments and does what they say with `app`.
///
/// `--help` and `--version` print and exit with status 0, arguments that make no sense exit with 2.
///
/// # Errors
/// When serving or comparing fails; the message says what to do. `main` should return it, for status 1.
pub fn run(app: impl Handler) -> Result {
    polyserve_compare::cli::run(app, runtime::ALL)
}
