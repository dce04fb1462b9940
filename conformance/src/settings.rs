//! What cannot be honoured is an error at start, which says what is wrong and what to do.

use crate::facade::{Error, Handler, ServeOptions, Strategy, bind, handler, routes};
use crate::server::speaks_our_http;
use std::{sync::Arc, time::Duration};

behaviours!(
    settings:
    workers_are_an_error_where_there_are_none,
    no_workers_are_an_error_where_there_are_some,
    a_bound_that_hyper_lacks_is_an_error_there,
    conflicting_routes_are_an_error_that_names_both_handlers,
);

#[handler(GET, "/")]
fn first() -> &'static str {
    "first"
}

#[handler(GET, "/")]
fn second() -> &'static str {
    "second"
}

/// Serves with options that must be refused; were they not, the server would stop at once.
fn refused(runtime: Strategy, handler: impl Handler, set: impl FnOnce(&mut ServeOptions)) -> Error {
    let mut options = ServeOptions::default();
    options.shutdown.begin();
    set(&mut options);
    (runtime.serve)(bind("127.0.0.1:0").unwrap(), Arc::new(handler), options).unwrap_err()
}

fn workers_are_an_error_where_there_are_none(runtime: Strategy) {
    if runtime.capabilities.workers {
        let mut options = ServeOptions::default();
        options.shutdown.begin();
        options.workers = Some(2);
        (runtime.serve)(bind("127.0.0.1:0").unwrap(), Arc::new(first), options).unwrap();
        return;
    }
    let error = refused(runtime, first, |options| options.workers = Some(2)).to_string();
    assert!(error.starts_with(runtime.name) && error.contains("no workers"), "{error}");
}

fn no_workers_are_an_error_where_there_are_some(runtime: Strategy) {
    if !runtime.capabilities.workers {
        return;
    }
    let error = refused(runtime, first, |options| options.workers = Some(0)).to_string();
    assert!(error.contains("0 workers serve nobody"), "{error}");
}

/// A setting that a runtime cannot honour is an error at start, never ignored.
fn a_bound_that_hyper_lacks_is_an_error_there(runtime: Strategy) {
    let mut options = ServeOptions::default();
    options.shutdown.begin();
    options.timeouts.write = Duration::from_secs(1);
    let outcome = (runtime.serve)(bind("127.0.0.1:0").unwrap(), Arc::new(first), options);
    if speaks_our_http(runtime) {
        outcome.unwrap();
    } else {
        let error = outcome.unwrap_err().to_string();
        assert!(error.contains("cannot be told timeouts.write"), "{error}");
    }
}

fn conflicting_routes_are_an_error_that_names_both_handlers(runtime: Strategy) {
    let error = refused(runtime, routes![first, second], |_| {}).to_string();
    assert!(error.contains(concat!("first (", file!(), ":")), "{error}");
    assert!(error.contains(concat!("second (", file!(), ":")), "{error}");
    assert!(error.contains("both answer GET /: give one of them another path or method"), "{error}");
}
