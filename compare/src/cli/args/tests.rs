//! Command lines that are right, and what is said of others.

use super::*;
use clap::CommandFactory;

#[test]
fn the_command_line_is_consistent() {
    Args::command().debug_assert();
}

#[test]
fn a_duration_without_a_unit_is_explained() {
    let error = Args::try_parse_from(["polyserve", "compare", "-d", "5"]).unwrap_err().to_string();
    assert!(error.contains("a duration has a unit, as in 100ms, 5s or 2m"), "{error}");
}

#[test]
fn an_address_without_a_port_is_explained() {
    for addr in ["127.0.0.1", ":8000", "localhost:http", "localhost:80000"] {
        let error = Args::try_parse_from(["polyserve", "serve", "--addr", addr]).unwrap_err().to_string();
        assert!(error.contains("an address is HOST:PORT, as in 127.0.0.1:8000"), "{error}");
    }
    assert!(Args::try_parse_from(["polyserve", "serve", "--addr", "[::1]:0"]).is_ok());
}

#[test]
fn a_condition_that_is_none_is_refused_at_its_place() {
    let error = Args::try_parse_from(["polyserve", "compare", "--fail-if", "threaded.p98 > 1s"]).unwrap_err();
    assert!(error.to_string().contains("column 1: there is no metric p98: use one of rps"), "{error}");
}

#[test]
fn a_command_line_can_be_changed_at_its_end() {
    let line = ["polyserve", "compare", "-c", "10", "--budget", "1s", "-c", "20", "--budget", "2m"];
    let Command::Compare(compare) = Args::try_parse_from(line).unwrap().command else {
        panic!("not a comparison");
    };
    assert_eq!(compare.connections.map(NonZeroUsize::get), Some(20));
    assert_eq!(compare.budget, Some(Duration::from_secs(120)));
    let line = ["polyserve", "compare", "-n", "10k", "--budget", "2m"];
    let Command::Compare(compare) = Args::try_parse_from(line).unwrap().command else {
        panic!("not a comparison");
    };
    assert_eq!((compare.budget, compare.requests), (Some(Duration::from_secs(120)), None));
}

#[test]
fn a_number_of_requests_excludes_a_duration() {
    let error = Args::try_parse_from(["polyserve", "compare", "-d", "5s", "-n", "9"]).unwrap_err();
    assert!(error.to_string().contains("cannot be used with"), "{error}");
}
