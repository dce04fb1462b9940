//! The comparison behind `polyserve compare`: the same request, to one server after the other, under the same load.
//!
//! What is *absent*: colours, threads that would disturb the two cores under measurement, and, outside [`cli`], any
//! knowledge of polyserve's runtimes. A contender is a command that prints where it listens, or is told where to listen
//! ([`Contender::foreign`]), so a server in any language can take part.
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
//! [`simulate`] makes the same report from models on a virtual clock, without any server.
//!
//! # How it measures
//!
//! - **Rounds.** Every contender is measured once in each round, in a fresh process, in an order that is drawn from a seed
//!   and rotated. The unit of analysis is the round: intervals are Student's, of the rounds' rates and of the logarithms
//!   of their ratios, and [`Verdict`](stats::Verdict) says in a word what a ratio's interval means.
//! - **Closed loop.** Each of `connections` clients keeps one request in flight: a slow server is asked less often, and
//!   latency is that of a system with exactly this many users.
//! - **Open loop.** With [`Plan::rate`] requests are due whatever the server does, and latency counts from when they were
//!   due; that from when they were sent stands beside it.
//! - **One thread.** The generator is a readiness loop that spends one write and one read on a request. What it reaches
//!   with a server that does nothing ([`Plan::canned`]) is in the report, and a rate above 70 % of it is marked. Servers
//!   and generator have cores of their own, where there are two.
//! - **The window** opens on a server already under load, in a closed loop when every client has been answered, and closes
//!   on time. Only answers inside it make throughput; see [`report::Round::requests_per_second`] for how its edges are
//!   kept from biasing slow servers. Latency also counts answers that come after the close to requests from before it.
//! - **Percentiles** need ten samples beyond them: p50 20 answers, p90 100, p99 1000. Below that there is none.
//! - **Pipelines.** With [`Plan::pipeline`] each client writes so many requests at once, and as many again when all are
//!   answered. The latency of each counts from that write.
//! - **CPU time of a request** is the server's in the window by the answers in it, and its ratio to the baseline's is paired
//!   by rounds as that of the rates is. It says more than a rate wherever server and generator share cores
//!   ([`Placement::Together`]) or the generator is the slower of the two.
//! - **The server's side** is the kernel's account of the child process alone; of a [`Contender::foreign`] it is that of all
//!   processes in its group, such as workers that it forks.

mod agree;
mod canned;
mod child;
mod claim;
pub mod cli;
mod cost;
mod descriptors;
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
mod simulate;
pub mod stats;
mod trace;

pub use canned::{Canned, Exchange, serve_canned};
pub use child::Server;
pub use claim::{Claim, ClaimError};
pub use error::Error;
pub use pin::{Cores, Placement};
pub use plan::{Bound, Contender, Mode, Pacing, Plan, RequestSpec};
pub use progress::{Progress, Step};
pub use report::{Limit, Report, Run, Shape};
pub use run::run;
pub use simulate::{Model, Scenario, Simulated, Sleeper, Threads, simulate};
