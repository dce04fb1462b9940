//! The report as a page: one file, with its style, its drawings and its data, that asks nobody for anything.
//!
//! It can be read without script (which sorts tables, moves the timelines and copies drawings), with a keyboard, in grey and
//! on paper. Numbers stand in
//! tables; the drawings show what tables hide: distributions, drift, and what changes with the number of connections.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::verdicts::{self, again};
use super::{Report, Run, rows, units, warnings};
use crate::Mode;
use series::{Series, legend};

mod cost;
mod latency;
mod life;
mod method;
mod plot;
mod rounds;
mod samples;
mod scaling;
mod series;
mod states;
mod table;
#[cfg(test)]
mod tests;
mod timeline;

const STYLE: &str = include_str!("report.css");
const SCRIPTS: [&str; 3] = [include_str!("report.js"), include_str!("timeline.js"), include_str!("copy.js")];

/// Says to the browser what the page promises its reader: that it loads nothing.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'";

/// The bytes that a page has at the most, if it can: where the data would make it longer, the single rounds stay out of it.
const MOST: usize = 390_000;

/// The report as one HTML file: verdicts, tables, drawings, method, and the data itself as JSON in the element with the
/// id `run`. It needs neither network nor script.
///
/// # Errors
///
/// None for a report made by [`run`](crate::run); the signature leaves room for fields that can fail.
pub fn html(report: &Report) -> std::io::Result<String> {
    let command = again(&report.command, "");
    let title = format!("{} {}: {}", report.method, report.path, report.contenders.join(", "));
    let views =
        report.tables().map(|(connections, mode)| View { report, connections, mode, command: &command });
    let main = html! {
        main {
            (badges(report))
            @for view in views { (view.section()) }
            @if let Some(scaling) = scaling::section(report, &command) { (scaling) }
            @if let Some(timeline) = timeline::section(report, &command) { (timeline) }
            @if let Some(states) = states::section(report, &command) { (states) }
            (method::section(report, &command))
        }
    };
    let (script, style) = (script(), format!("{STYLE}{}", series::highlight(report.contenders.len())));
    let data = data(report, MOST.saturating_sub(main.0.len() + script.len() + style.len()))?;
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta http-equiv="Content-Security-Policy" content=(POLICY);
                title { (title) }
                style { (PreEscaped(style)) }
            }
            body {
                header {
                    p.kicker { "polyserve compare" }
                    h1 { code { (report.method) " " (report.path) } }
                    @for pieces in rows::heading(report) { p.conditions { (pieces.join(" · ")) } }
                }
                (main)
                script type="application/json" id="run" { (PreEscaped(data)) }
                script { (PreEscaped(script)) }
            }
        }
    };
    let mut page = page.into_string();
    page.push('\n');
    Ok(page)
}

/// What to know before any figure is believed.
fn badges(report: &Report) -> Markup {
    let warnings = warnings::warnings(report);
    html! {
        @if report.interrupted || !warnings.is_empty() {
            ul.warnings aria-label="Warnings" {
                @if report.interrupted { li { "interrupted: these are the rounds that were over" } }
                @for warning in &warnings { li { (warning) } }
            }
        }
    }
}

/// The scripts as the page carries them: without comments and without what indents their lines.
fn script() -> String {
    let lines = SCRIPTS.iter().flat_map(|script| script.lines()).map(str::trim_start);
    lines.filter(|line| !line.is_empty() && !line.starts_with("//")).map(|line| format!("{line}\n")).collect()
}

/// The report's JSON as it may stand between script tags. What it has no room for stays out of it: first the rounds one by
/// one, then what was seen of the kernel's queue every millisecond.
fn data(report: &Report, room: usize) -> std::io::Result<String> {
    let mut text = serde_json::to_string(report)?;
    if text.len() > room {
        let mut lean = report.clone();
        lean.runs.iter_mut().for_each(|run| run.rounds.clear());
        text = serde_json::to_string(&lean)?;
        if text.len() > room {
            lean.timelines.iter_mut().for_each(|timeline| timeline.accept_queue.clear());
            text = serde_json::to_string(&lean)?;
        }
    }
    // In JSON it only stands inside of strings, where the escape means the same.
    Ok(text.replace('<', "\\u003c"))
}

/// One table of the report, and the drawings of it.
struct View<'a> {
    report: &'a Report,
    connections: usize,
    mode: Mode,
    command: &'a str,
}

impl<'a> View<'a> {
    /// The runs, each with how it is drawn.
    fn rows(&self) -> impl Iterator<Item = (Series, &'a Run)> {
        let contenders = &self.report.contenders;
        self.report.table(self.connections, self.mode).map(move |run| {
            let place = contenders.iter().position(|name| *name == run.contender);
            (Series(place.unwrap_or(contenders.len())), run)
        })
    }

    /// An id that no other table's drawing has.
    fn id(&self, name: &str) -> String {
        let mut id = name.to_owned();
        if self.report.connections.len() > 1 {
            id.push_str(&format!("-c{}", self.connections));
        }
        if self.report.modes.len() > 1 {
            id.push_str(if self.mode == Mode::NewConnection { "-new" } else { "-keep-alive" });
        }
        id
    }

    fn section(&self) -> Markup {
        let lines = verdicts::lines(self.report, self.connections, self.mode);
        let figures = [
            latency::figure(self),
            samples::queue(self),
            samples::threads(self),
            rounds::drift(self),
            rounds::ratios(self),
            cost::figure(self),
        ];
        html! {
            section id=(self.id("table")) {
                h2 { (rows::title(self.report, self.connections, self.mode)) }
                @if !lines.is_empty() {
                    dl.verdict { @for line in &lines { div { dt class=(line.word) { (line.word) } dd { (line.text) } } } }
                }
                (table::of(self))
                @for figure in figures.iter().flatten() { (figure) }
            }
        }
    }

    fn figure(&self, id: &str, heading: &str, text: &str, size: (u32, u32), body: &Markup) -> Markup {
        let names: Vec<(Series, &str)> =
            self.rows().map(|(series, run)| (series, run.contender.as_str())).collect();
        drawing(&self.id(id), heading, text, self.command, &legend(&names), size, body)
    }
}

/// A drawing with its legend, what it shows, and the command that makes it.
fn drawing(
    id: &str,
    heading: &str,
    text: &str,
    command: &str,
    legend: &Markup,
    (width, height): (u32, u32),
    body: &Markup,
) -> Markup {
    let label = format!("{id}-label");
    html! {
        figure id=(id) {
            h3 { a href=(format!("#{id}")) { (heading) } }
            (legend)
            div.drawing tabindex="0" role="group" aria-labelledby=(label) {
                svg viewBox=(format!("0 0 {width} {height}")) role="img" aria-labelledby=(label) { (body) }
            }
            figcaption { span id=(label) { (text) } code.command { (command) } }
        }
    }
}
