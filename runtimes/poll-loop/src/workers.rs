//! A loop for each worker. They share the handler and nothing else: no lock, no queue, no client changes hands.

use crate::{Sleeper, event_loop::EventLoop};
use polyserve_host::{Error, Listening, Result, another};
use std::{
    sync::{Arc, Mutex, PoisonError},
    thread,
};

/// Serves with a loop for each worker, one by default, until the shutdown begins and all of them have drained.
///
/// Each loop has a `sleeper` of its own, its share of the connections, and, where the server has bound its address
/// itself, its own queue of clients: Linux draws the loop of each client from its address, so that a loop which
/// is held leaves its queue waiting. On a listener that was handed in they share one queue, and whichever loop is free
/// accepts.
///
/// # Errors
/// When a loop cannot be started, or the kernel cannot be asked for readiness any more: then all of them stop.
pub fn run<S: Sleeper + Send>(listening: Listening, sleeper: impl Fn() -> Result<S>) -> Result {
    let workers = listening.workers_or(1)?;
    let Listening { listener, app, shutdown, max_connections, .. } = listening;
    let app = Arc::new(app);
    let mut listeners = Vec::new();
    for _ in 1..workers {
        listeners
            .push(another(&listener).map_err(|error| Error::io("cannot listen for each worker", error))?);
    }
    listeners.push(listener);
    let mut loops = Vec::new();
    for (number, listener) in listeners.into_iter().enumerate() {
        // What the division leaves over goes to the last ones.
        let share = (max_connections + number) / workers;
        loops.push(EventLoop::new(listener, app.clone(), shutdown.clone(), share, sleeper()?)?);
    }
    let Some(here) = loops.pop() else { return Ok(()) };
    // Whoever fails takes the others along: a server that has lost a loop has lost its clients.
    let failure = Mutex::new(None);
    let serve = |each: EventLoop<S>| {
        if let Err(error) = each.run() {
            failure.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
            shutdown.begin();
        }
    };
    thread::scope(|scope| -> Result {
        for each in loops {
            let thread = thread::Builder::new().name("loop".into());
            thread.spawn_scoped(scope, || serve(each)).map_err(|error| {
                shutdown.begin();
                Error::io("cannot start a thread for each worker", error)
            })?;
        }
        serve(here);
        Ok(())
    })?;
    failure.into_inner().unwrap_or_else(PoisonError::into_inner).map_or(Ok(()), Err)
}
