//! `serve`: one runtime, until it is told to stop.

use super::{WAIT, args, bounds::in_force, print, work};
use crate::trace::Recording;
use polyserve_core::Handler;
use polyserve_host::{Error, Result, ServeOptions, Shutdown, Strategy, announce, inherited_listener};
use std::{io, net::TcpListener, num::NonZeroUsize, sync::Arc, thread};

pub(super) fn run(app: impl Handler, runtimes: &'static [Strategy], args: args::Serve) -> Result {
    // Before there are threads: it changes the environment.
    let inherited = inherited_listener()?;
    let args::Serve {
        runtime,
        wait,
        work: steps,
        workers,
        bounds,
        print_config,
        for_compare,
        trace,
        addr,
        port,
    } = args;
    WAIT.get_or_init(|| wait);
    work::set(steps);
    let runtime = runtimes
        .iter()
        .find(|known| known.name == runtime)
        .ok_or_else(|| Error::setting(format!("there is no runtime {runtime:?}: `runtimes` lists them")))?;
    if workers.is_some() && !runtime.capabilities.workers {
        return Err(Error::setting(format!("{} has no workers to set: leave --workers out", runtime.name)));
    }
    let mut options = ServeOptions::default();
    options.workers = workers.map(NonZeroUsize::get);
    bounds.set(&mut options);
    if print_config {
        return print(&in_force(&options, runtime));
    }

    let listener = listener(inherited, addr, port, |addr| runtime.bind(addr, options.workers))?;
    // It tries out what a note costs, which is not to be done while clients wait.
    let recording = trace.map(Recording::new);
    let shutdown = options.shutdown.clone();
    let _signals = shutdown.begin_on_signals()?;
    if for_compare {
        let addr = listener.local_addr().map_err(|error| Error::io("the listener has no address", error))?;
        print(&format!("listening on http://{addr}\n"))?;
        stop_with_the_parent(shutdown)?;
    } else {
        announce(runtime.name, &listener);
    }
    let Some(recording) = recording else {
        return (runtime.serve)(listener, Arc::new(app), options);
    };
    options.observer = Some(recording.observer());
    (runtime.serve)(listener, Arc::new(recording.around(app)), options)?;
    recording.finish().map_err(|error| Error::io("cannot write the trace", error))
}

/// What was handed down goes before the port, which has a default and may come from the environment; an address that was
/// asked for beside it cannot be honoured.
fn listener(
    inherited: Option<TcpListener>,
    addr: Option<String>,
    port: u16,
    bind: impl FnOnce(String) -> Result<TcpListener>,
) -> Result<TcpListener> {
    match (inherited, addr) {
        (None, Some(addr)) => bind(addr),
        (None, None) => bind(format!("127.0.0.1:{port}")),
        (Some(listener), None) => Ok(listener),
        (Some(_), Some(addr)) => Err(Error::setting(format!(
            "this server was started with a listener of its own (LISTEN_FDS), so it cannot listen on {addr}: leave --addr \
             out"
        ))),
    }
}

fn stop_with_the_parent(shutdown: Shutdown) -> Result {
    when_the_parent_ends(move || shutdown.begin())
}

/// A measured server must not outlive who measures it, whatever becomes of them: its stdin ends then.
pub(super) fn when_the_parent_ends(stop: impl FnOnce() + Send + 'static) -> Result {
    let wait = move || {
        // An error is an end, too.
        let _ = io::copy(&mut io::stdin().lock(), &mut io::sink());
        stop();
    };
    thread::Builder::new()
        .name("parent".into())
        .spawn(wait)
        .map(drop)
        .map_err(|error| Error::io("cannot start the thread that waits for the parent", error))
}
