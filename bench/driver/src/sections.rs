//! What is measured, by the names that the command line and the document have for it.

use std::io;

use crate::curves::{self, Point};
use crate::results::{self, Results};
use crate::servers::Server;
use crate::{at_once, document, generator, goals, table, workers};

/// What is measured otherwise than by one load on everybody.
pub(crate) const OTHERS: &[(&str, &str)] = &[
    (IDLE, "memory of idle connections"),
    (CROWD, "5,000 silent, 1,000 dripping and 500 deaf clients, and one that behaves"),
    (PRESSURE, "an echo of 1 GiB; and more clients than descriptors"),
    (GENERATOR, "the load generator beside wrk, where wrk is installed"),
    (AT_ONCE, "each server and its limit on one core at the same time, for machines with busy neighbours"),
    (WORKERS, "one worker and two, where there are two cores"),
];
pub(crate) const IDLE: &str = "idle";
pub(crate) const CROWD: &str = "crowd";
pub(crate) const PRESSURE: &str = "pressure";
pub(crate) const GENERATOR: &str = "generator";
pub(crate) const AT_ONCE: &str = "at-once";
pub(crate) const WORKERS: &str = "workers";

/// The document's parts by their names.
pub(crate) fn all(results: &Results, servers: &[Server]) -> io::Result<Vec<(String, String)>> {
    let mut sections = vec![("scenarios".to_owned(), table::scenarios())];
    for (scenario, report) in &results.reports {
        sections.push((scenario.name.to_owned(), table::of(scenario, report, servers)));
    }
    if !results.idle.is_empty() {
        sections.push((IDLE.to_owned(), table::idle(&results.idle, servers)));
    }
    if !results.crowd.is_empty() {
        sections.push((CROWD.to_owned(), table::crowd(&results.crowd, servers)));
    }
    if !results.pressure.is_empty() {
        sections.push((PRESSURE.to_owned(), table::pressure(&results.pressure, servers)));
    }
    if let Some(generator) = &results.generator {
        sections.push((GENERATOR.to_owned(), generator::markdown(generator)));
    }
    if let Some(found) = &results.at_once {
        sections.push((AT_ONCE.to_owned(), at_once::markdown(found)));
    }
    if let Some(report) = &results.workers {
        sections.push((WORKERS.to_owned(), workers::markdown(report)));
    }
    sections.push(("summary".to_owned(), table::summary(results, servers)));
    sections.push(("goals".to_owned(), goals::table(results, servers)));
    for curve in curves::ALL {
        if let Some(points) = results::read::<Vec<Point>>(curve.name)? {
            let drawing = document::curve_link(curve.name);
            let text = format!("![{}]({drawing})\n\n{}", curve.axis, curves::markdown(&points));
            sections.push((curve.name.to_owned(), text));
        }
    }
    Ok(sections)
}
