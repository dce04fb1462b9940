//! Which crate may depend on what, what the core may not name, and how long a runtime may be.

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

/// Every crate of the workspace, and the crates of the workspace that it may depend on.
const LAYERS: &[(&str, &[&str])] = &[
    (
        "polyserve",
        &[
            "polyserve-async",
            "polyserve-blocking",
            "polyserve-compare",
            "polyserve-core",
            "polyserve-host",
            "polyserve-hyper",
            "polyserve-macros",
            "polyserve-poll-loop",
            "polyserve-threaded",
            "polyserve-timer-offload",
        ],
    ),
    ("polyserve-async", &["polyserve-core", "polyserve-host"]),
    ("polyserve-blocking", &["polyserve-core", "polyserve-host"]),
    ("polyserve-compare", &["polyserve-core", "polyserve-host"]),
    ("polyserve-conformance", &["polyserve-core", "polyserve-host", "polyserve-macros"]),
    ("polyserve-core", &[]),
    ("polyserve-host", &["polyserve-core"]),
    ("polyserve-hyper", &["polyserve-async", "polyserve-core", "polyserve-host"]),
    ("polyserve-macros", &[]),
    ("polyserve-poll-loop", &["polyserve-core", "polyserve-host"]),
    ("polyserve-threaded", &["polyserve-blocking", "polyserve-core", "polyserve-host"]),
    ("polyserve-timer-offload", &["polyserve-core", "polyserve-host", "polyserve-poll-loop"]),
];

fn metadata() -> Metadata {
    MetadataCommand::new().current_dir(env!("CARGO_MANIFEST_DIR")).no_deps().exec().unwrap()
}

/// What each crate of the workspace needs when it is built; what its tests need is its own affair.
fn dependencies() -> BTreeMap<String, BTreeSet<String>> {
    let of = |package: cargo_metadata::Package| {
        let normal = package.dependencies.into_iter();
        let normal = normal.filter(|dependency| dependency.kind != DependencyKind::Development);
        (package.name.to_string(), normal.map(|dependency| dependency.name).collect())
    };
    metadata().packages.into_iter().map(of).collect()
}

#[test]
fn crates_depend_on_the_layers_below_them_only() {
    let dependencies = dependencies();
    let known: Vec<&str> = LAYERS.iter().map(|(name, _)| *name).collect();
    assert_eq!(dependencies.keys().collect::<Vec<_>>(), known, "a new crate needs a layer");
    for (name, allowed) in LAYERS {
        let inner = dependencies[*name].iter().map(String::as_str).filter(|name| known.contains(name));
        let above: Vec<&str> = inner.filter(|dependency| !allowed.contains(dependency)).collect();
        assert!(above.is_empty(), "{name} must not depend on {above:?}");
    }
}

#[test]
fn the_macro_needs_nothing_but_a_parser_and_a_printer() {
    let needed: Vec<String> = dependencies()["polyserve-macros"].iter().cloned().collect();
    assert_eq!(needed, ["proc-macro2", "quote", "syn"]);
}

#[test]
fn the_core_names_no_socket_no_thread_and_no_clock() {
    const ABSENT: &[&str] = &["std::net", "std::thread", "mio", "tokio", "Instant::now"];
    // An `Instant` cannot be made otherwise, and the virtual time of tests begins with one.
    const MAY_ASK_ONCE: &str = "core/src/testing/clock.rs";
    let mut named = Vec::new();
    for file in sources(Path::new("core/src")).into_iter().filter(|file| file != Path::new(MAY_ASK_ONCE)) {
        for (number, line) in code_lines(&file) {
            // `use std::{net, ..}` is the same in other words.
            for word in ABSENT {
                if names(&line, word) {
                    named.push(format!("{}:{number}: {}", file.display(), line.trim()));
                }
            }
        }
        let imports: String = code_lines(&file).map(|(_, line)| line).collect();
        for group in imports.split("std::{").skip(1) {
            let group = group.split(';').next().unwrap();
            for module in ["net", "thread"] {
                if group.split([',', '{', '}', ' ']).any(|part| part.split("::").next() == Some(module)) {
                    named.push(format!("{}: use std::{{{module}}}", file.display()));
                }
            }
        }
    }
    assert!(named.is_empty(), "the core does no I/O:\n{}", named.join("\n"));
}

/// The runtimes are the tutorial: each file is to be read from top to bottom.
#[test]
fn a_runtime_is_short_enough_to_be_read() {
    const BOUND: usize = 150;
    // The one loop of two runtimes, with accepting, deadlines and the stop in it.
    const LONGER: &[(&str, usize)] = &[("runtimes/poll-loop/src/event_loop.rs", 180)];
    let too_long: Vec<String> = sources(Path::new("runtimes"))
        .into_iter()
        .filter_map(|file| {
            let longer = LONGER.iter().find(|(name, _)| Path::new(name) == file);
            let bound = longer.map_or(BOUND, |(_, bound)| *bound);
            let lines = code_lines(&file).count();
            (lines > bound).then(|| format!("{}: {lines} lines of code, at most {bound}", file.display()))
        })
        .collect();
    assert!(too_long.is_empty(), "{}", too_long.join("\n"));
}

/// All Rust files below a folder of the workspace, by their path from its root.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    for entry in fs::read_dir(root.join(folder)).unwrap() {
        let path = folder.join(entry.unwrap().file_name());
        if root.join(&path).is_dir() {
            files.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") && !is_a_test(&path) {
            files.push(path);
        }
    }
    files
}

/// Tests may use a clock and threads.
fn is_a_test(path: &Path) -> bool {
    path.ends_with("tests.rs") || path.iter().any(|part| part == "tests")
}

/// Lines that are neither blank nor a comment, down to the unit tests at the end, with their numbers.
fn code_lines(file: &Path) -> impl Iterator<Item = (usize, String)> {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).unwrap();
    let lines: Vec<(usize, String)> = text
        .lines()
        .enumerate()
        .take_while(|(_, line)| line.trim() != "#[cfg(test)]")
        .filter(|(_, line)| !line.trim().is_empty() && !line.trim_start().starts_with("//"))
        .map(|(at, line)| (at + 1, line.to_owned()))
        .collect();
    lines.into_iter()
}

/// Whether a line has `word`, and not as a part of a longer one.
fn names(line: &str, word: &str) -> bool {
    let of_a_word = |character: char| character.is_alphanumeric() || character == '_';
    line.match_indices(word).any(|(at, _)| {
        !line[..at].chars().next_back().is_some_and(of_a_word)
            && !line[at + word.len()..].chars().next().is_some_and(of_a_word)
    })
}
