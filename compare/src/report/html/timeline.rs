//! What a few requests and the threads did when: one block for each contender, all on one axis.
//!
//! Whatever stands at a time carries it (`data-t`, `data-p`), so that the script can draw another stretch of the axis.

use maud::{Markup, html};

use super::life::Phase;
use super::plot::Axis;
use super::units;
use crate::report::{Report, Timeline};
use block::Block;

mod block;
mod dwell;
mod lanes;
mod over_time;

/// Where the axis begins and how long it is; before it are the names of the lanes.
const LEFT: f64 = 84.0;
const WIDTH: f64 = 604.0;

/// Where the requests come from.
const TRACED: &str = "A traced run of its own, after the measurement: each client asks on a new connection, and again when \
    it has been answered.";
const SIMULATED: &str = "Simulated, not measured: the models’ requests on the virtual clock. Each client asks on a new \
    connection, and again when it has been answered; accepting, reading and writing take no time.";

/// `None` if nothing was traced.
pub(super) fn section(report: &Report, command: &str) -> Option<Markup> {
    let longest = report.timelines.iter().map(Timeline::length_ns).max().filter(|ns| *ns > 0)?;
    let x = Axis::linear((0.0, longest as f64), (0.0, WIDTH));
    let blocks: Vec<Block<'_>> =
        report.timelines.iter().enumerate().map(|(at, timeline)| Block::of(at, timeline, &x)).collect();
    let phases = Phase::ALL.into_iter().filter(|phase| blocks.iter().any(|block| block.has(*phase)));
    Some(html! {
        section id="timeline" data-end=(longest) data-wait=(report.wait_ns) {
            h2 { "Timeline" }
            p {
                (if report.simulated.is_some() { SIMULATED } else { TRACED })
                " A wait holds its thread when the thread served nobody else meanwhile. Lanes t are threads, lanes r \
                 requests; all blocks share their axis. trace.json, beside this page, opens in Perfetto."
            }
            ul.legend {
                @for phase in phases {
                    li { svg.key viewBox="0 0 30 12" aria-hidden="true" { rect class=(phase.class()) x="1" y="1" width="28" height="10" {} } (phase.meaning()) }
                }
                (over_time::legend(&blocks))
                (lanes::legend(&report.timelines))
            }
            // The script's, which has the buttons.
            div.tools {}
            (patterns())
            @for block in &blocks { (block.figure(report, command)) }
        }
    })
}

/// What fills the phases that have to be told apart without colour.
fn patterns() -> Markup {
    html! {
        svg.patterns width="0" height="0" aria-hidden="true" {
            defs {
                pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)" {
                    rect class="ground" width="6" height="6" {}
                    rect class="stripe" width="3" height="6" {}
                }
                pattern id="dots" width="5" height="5" patternUnits="userSpaceOnUse" {
                    circle class="dot" cx="2.5" cy="2.5" r="1" {}
                }
                pattern id="bars" width="4" height="4" patternUnits="userSpaceOnUse" {
                    rect class="bar" width="1.6" height="4" {}
                }
            }
        }
    }
}

/// `601 ms, 6.0 W`.
fn in_waits(ns: u64, wait_ns: u64) -> String {
    match wait_ns {
        0 => units::time(ns),
        wait => format!("{}, {:.1} W", units::time(ns), ns as f64 / wait as f64),
    }
}
