//! What a request costs the server's processor.

use maud::{Markup, html};

use super::plot::{Axis, px};
use super::{View, units};

/// `None` if the system does not tell, and for models, which all cost what they were told.
pub(super) fn figure(view: &View<'_>) -> Option<Markup> {
    if view.report.simulated.is_some() {
        return None;
    }
    let rows: Vec<_> = view
        .rows()
        .filter_map(|(series, run)| Some((series, run, run.server.cpu_ns_per_response? as f64)))
        .collect();
    let most = rows.iter().map(|(_, _, all)| *all).reduce(f64::max)?;
    let bottom = 24.0 + 26.0 * rows.len() as f64;
    let x = Axis::linear((0.0, most.max(1.0)), (120.0, 600.0));
    let body = html! {
        g class="grid" {
            @for tick in x.ticks() {
                line x1=(px(x.at(tick))) x2=(px(x.at(tick))) y1="18" y2=(px(bottom)) {}
                text x=(px(x.at(tick))) y=(px(bottom + 16.0)) text-anchor="middle" { (units::axis_time(tick)) }
            }
            text class="title" x="360" y=(px(bottom + 34.0)) text-anchor="middle" {
                "CPU time for each answer: filled in user mode, outlined in the kernel"
            }
        }
        @for (row, (series, run, all)) in rows.iter().enumerate() {
            @let top = 24.0 + 26.0 * row as f64;
            @let split = x.at(run.server.cpu_user_ns_per_response.unwrap_or(0) as f64);
            g class=(series.class()) {
                title {
                    (run.contender) ": "
                    @for (part, ns) in [("user", run.server.cpu_user_ns_per_response), ("kernel", run.server.cpu_system_ns_per_response)] {
                        @if let Some(ns) = ns { (part) " " (units::time(ns)) " " }
                    }
                }
                text x="112" y=(px(top + 14.0)) text-anchor="end" { (run.contender) }
                rect class="user" x="120" width=(px(split - 120.0)) y=(px(top + 2.0)) height="16" {}
                rect class="kernel" x=(px(split)) width=(px(x.at(*all) - split)) y=(px(top + 2.0)) height="16" {}
                text x=(px(x.at(*all) + 6.0)) y=(px(top + 14.0)) { (units::time(all.round() as u64)) }
            }
        }
    };
    let text =
        "The whole is exact, from the process’s clock in the windows; the kernel divides it by samples.";
    Some(view.figure("cost", "Cost", text, (720, (bottom + 44.0).ceil() as u32), &body))
}
