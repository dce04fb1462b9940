//! Where, with what and how it was measured, and how to do it again.

use maud::{Markup, html};

use crate::report::{Report, timeline, units, verdicts};

/// What the figures are, for whoever has not read the documentation.
const METHOD: [&str; 6] = [
    "All contenders answered the same request alike before anything was measured.",
    "In each round every contender has its turn, in a fresh process, in an order drawn from the seed and rotated. \
     Intervals are Student’s 95 % intervals over rounds; ratios are those of paired rounds, by their logarithms.",
    "“Same” is an interval wholly within ±3 %; “inconclusive” one that has 1 in it and reaches beyond.",
    "A percentile is shown only with ten answers beyond it.",
    "X·W is rate × mean latency (Little’s law): in a closed loop it is the number of connections, or some requests are \
     missing from the latencies.",
    "W is what one request takes when nobody else asks; ideal is connections by W.",
];

/// The same of a simulation.
const MODEL: [&str; 4] = [
    "Nothing was measured: each contender is a model, and the clock is virtual. The same command gives the same bytes.",
    "Left out are system calls, locks, memory, other programs, timeouts and connections that are kept. At one instant the \
     server comes first, then clients that ask again, and last whoever a full queue turned away.",
    "Drawn is the whole run, or of one of more than 40 requests the same with three clients and six requests, of which a slow client asks one.",
    "X·W is rate × mean latency (Little’s law), which is exact here: it falls short of the connections only by clients that \
     had nothing more to ask.",
];

pub(super) fn section(report: &Report, command: &str) -> Markup {
    if report.simulated.is_some() {
        return simulated(report, command);
    }
    let environment = &report.environment;
    let known = |value: &Option<String>| value.clone().unwrap_or_else(|| units::UNKNOWN.to_owned());
    let facts = [
        ("measured", day(environment.unix_time)),
        ("commit", known(&environment.commit)),
        ("build", if environment.debug_build { "debug" } else { "release" }.to_owned()),
        ("compiler", known(&environment.rustc)),
        ("system", format!("{} {}, {}", environment.os, environment.arch, known(&environment.kernel))),
        ("processor", format!("{}, {} cores", known(&environment.cpu), environment.cores)),
        ("governor", known(&environment.governor)),
        ("backlog", environment.backlog.map_or_else(|| units::UNKNOWN.to_owned(), |n| n.to_string())),
        ("seed", report.seed.to_string()),
    ];
    html! {
        section id="method" {
            h2 { "Environment and method" }
            @if let Some(next) = verdicts::next(report) { p { "Next: " code.command { (next.text) } } }
            dl.facts { @for (name, value) in &facts { div { dt { (name) } dd { (value) } } } }
            ul {
                @for sentence in METHOD { li { (sentence) } }
                @if let Some(price) = timeline::price(report) { li { (price) } }
            }
            p { "Measured by" code.command { (command) } }
            p {
                "The data of this page is inside of it, as JSON in the element " code { "#run" } ", and whole in "
                code { "run.json" } " beside it. The page is made of it again by"
                code.command { (program(command)) " compare --from run.json --format html" }
            }
        }
    }
}

fn simulated(report: &Report, command: &str) -> Markup {
    html! {
        section id="method" {
            h2 { "Model and method" }
            @if let Some(next) = verdicts::next(report) { p { "Next: " code.command { (next.text) } } }
            ul { @for sentence in MODEL { li { (sentence) } } }
            p { "Simulated by" code.command { (command) } }
        }
    }
}

/// The program of a command line.
fn program(command: &str) -> &str {
    command.split(' ').next().filter(|program| *program != "compare").unwrap_or("polyserve")
}

/// A moment in seconds since 1970, as RFC 3339 writes it.
fn day(unix_time: u64) -> String {
    let time = std::time::UNIX_EPOCH + std::time::Duration::from_secs(unix_time);
    humantime::format_rfc3339_seconds(time).to_string()
}
