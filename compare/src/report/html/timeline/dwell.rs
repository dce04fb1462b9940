//! How long each request was in which phase: as a table, for the box beside the drawing and for whoever cannot see it.

use maud::{Markup, html};

use super::super::life::{Phase, Stage, dwell};
use super::super::units;
use super::block::Block;
use crate::report::TracedRequest;

/// A row for each request, a column for each phase that any was in.
pub(super) fn table(block: &Block<'_>) -> Markup {
    let phases: Vec<Phase> = Phase::ALL.into_iter().filter(|phase| block.has(*phase)).collect();
    html! {
        details.dwell {
            summary { "The same as a table" }
            div.scroll tabindex="0" role="group" aria-label=(format!("dwell times, {}", block.timeline.contender)) {
                table {
                    thead {
                        tr {
                            th scope="col" { "request" }
                            th scope="col" { "dialled at" }
                            th scope="col" { "in all" }
                            @for phase in &phases { th scope="col" class=(phase.class()) { (phase.name()) } }
                        }
                    }
                    tbody {
                        @for (request, stages) in &block.requests {
                            tr data-q=(request.id) {
                                th scope="row" { "r" (request.id) }
                                td { (units::time(request.dial_ns)) }
                                td { (units::time(request.done_ns - request.dial_ns)) }
                                @for phase in &phases {
                                    td { (dwell(stages, *phase).map_or_else(|| units::UNKNOWN.to_owned(), units::time)) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// `request 2: 200.3 ms: kernel queue 100.0 ms, …`, for whoever hears it.
pub(super) fn sentence(request: &TracedRequest, stages: &[Stage]) -> String {
    let parts = Phase::ALL
        .into_iter()
        .filter_map(|phase| Some(format!("{} {}", phase.name(), units::time(dwell(stages, phase)?))));
    let parts: Vec<String> = parts.collect();
    format!(
        "request {}: {}: {}",
        request.id,
        units::time(request.done_ns - request.dial_ns),
        parts.join(", ")
    )
}
