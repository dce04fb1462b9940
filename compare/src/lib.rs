//! The comparison behind `polyserve compare`: the same request, to one server after the other, under the same load.
//!
//! What is *absent*: colours, threads that would disturb the two cores under measurement, a rate-driven (open) load,
//! and, outside [`cli`], any knowledge of polyserve's runtimes. A contender is a command that prints where it listens,
//! so a server in any language can take part.
//!
//! Read [`Plan`] first, it is all that goes in; then [`Report`], which is all that comes out.
//! [`run`] is the way from one to the other, and the [`report`] module renders the latter as text, Markdown and JSON.
//!
//! ```no_run
//! use std::process::Command;
//!
//! use polyserve_compare::{Contender, Plan, RequestSpec, report, run};
//!
//! fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let contenders = ["blocking", "threaded"].map(|runtime| {
//!         Contender::new(runtime, move || {
//!             let mut command = Command::new("target/release/polyserve");
//!             command.args(["serve", "--runtime", runtime, "--port", "0"]);
//!             command
//!         })
//!     });
//!     let plan = Plan::new(contenders.into(), RequestSpec::get("/".parse()?));
//!     let report = run(&plan, &mut ())?;
//!     let table = report::text(&report, 110);
//!     # let _ = table;
//!     Ok(())
//! }
//! ```
//!
//! # How it measures
//!
//! - **Closed loop.** Each of `connections` clients keeps one request in flight: a slow server is asked less often, and
//!   latency is that of a system with exactly this many users.
//! - **One thread.** The generator is a readiness loop that spends one write and one read on a request. Its own share of
//!   a core is in the report; near 100 % the figures are the generator's, not the server's, and a warning says so.
//! - **The window** opens on a server already under load and closes on time. Only answers inside it make throughput; see
//!   [`Run::requests_per_second`] for how its edges are kept from biasing slow servers. Latency also counts answers that
//!   come after the close to requests from before it.
//! - **Percentiles** need ten samples beyond them: p50 20 answers, p90 100, p99 1000. Below that there is none.
//! - **The server's side** is the kernel's account of the child process alone, not of processes it starts.

mod agree;
mod canned;
mod child;
mod claim;
pub mod cli;
mod cost;
mod error;
mod latency;
mod load;
mod pin;
mod plan;
mod probe;
mod progress;
pub mod report;
mod response;
mod run;
pub mod stats;

pub use canned::{Canned, Exchange, serve_canned};
pub use claim::{Claim, ClaimError};
pub use error::Error;
pub use pin::Cores;
pub use plan::{Bound, Contender, Mode, Plan, RequestSpec};
pub use progress::{Progress, Step};
pub use report::{Report, Run};
pub use run::run;
