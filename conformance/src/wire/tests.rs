//! The table, held against itself and against the connection.

use super::{
    conversation::converse_in_process,
    deviations,
    document::{UPDATE, render},
    table::cases,
};
use std::{collections::HashSet, env, fs, path::Path};

#[test]
fn no_two_cases_share_a_name() {
    let mut names = HashSet::new();
    let twice: Vec<&str> =
        cases().map(|case| case.name.as_str()).filter(|name| !names.insert(*name)).collect();
    assert!(twice.is_empty(), "{twice:#?}");
}

#[test]
fn the_connection_answers_every_case_as_the_table_says() {
    let wrong: Vec<String> = cases()
        .filter_map(|case| {
            Some(format!("{}: {}", case.name, case.outcome.check(&converse_in_process(case)).err()?))
        })
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// The row to move to its place in the table is named, once core has learnt it.
#[test]
fn every_known_deviation_is_still_one() {
    for case in deviations::all().iter().flat_map(|deviation| &deviation.cases) {
        assert!(
            case.outcome.check(&converse_in_process(case)).is_err(),
            "{:?} is answered as it should be: move it into the table",
            case.name
        );
    }
}

#[test]
fn conformance_md_says_what_the_table_says() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/CONFORMANCE.md");
    let rendered = render();
    if env::var_os(UPDATE).is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, &rendered).unwrap();
    }
    // A checkout may have changed the line ends.
    let written = fs::read_to_string(&path).unwrap_or_default().replace("\r\n", "\n");
    assert!(
        written == rendered,
        "{} is not what the table says: run `{UPDATE}=1 cargo test -p polyserve-conformance`",
        path.display()
    );
}
