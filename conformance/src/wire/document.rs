//! The table as a document: `docs/CONFORMANCE.md`, written by
//! `UPDATE_CONFORMANCE=1 cargo test -p polyserve-conformance`.

use super::{
    case::{Case, Outcome},
    conversation::Ending,
    deviations,
    hyper::{Manner, Reason},
    table::{TOPICS, cases},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
};

/// Set it, and the test that compares the two writes the document first.
pub(super) const UPDATE: &str = "UPDATE_CONFORMANCE";

/// See [`document`](crate::document).
pub(crate) fn render() -> String {
    let mut out = String::new();
    preface(&mut out);
    for topic in TOPICS.iter() {
        writeln!(out, "\n## {}\n", topic.title).unwrap();
        table(&mut out, &topic.cases);
    }
    deviating(&mut out);
    reasons(&mut out);
    out
}

fn preface(out: &mut String) {
    let (all, other) = (cases().count(), cases().filter(|case| case.outcome.hyper.is_some()).count());
    writeln!(
        out,
        "\
# Conformance

What polyserve answers to {all} requests, good and bad, byte by byte. Every one of them is sent to all six runtimes by
`cargo test --test it wire`, and to any other that mounts the conformance suite. Those that speak polyserve's own HTTP
must answer as it says here, each with the same bytes, also when the request arrives in two parts. hyper must answer
with the same statuses and contents, or differ in the way that is told here: of {other} requests it does.

*Goes on* means that the request behind it on the same connection was answered; *ends* that it was not, that the
answer said so with `Connection: close`, and that the server closed: a request that is refused always ends its
connection. *Broken off* means that the client closed its side before the end of its request. A row
with a number stands for so many generated requests.

This file is written by `{UPDATE}=1 cargo test -p polyserve-conformance` from the table in
`conformance/src/wire`; a test compares the two."
    )
    .unwrap();
}

fn table(out: &mut String, cases: &[Case]) {
    writeln!(out, "| request | asked for by | polyserve | hyper |\n|---|---|---|---|").unwrap();
    let mut rows = cases.iter().peekable();
    while let Some(first) = rows.next() {
        let mut members = vec![first];
        while let Some(next) = rows.next_if(|next| first.family.is_some() && next.family == first.family) {
            members.push(next);
        }
        let title = match first.family {
            Some(family) => format!("{} ({} requests)", escape(family), members.len()),
            None => escape(&first.name),
        };
        let ours: BTreeSet<String> = members.iter().map(|case| told(&case.outcome)).collect();
        let ours: Vec<String> = ours.into_iter().collect();
        writeln!(out, "| {title} | {} | {} | {} |", first.source, ours.join("; or "), hyper(&members))
            .unwrap();
    }
}

/// `200, 404, goes on`.
fn told(outcome: &Outcome) -> String {
    let ending = match outcome.ending {
        Ending::GoesOn => "goes on",
        Ending::Ends => "ends",
        Ending::Unfinished if outcome.answers.is_empty() => "no answer",
        Ending::Unfinished => "broken off",
    };
    let statuses = outcome.answers.iter().map(|answer| answer.status.to_string());
    statuses.chain([ending.to_owned()]).collect::<Vec<String>>().join(", ")
}

/// `same`, or how it differs, with a link to the reason.
fn hyper(members: &[&Case]) -> String {
    let mut counts: BTreeMap<Option<Reason>, usize> = BTreeMap::new();
    for case in members {
        *counts.entry(case.outcome.hyper).or_default() += 1;
    }
    let alone = counts.len() == 1;
    let parts: Vec<String> = counts
        .into_iter()
        .map(|(reason, count)| {
            let what =
                reason.map_or("same".to_owned(), |reason| format!("{}[^{}]", manner(reason), slug(reason)));
            if alone { what } else { format!("{what} ({count})") }
        })
        .collect();
    parts.join(", ")
}

fn manner(reason: Reason) -> String {
    match reason.manner() {
        Manner::Serves => "serves it".into(),
        Manner::RefusesWith(status) => format!("refuses with {status}"),
        Manner::Silent => "no answer".into(),
        Manner::Interim => "100 first".into(),
        Manner::OtherContent => "other content".into(),
    }
}

/// `TakesBareLf` as `takes-bare-lf`.
fn slug(reason: Reason) -> String {
    let mut slug = String::new();
    for letter in format!("{reason:?}").chars() {
        if letter.is_ascii_uppercase() && !slug.is_empty() {
            slug.push('-');
        }
        slug.push(letter.to_ascii_lowercase());
    }
    slug
}

fn deviating(out: &mut String) {
    let deviations = deviations::all();
    if deviations.is_empty() {
        return;
    }
    writeln!(out, "\n## Not done yet\n").unwrap();
    writeln!(out, "What the RFCs ask for and polyserve does not do. It is tested that it does not.\n")
        .unwrap();
    writeln!(out, "| request | asked for by | should be | because |\n|---|---|---|---|").unwrap();
    for deviation in deviations {
        for case in deviation.cases {
            let (name, told) = (escape(&case.name), told(&case.outcome));
            writeln!(out, "| {name} | {} | {told} | {} |", case.source, deviation.reason).unwrap();
        }
    }
}

/// As footnotes, the reasons that some row has.
fn reasons(out: &mut String) {
    writeln!(out, "\n## Why hyper differs\n").unwrap();
    let reasons: BTreeSet<Reason> = cases().filter_map(|case| case.outcome.hyper).collect();
    for reason in reasons {
        writeln!(out, "[^{}]: {}.", slug(reason), reason.sentence()).unwrap();
    }
}

/// A bar divides cells, also inside of backticks.
fn escape(name: &str) -> String {
    name.replace('|', "\\|").replace('<', "&lt;").replace('*', "\\*")
}
