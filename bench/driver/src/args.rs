//! The command line.

use std::path::PathBuf;

use clap::Parser;

/// Measures polyserve and its peers side by side
#[derive(Debug, Parser)]
pub(crate) struct Args {
    /// Only these scenarios [default: all]
    #[arg(long, value_delimiter = ',', value_name = "NAME,NAME")]
    pub(crate) only: Vec<String>,

    /// Only these servers, and the canned ones that they are held against [default: all that are there]
    #[arg(long, value_delimiter = ',', value_name = "NAME,NAME")]
    pub(crate) servers: Vec<String>,

    /// Rounds in which everybody is measured once
    #[arg(long, default_value_t = 5, value_name = "N")]
    pub(crate) rounds: usize,

    /// How long everybody is measured in each round
    #[arg(long, default_value_t = 3.0, value_name = "SECONDS")]
    pub(crate) seconds: f64,

    /// Three rounds of a second
    #[arg(long, conflicts_with_all = ["rounds", "seconds"])]
    pub(crate) quick: bool,

    /// Idle connections whose memory is measured
    #[arg(long, default_value_t = 10_000, value_name = "N")]
    pub(crate) idle_connections: usize,

    /// Decides the order of the servers
    #[arg(long, default_value_t = 1, value_name = "N")]
    pub(crate) seed: u64,

    /// nginx, if it is not on the PATH
    #[arg(long, value_name = "PROGRAM")]
    pub(crate) nginx: Option<PathBuf>,

    /// An earlier polyserve-peer: its runtimes take part as `... before`
    #[arg(long, value_name = "PROGRAM")]
    pub(crate) before: Option<PathBuf>,

    /// Measures how costs grow, instead of the scenarios; --only then names curves
    #[arg(long)]
    pub(crate) curves: bool,

    /// Measures nothing: makes the tables of what was measured last
    #[arg(long)]
    pub(crate) render: bool,

    /// Writes the tables into PERFORMANCE.md
    #[arg(long)]
    pub(crate) update: bool,

    /// Lists scenarios and servers
    #[arg(long)]
    pub(crate) list: bool,
}
