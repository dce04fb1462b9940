//! Handlers that hold a loop: the log names them, where there is a loop to hold.

use crate::{log, server::Server};
use polyserve::{
    Body, Handler, Meta, Reply, Request, Response, ServeOptions, StallWarning, Strategy, bind, handler,
    handler_fn, time::sleep,
};
use std::{sync::Arc, thread, time::Duration};

on_every_runtime!(
    a_function_that_holds_the_loop_is_reported_once_and_named,
    a_stream_that_holds_the_loop_is_reported,
    a_sleep_is_not_reported_even_where_it_holds_the_loop,
    a_function_on_the_pool_is_not_reported,
    a_warning_that_is_off_reports_nothing,
    a_stall_warning_is_an_error_where_there_is_no_loop,
);

const MS: Duration = Duration::from_millis(1);

/// A handler with a name that this test has on this runtime only: all tests share a log.
struct Named<H>(&'static Meta, H);

impl<H: Handler> Named<H> {
    fn new(runtime: Strategy, test: &'static str, handler: H) -> Named<H> {
        Named(Box::leak(Box::new(Meta::new(runtime.name, "", test, 1))), handler)
    }
}

impl<H: Handler> Handler for Named<H> {
    fn call(&self, request: Request) -> Reply {
        self.1.call(request)
    }

    fn meta(&self) -> Option<&'static Meta> {
        Some(self.0)
    }
}

/// What is logged of a handler that is asked three times.
fn logged(runtime: Strategy, handler: Named<impl Handler>, warning: StallWarning) -> Vec<String> {
    log::keep();
    let name = handler.0.to_string();
    let server = Server::start_with(runtime, handler, |options| options.stall_warning = warning);
    for _ in 0..3 {
        assert_eq!(server.get("/").status, 200);
    }
    server.begin_stop();
    server.await_end();
    log::lines_with(&[&name, " held the "])
}

/// The bound, where there is a loop that it is about.
fn after(runtime: Strategy, bound: Duration) -> StallWarning {
    if runtime.capabilities.has_a_loop() { StallWarning::After(bound) } else { StallWarning::default() }
}

fn hold() -> Reply {
    thread::sleep(5 * MS);
    Reply::from("done")
}

fn a_function_that_holds_the_loop_is_reported_once_and_named(runtime: Strategy) {
    let handler = Named::new(runtime, "function", handler_fn(|_| hold()));
    let lines = logged(runtime, handler, after(runtime, MS));
    if runtime.capabilities.has_a_loop() {
        assert_eq!(lines.len(), 1, "{lines:?}");
        assert!(lines[0].ends_with(" ms: make it async, or `#[handler(blocking)]`"), "{lines:?}");
    } else {
        assert!(lines.is_empty(), "{lines:?}");
    }
}

fn a_stream_that_holds_the_loop_is_reported(runtime: Strategy) {
    let stream = handler_fn(|_| {
        Reply::Ready(Response::new(Body::stream(|mut out| async move {
            out.send("one").await;
            thread::sleep(5 * MS);
            Ok(())
        })))
    });
    let lines = logged(runtime, Named::new(runtime, "stream", stream), after(runtime, MS));
    assert_eq!(lines.len(), usize::from(runtime.capabilities.has_a_loop()), "{lines:?}");
}

/// In `poll-loop` it holds everybody up, which is what that runtime is there to show.
fn a_sleep_is_not_reported_even_where_it_holds_the_loop(runtime: Strategy) {
    let asleep = handler_fn(|_| {
        Reply::pending(async {
            sleep(300 * MS).await;
            Response::default()
        })
    });
    let lines = logged(runtime, Named::new(runtime, "sleep", asleep), after(runtime, 250 * MS));
    assert!(lines.is_empty(), "{lines:?}");
}

#[handler(blocking)]
fn blocking() -> &'static str {
    thread::sleep(300 * MS);
    "done"
}

fn a_function_on_the_pool_is_not_reported(runtime: Strategy) {
    if runtime.capabilities.blocking_pool {
        let lines = logged(runtime, Named::new(runtime, "pool", blocking), after(runtime, 250 * MS));
        assert!(lines.is_empty(), "{lines:?}");
    }
}

fn a_warning_that_is_off_reports_nothing(runtime: Strategy) {
    let handler = handler_fn(|_| {
        thread::sleep(60 * MS);
        Reply::from("done")
    });
    let lines = logged(runtime, Named::new(runtime, "off", handler), StallWarning::Off);
    assert!(lines.is_empty(), "{lines:?}");
}

fn a_stall_warning_is_an_error_where_there_is_no_loop(runtime: Strategy) {
    let mut options = ServeOptions::default();
    options.shutdown.begin();
    options.stall_warning = StallWarning::After(MS);
    let outcome = (runtime.serve)(bind("127.0.0.1:0").unwrap(), Arc::new(blocking), options);
    if runtime.capabilities.has_a_loop() {
        outcome.unwrap();
    } else {
        let error = outcome.unwrap_err().to_string();
        assert!(error.starts_with(runtime.name) && error.contains("no loop"), "{error}");
    }
}
