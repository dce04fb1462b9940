//! `--fail-if 'threaded.p99 > 120ms || async.rps < 0.95 * base'`: what a comparison must not show.
//!
//! ```text
//! any       = all, { "||", all }
//! all       = comparison, { "&&", comparison }
//! comparison = product, ( "<" | "<=" | ">" | ">=" ), product
//! product   = factor, { "*", factor }
//! factor    = number [unit] | contender "." metric | "base"
//! ```
//!
//! `base` is the comparison's own metric in the report of `--against`.

mod eval;
mod lex;
mod parse;
#[cfg(test)]
mod tests;

use std::fmt;

use crate::Report;

/// A condition on a report.
#[derive(Clone, Debug, PartialEq)]
pub struct Claim {
    text: String,
    any: Vec<Vec<Comparison>>,
}

/// What is wrong with a condition, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimError {
    text: String,
    /// A byte of the text.
    at: usize,
    what: String,
}

#[derive(Clone, Debug, PartialEq)]
struct Comparison {
    left: Product,
    operator: Operator,
    right: Product,
}

type Product = Vec<Factor>;

#[derive(Clone, Debug, PartialEq)]
enum Factor {
    Number(f64),
    Metric { contender: String, metric: Metric },
    Base { at: usize },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operator {
    Less,
    AtMost,
    More,
    AtLeast,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Metric {
    Rps,
    P50,
    P90,
    P99,
    Mean,
    Max,
    Errors,
    Cpu,
    Memory,
    Threads,
    Queue,
    Overflows,
}

impl Metric {
    /// In the order in which they are listed.
    const ALL: [(&'static str, Metric); 12] = [
        ("rps", Metric::Rps),
        ("p50", Metric::P50),
        ("p90", Metric::P90),
        ("p99", Metric::P99),
        ("mean", Metric::Mean),
        ("max", Metric::Max),
        ("errors", Metric::Errors),
        ("cpu", Metric::Cpu),
        ("memory", Metric::Memory),
        ("threads", Metric::Threads),
        ("queue", Metric::Queue),
        ("overflows", Metric::Overflows),
    ];

    fn name(self) -> &'static str {
        Self::ALL.iter().find(|(_, metric)| *metric == self).map_or("", |(name, _)| name)
    }
}

impl Claim {
    /// Reads a condition.
    ///
    /// # Errors
    ///
    /// It is none; the error names the position, and what was expected there.
    pub fn parse(text: &str) -> Result<Self, ClaimError> {
        parse::claim(text)
    }

    /// Whether the condition needs an earlier report.
    pub fn needs_base(&self) -> bool {
        let comparisons = self.any.iter().flatten();
        comparisons
            .flat_map(|comparison| comparison.left.iter().chain(&comparison.right))
            .any(|factor| matches!(factor, Factor::Base { .. }))
    }

    /// In which tables of the report the condition is true, by their mode and number of connections; `base` is the
    /// earlier report.
    ///
    /// # Errors
    ///
    /// The report has no such contender, or a figure of it is not known; the error says which, and what to do.
    pub fn holds(&self, report: &Report, base: Option<&Report>) -> Result<Vec<String>, String> {
        let mut found = Vec::new();
        for (connections, mode) in report.tables() {
            if eval::holds(self, (connections, mode), report, base)? {
                found.push(format!("{mode}, c={connections}"));
            }
        }
        Ok(found)
    }
}

impl fmt::Display for Claim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Display for ClaimError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let column = self.text.get(..self.at).map_or(0, |before| before.chars().count());
        write!(
            f,
            "column {}: {}\n  {}\n  {:>width$}",
            column + 1,
            self.what,
            self.text,
            "^",
            width = column + 1
        )
    }
}

impl std::error::Error for ClaimError {}
