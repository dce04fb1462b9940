//! Conditions are read, refused with a reason and a place, and held against reports.

use super::*;
use crate::report::tests::report;

fn holds(text: &str) -> Result<bool, String> {
    let claim = Claim::parse(text).unwrap_or_else(|error| panic!("{error}"));
    let mut base = report();
    for run in &mut base.runs {
        run.requests_per_second.value *= 2.0;
    }
    claim.holds(&report(), Some(&base)).map(|tables| !tables.is_empty())
}

#[test]
fn a_condition_is_held_against_every_table() {
    for (text, expected) in [
        ("threaded.p50 > 100ms", true),
        ("threaded.p50 > 101ms", false),
        ("threaded.p50 >= 100270us && threaded.max < 0.2s", true),
        ("threaded.p50 > 1s || blocking.p50 > 1s", true),
        ("threaded.p50 > 1s && blocking.p50 > 1s || threaded.rps < 1", false),
        ("threaded.rps < 10 * blocking.rps", true),
        ("threaded.rps < 9.9 * blocking.rps", false),
        ("threaded.rps < 0.95 * base", true),
        ("threaded.rps < 50% * base", false),
        ("threaded.memory > 2MB && threaded.memory < 3MB", true),
        // Only in one of the two tables.
        ("blocking.errors > 0", true),
        ("threaded.errors > 0", false),
        ("threaded.threads<=11&&threaded.queue<1", true),
    ] {
        assert_eq!(holds(text), Ok(expected), "{text}");
    }
}

#[test]
fn what_is_not_known_is_neither_true_nor_false() {
    let error = holds("threaded.p99 > 120ms").unwrap_err();
    assert!(error.contains("threaded.p99 is not known"), "{error}");
    assert!(error.contains("it needs 1000 answers, there were 405; use a larger --budget"), "{error}");
    let error = holds("nginx.rps > 1").unwrap_err();
    assert!(error.contains("has no nginx") && error.ends_with("it has blocking, threaded"), "{error}");
    let claim = Claim::parse("threaded.rps < base").unwrap();
    assert!(claim.needs_base());
    assert!(claim.holds(&report(), None).unwrap_err().ends_with("use --against FILE"));
}

#[test]
fn what_is_no_condition_is_refused_at_its_place() {
    for (text, column, what) in [
        ("", 1, "expected a number, or a contender"),
        ("threaded.p99", 13, "expected <, <=, > or >="),
        ("threaded.p99 > ", 16, "expected a number, or a contender"),
        ("threaded > 1", 1, "threaded has no metric: use threaded.METRIC"),
        ("threaded.p98 > 1", 1, "there is no metric p98: use one of rps, p50"),
        ("threaded.p99 > 1 min", 18, "expected && or || or the end"),
        ("threaded.p99 > 1min", 16, "there is no unit min"),
        ("threaded.p99 = 1", 14, "'=' means nothing here"),
        ("threaded.p99 > 1.2.3", 16, "1.2.3 is not a number"),
        ("1 < base", 5, "base stands for the earlier value of one metric"),
        ("a.rps < b.rps * base", 17, "base stands for the earlier value of one metric"),
        ("µ.rps > 1 &", 11, "'&' means nothing here"),
    ] {
        let error = Claim::parse(text).unwrap_err().to_string();
        assert!(error.starts_with(&format!("column {column}: {what}")), "{text}: {error}");
        let lines: Vec<&str> = error.lines().collect();
        assert_eq!(lines[1].trim_end(), format!("  {text}").trim_end());
        assert_eq!(lines[2].chars().count(), column + 2, "{error}");
    }
}
