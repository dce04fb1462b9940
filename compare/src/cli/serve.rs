//! `serve`: one runtime, until it is told to stop.

use super::{WAIT, args, bounds::in_force, print, work};
use crate::trace::Recording;
use polyserve_core::Handler;
use polyserve_host::{Error, Result, ServeOptions, Shutdown, Strategy, announce, bind};
use std::{io, num::NonZeroUsize, sync::Arc, thread};

pub(super) fn run(app: impl Handler, runtimes: &'static [Strategy], args: args::Serve) -> Result {
    let address = args.address();
    let args::Serve { runtime, wait, work: steps, workers, bounds, print_config, for_compare, trace, .. } =
        args;
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

    let listener = bind(address)?;
    let shutdown = options.shutdown.clone();
    let _signals = shutdown.begin_on_signals()?;
    if for_compare {
        let addr = listener.local_addr().map_err(|error| Error::io("the listener has no address", error))?;
        print(&format!("listening on http://{addr}\n"))?;
        stop_with_the_parent(shutdown)?;
    } else {
        announce(runtime.name, &listener);
    }
    let Some(file) = trace else {
        return (runtime.serve)(listener, Arc::new(app), options);
    };
    let (app, recording) = Recording::around(app, file);
    (runtime.serve)(listener, Arc::new(app), options)?;
    recording.finish().map_err(|error| Error::io("cannot write the trace", error))
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
